/**
 * SECTION:element-groqsttsink
 * @title: groqsttsink
 *
 * Turns speech into text with Groq's Whisper, or any server with OpenAI's
 * `/audio/transcriptions`. Audio goes in; every utterance is uploaded as one WAV
 * file and its transcript is posted as a message, and pushed out of the source
 * pad for those who link it.
 *
 * An utterance is what lies between the `centralita/speech-start` and
 * `centralita/speech-end` events of `voicevad`, with #CentralitaGroqSttSink:pre-roll
 * before it and up to #CentralitaGroqSttSink:tail after it. With no such event
 * upstream, everything until EOS is one utterance; see
 * #CentralitaGroqSttSink:segmentation. The service gives no partial transcripts, so
 * the latency is that of one request after the end of the utterance; the streaming
 * thread never waits for it.
 *
 * Segments that Whisper made of noise are left out of the text: `no_speech_prob` >
 * 0.6 with `avg_logprob` < -1, or `compression_ratio` > 2.4.
 *
 * Element messages, the first three with a #guint `utterance` that counts from 1:
 * - `transcription-started`: an upload begins. #guint64 `start`, `end`: running times
 *   of the speech, pre-roll and tail excluded.
 * - `transcript`: string `text` (empty: there was no speech in it), #gboolean `final`
 *   (always TRUE), #guint64 `start`, `end`, #guint `latency-ms` (request to answer),
 *   string `language` (the service's word for what it heard).
 * - `transcription-failed`: there will be no transcript of that utterance. Follows
 *   the `provider-error` that says why (see plugins/base/provider_error.h).
 *
 * Outcomes come in the order of the utterances. On the source pad each transcript
 * that is not empty is a `text/x-raw` buffer followed by the event
 * `rstranscribe/final-transcript`; speech events pass at once, EOS after the last
 * transcript. With the source pad unlinked the element is a sink, and posts EOS.
 *
 * A flush, or the action signal `cancel`, aborts what is under way: its outcome never
 * comes. A request that fails in a way that may pass is repeated once.
 *
 * ## Example launch line
 * ```
 * GROQ_API_KEY=gsk_... gst-launch-1.0 -m filesrc location=hello.wav ! wavparse ! audioconvert !
 * groqsttsink language=en
 * ```
 */
#include "plugins/groq/groqsttsink.h"

#include "plugins/base/clause.h"
#include "plugins/base/locked.h"
#include "plugins/base/mapped_buffer.h"
#include "plugins/base/src_pusher.h"
#include "plugins/groq/stt_settings.h"
#include "plugins/groq/transcription_queue.h"

GST_DEBUG_CATEGORY_STATIC(groqsttsink_debug);
#define GST_CAT_DEFAULT groqsttsink_debug

namespace {

using namespace centralita;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

using Settings = SttSettings;

// From READY -> PAUSED to PAUSED -> READY. The queue is touched on the I/O thread only.
struct Session {
  IoContext io;
  std::shared_ptr<TranscriptionQueue> queue;
};

// The C++ half of the element: GObject runs no constructors on its own.
struct Impl {
  Locked<Settings> settings;               // any thread
  Locked<std::optional<Session>> session;  // any thread
  IoBinding io_binding;                    // state changes
  GstPad* sink = nullptr;                  // the element's
  GstPad* src = nullptr;
  std::optional<SrcPusher> pusher;

  // The sink pad's streaming thread.
  GstSegment segment;
  std::optional<UtteranceBuffer> utterances;  // from caps on
};

}  // namespace

struct _CentralitaGroqSttSink {
  GstElement parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaGroqSttSink, centralita_groq_stt_sink, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(groqsttsink_debug, "groqsttsink", 0,
                                                      "speech to text"))
GST_ELEMENT_REGISTER_DEFINE(groqsttsink, "groqsttsink", GST_RANK_NONE,
                            CENTRALITA_TYPE_GROQ_STT_SINK)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_GROQ_STT_SINK(object)->impl; }

// --- Outcomes: I/O thread ------------------------------------------------------

void post(GstElement* element, GstStructure* structure) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT_CAST(element), structure));
}

guint64 ns(nanoseconds time) { return static_cast<guint64>(time.count()); }

void post_started(GstElement* element, unsigned number, nanoseconds start, nanoseconds end) {
  GST_DEBUG_OBJECT(element, "uploading utterance %u", number);
  post(element,
       gst_structure_new("transcription-started", "utterance", G_TYPE_UINT, number, "start",
                         G_TYPE_UINT64, ns(start), "end", G_TYPE_UINT64, ns(end), nullptr));
}

void push_text(SrcPusher& pusher, const TranscriptionQueue::Outcome& outcome) {
  const auto& text = outcome.result->text;
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(text.data(), text.size()));
  GST_BUFFER_PTS(buffer.get()) = ns(outcome.start);
  GST_BUFFER_DURATION(buffer.get()) = ns(outcome.end - outcome.start);
  pusher.push(std::move(buffer));
  pusher.push_event(Ref<GstEvent>::adopt(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("rstranscribe/final-transcript"))));
}

void hand_over(GstElement* element, const TranscriptionQueue& queue,
               const TranscriptionQueue::Outcome& outcome) {
  const auto& result = outcome.result;
  if (!result) {
    result.error().post(element);
    post(element, gst_structure_new("transcription-failed", "utterance", G_TYPE_UINT,
                                    outcome.number, nullptr));
    return;
  }
  GST_DEBUG_OBJECT(element, "utterance %u: %zu bytes of text after %d ms, %d segments dropped",
                   outcome.number, result->text.size(), static_cast<int>(outcome.latency.count()),
                   result->dropped_segments);
  // Who reads the message may flush: then the text is no longer wanted downstream.
  const auto generation = queue.generation();
  post(element,
       gst_structure_new("transcript", "text", G_TYPE_STRING, result->text.c_str(), "utterance",
                         G_TYPE_UINT, outcome.number, "final", G_TYPE_BOOLEAN, TRUE, "start",
                         G_TYPE_UINT64, ns(outcome.start), "end", G_TYPE_UINT64, ns(outcome.end),
                         "latency-ms", G_TYPE_UINT, static_cast<guint>(outcome.latency.count()),
                         "language", G_TYPE_STRING, result->language.c_str(), nullptr));
  if (!result->text.empty() && generation == queue.generation())
    push_text(*impl_of(element).pusher, outcome);
}

void push_eos(GstElement* element) {
  auto& impl = impl_of(element);
  impl.pusher->push_event(Ref<GstEvent>::adopt(gst_event_new_eos()));
  if (!gst_pad_is_linked(impl.src))
    impl.pusher->post_message(
        Ref<GstMessage>::adopt(gst_message_new_eos(GST_OBJECT_CAST(element))));
}

// --- Streaming -----------------------------------------------------------------

// Runs it on the I/O thread, unless the element has stopped by then.
void on_io(Impl& impl, std::function<void(TranscriptionQueue&)> function) {
  if (const auto session = impl.session.copy())
    session->io.run([queue = session->queue, function = std::move(function)] {
      if (!queue->closed())
        function(*queue);
    });
}

void submit(Impl& impl, Utterance utterance) {
  const auto settings = impl.settings.copy();
  on_io(impl, [settings, utterance = std::move(utterance)](TranscriptionQueue& queue) mutable {
    queue.add(std::move(utterance), settings.transcription, settings.min_utterance);
  });
}

void submit(Impl& impl, std::optional<Utterance> utterance) {
  if (utterance)
    submit(impl, std::move(*utterance));
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) noexcept {
  const auto owned = Ref<GstBuffer>::adopt(buffer);
  auto& impl = impl_of(parent);
  if (!impl.utterances)
    return GST_FLOW_NOT_NEGOTIATED;
  const MappedBuffer map(buffer, GST_MAP_READ);
  if (!map) {
    GST_ELEMENT_ERROR(parent, RESOURCE, READ, ("Cannot read the audio"), (nullptr));
    return GST_FLOW_ERROR;
  }
  std::optional<nanoseconds> running_time;
  if (GST_BUFFER_PTS_IS_VALID(buffer) && impl.segment.format == GST_FORMAT_TIME) {
    const auto time =
        gst_segment_to_running_time(&impl.segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    if (GST_CLOCK_TIME_IS_VALID(time))
      running_time = nanoseconds(time);
  }
  for (auto& cut : impl.utterances->push(map.samples<std::int16_t>(), running_time))
    submit(impl, std::move(cut));
  return GST_FLOW_OK;
}

void begin_stream(Impl& impl, const GstCaps* caps) {
  int rate = 0;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &rate);
  if (impl.utterances && impl.utterances->rate() == rate)
    return;
  if (impl.utterances)
    submit(impl, impl.utterances->finish());
  impl.utterances.emplace(rate, impl.settings.copy().utterance);
}

void handle_speech(Impl& impl, const SpeechEvent& speech) {
  if (!impl.utterances)
    return;
  const auto time = GST_CLOCK_TIME_IS_VALID(speech.running_time) ? nanoseconds(speech.running_time)
                                                                 : impl.utterances->now();
  if (speech.edge == SpeechEdge::kStart)
    impl.utterances->speech_start(time);
  else
    submit(impl, impl.utterances->speech_end(time));
}

void flush_start(Impl& impl) {
  if (const auto session = impl.session.copy())
    session->io.run_and_wait([&] { session->queue->cancel(true); });
  impl.pusher->flush();
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* raw) noexcept {
  auto event = Ref<GstEvent>::adopt(raw);
  auto& impl = impl_of(parent);
  switch (GST_EVENT_TYPE(raw)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(raw, &caps);
      begin_stream(impl, caps);
      return TRUE;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(raw, &impl.segment);
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (const auto speech = parse_speech_event(raw))
        handle_speech(impl, *speech);
      on_io(impl,
            [&pusher = *impl.pusher, event](TranscriptionQueue&) { pusher.push_event(event); });
      return TRUE;
    case GST_EVENT_EOS:
      if (impl.utterances)
        submit(impl, impl.utterances->finish());
      on_io(impl, [](TranscriptionQueue& queue) { queue.end(); });
      return TRUE;
    case GST_EVENT_FLUSH_START:
      flush_start(impl);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init(&impl.segment, GST_FORMAT_TIME);
      if (impl.utterances)
        impl.utterances.emplace(impl.utterances->rate(), impl.settings.copy().utterance);
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
      return gst_pad_event_default(pad, parent, event.release());
    default:
      return TRUE;  // the audio's own: what goes out is another stream
  }
}

gboolean src_event(GstPad* pad, GstObject* parent, GstEvent* event) noexcept {
  if (GST_EVENT_TYPE(event) == GST_EVENT_QOS) {
    (void)Ref<GstEvent>::adopt(event);  // late text says nothing about the audio
    return TRUE;
  }
  return gst_pad_event_default(pad, parent, event);
}

void cancel(CentralitaGroqSttSink* self) noexcept {
  if (const auto session = self->impl->session.copy())
    session->io.run_and_wait([&] { session->queue->cancel(false); });
}

// With nothing linked behind it the element is where the pipeline ends.
void src_linked(GstPad* pad, GstPad*, gpointer) noexcept {
  GST_OBJECT_FLAG_UNSET(GST_OBJECT_PARENT(pad), GST_ELEMENT_FLAG_SINK);
}
void src_unlinked(GstPad* pad, GstPad*, gpointer) noexcept {
  if (auto* element = GST_OBJECT_PARENT(pad))
    GST_OBJECT_FLAG_SET(element, GST_ELEMENT_FLAG_SINK);
}

// --- State ---------------------------------------------------------------------

void open(GstElement* element) {
  auto& impl = impl_of(element);
  const auto io = impl.io_binding.find(element);
  auto queue = std::make_shared<TranscriptionQueue>(
      io,
      TranscriptionQueue::Handlers{
          .on_started = [element](unsigned number, nanoseconds start,
                                  nanoseconds end) { post_started(element, number, start, end); },
          .on_outcome =
              [element](const TranscriptionQueue& queue,
                        const TranscriptionQueue::Outcome& outcome) {
                hand_over(element, queue, outcome);
              },
          .on_end = [element] { push_eos(element); }});
  *impl.session.lock() = Session{io, std::move(queue)};
  gst_segment_init(&impl.segment, GST_FORMAT_TIME);
}

// Once the pads are active.
void start_pushing(GstElement* element) {
  auto& impl = impl_of(element);
  impl.pusher->start(impl.io_binding.offered() ? SrcPusher::Mode::kInline : SrcPusher::Mode::kTask);
  const auto settings = impl.settings.copy().transcription.resolved();
  on_io(impl, [&impl, settings](TranscriptionQueue& queue) {
    impl.pusher->set_caps(Ref<GstCaps>::adopt(gst_caps_from_string("text/x-raw, format=utf8")));
    if (!settings.lacks_key())
      HttpStream::preconnect(queue.io(), transcription_url(settings));
  });
}

void close(GstElement* element) {
  auto& impl = impl_of(element);
  const auto session = impl.session.copy();
  impl.session.lock()->reset();
  if (session)
    session->io.run_and_wait([&] { session->queue->close(); });
  impl.pusher->stop();
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    open(element);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    close(element);
  const auto result =
      GST_ELEMENT_CLASS(centralita_groq_stt_sink_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (result == GST_STATE_CHANGE_FAILURE)
      close(element);
    else
      start_pushing(element);
  } else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    impl_of(element).utterances.reset();
  }
  return result;
}

void set_context(GstElement* element, GstContext* context) noexcept {
  impl_of(element).io_binding.offer(context);
  GST_ELEMENT_CLASS(centralita_groq_stt_sink_parent_class)->set_context(element, context);
}

// --- Properties ----------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  if (!set_stt_property(*impl_of(object).settings.lock(), id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  if (!get_stt_property(*impl_of(object).settings.lock(), id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_GROQ_STT_SINK(object)->impl;
  G_OBJECT_CLASS(centralita_groq_stt_sink_parent_class)->finalize(object);
}

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("audio/x-raw, format=S16LE, rate=[8000, 48000], "
                                            "channels=1, layout=interleaved"));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS("text/x-raw, format=utf8"));

}  // namespace

// --- Type ----------------------------------------------------------------------

static void centralita_groq_stt_sink_init(CentralitaGroqSttSink* self) {
  auto* impl = self->impl = new Impl;
  auto* element = GST_ELEMENT_CAST(self);
  impl->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(impl->sink, chain);
  gst_pad_set_event_function(impl->sink, sink_event);
  gst_element_add_pad(element, impl->sink);
  impl->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_event_function(impl->src, src_event);
  g_signal_connect(impl->src, "linked", G_CALLBACK(src_linked), nullptr);
  g_signal_connect(impl->src, "unlinked", G_CALLBACK(src_unlinked), nullptr);
  gst_element_add_pad(element, impl->src);
  impl->pusher.emplace(impl->src);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

static void centralita_groq_stt_sink_class_init(CentralitaGroqSttSinkClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  element_class->set_context = GST_DEBUG_FUNCPTR(set_context);
  install_stt_properties(object_class);

  /**
   * CentralitaGroqSttSink::cancel:
   *
   * Aborts the requests under way, without a flush of the stream: no transcript of
   * those utterances comes.
   */
  g_signal_new_class_handler("cancel", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(cancel), nullptr, nullptr, nullptr, G_TYPE_NONE, 0);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_type_mark_as_plugin_api(stt_segmentation_type(), static_cast<GstPluginAPIFlags>(0));
  gst_element_class_set_static_metadata(
      element_class, "Groq speech to text", "Sink/Audio/Converter/Network",
      "Transcribes utterances with Groq's Whisper or a server of the same protocol", "Centralita");
}

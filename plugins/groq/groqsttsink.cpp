/**
 * SECTION:element-groqsttsink
 * @title: groqsttsink
 *
 * Turns speech into text with Groq's Whisper, or any server with OpenAI's
 * `/audio/transcriptions`. Audio goes in; every utterance is uploaded as one WAV or
 * FLAC file and its transcript is posted as a message, and pushed out of the source
 * pad for those who link it.
 *
 * ## Utterances
 *
 * An utterance is what lies between the `centralita/speech-start` and
 * `centralita/speech-end` events of `voicevad`, with #CentralitaGroqSttSink:pre-roll
 * before it and up to #CentralitaGroqSttSink:tail after it. With no such event
 * upstream, everything until EOS is one utterance; see
 * #CentralitaGroqSttSink:segmentation. One that reaches
 * #CentralitaGroqSttSink:max-utterance is cut in the quietest place of its last
 * seconds and goes on in the next. One shorter than
 * #CentralitaGroqSttSink:min-utterance is only sent when it is clearly a voice: a
 * short "sí".
 *
 * The service gives no partial transcripts, so the latency is that of one request after the end
 * of the utterance; the streaming thread never waits for it. The sample rate is sent as
 * it comes: 8 or 16 kHz is best, more is bytes for nothing.
 *
 * ## What is left out
 *
 * Whisper invents text on silence, noise and music. What it writes is weighed against
 * its own scores, its speed and repetitions, phrases that it is known to invent, and
 * the audio; what is probably not said is left out of the text and given in
 * `rejected-text`. The weights are listed in plugins/groq/hallucination_gate.h,
 * #CentralitaGroqSttSink:hallucination-gate moves the limit. Reasons are `no-speech`,
 * `low-confidence`, `repetition`, `too-fast`, `too-slow`, `known-phrase`,
 * `annotation`, `other-script`, `too-quiet`, `steady-noise` and `hardly-voiced`.
 *
 * ## Asking ahead, and going back
 *
 * With #CentralitaGroqSttSink:speculative, the utterance so far is sent at each
 * `centralita/speech-pause` (the detector's probable end). A
 * `centralita/speech-resume` withdraws the request, and one request with the whole
 * utterance is made at its end; when the speech ends where it paused, the answer
 * that is under way or there is the utterance's, and nothing is sent again. An answer
 * that comes before the end is posted with `final` FALSE.
 *
 * Who learns after the end that the caller goes on (a pause in mid-sentence) emits the
 * action signal `merge-next`: the next utterance is sent together with the last one's
 * audio and gives one transcript with the field `replaces`. Until then the last one's
 * own is held back; if its text was out already, the merged text repeats it.
 *
 * ## Messages
 *
 * Element messages, each with a #guint `utterance` that counts from 1:
 * - `transcription-started`: an upload begins. #guint64 `start`, `end`: running times
 *   of the speech, pre-roll and tail excluded. #guint64 `audio`: how much is sent, in
 *   nanoseconds, both included. #gboolean `speculative`.
 * - `transcript`: string `text` (empty: there was no speech in it), #gboolean `final`,
 *   #gboolean `speculative` (the opposite), #guint64 `start`, `end`, #guint
 *   `latency-ms` (request to answer), #guint `wait-ms` (end of the utterance to
 *   answer: 0 when a speculation had it), string `language` (the service's word for
 *   what it heard), string `rejected-text`, `reject-reason` (reasons with commas,
 *   weightiest first), #gdouble `confidence` (0-1, the mean probability of a token;
 *   absent when unknown), #guint `replaces` (the first utterance of those merged into
 *   this one: it stands for all from that one on; absent for most).
 * - `transcription-withdrawn`: what was started gives no transcript of its own.
 *   string `reason`: `resumed`, `changed` (it ended elsewhere than it paused), `failed`
 *   (it is asked for again at its end), `ended`, `cancelled`, `merged`. #gboolean
 *   `speculative`.
 * - `transcription-failed`: there will be no transcript of that utterance. Follows
 *   the `provider-error` that says why (see plugins/base/provider_error.h).
 *
 * Final outcomes come in the order of the utterances. On the source pad each final
 * transcript that is not empty is a `text/x-raw` buffer followed by the event
 * `rstranscribe/final-transcript`; speech events pass at once, EOS after the last
 * transcript. With the source pad unlinked the element is a sink, and posts EOS.
 *
 * ## Trouble
 *
 * A request that fails in a way that may pass (429, 5xx, a timeout, a lost
 * connection) is made again #CentralitaGroqSttSink:retries times, after the wait that
 * the service asks for, if that is not above #CentralitaGroqSttSink:max-retry-wait. A
 * WAV file that is too large (413) is sent again as FLAC. A flush, or the action
 * signal `cancel`, aborts what is under way: its outcome never comes.
 *
 * ## Example launch line
 * ```
 * GROQ_API_KEY=gsk_... gst-launch-1.0 -q filesrc location=hello.wav ! wavparse ! audioconvert ! \
 * audioresample ! audio/x-raw,rate=16000 ! groqsttsink language=en ! fdsink
 * ```
 */
#include "plugins/groq/groqsttsink.h"

#include "plugins/base/controlled_values.h"
#include "plugins/base/locked.h"
#include "plugins/groq/audio_intake.h"
#include "plugins/groq/stt_settings.h"
#include "plugins/groq/transcript_messages.h"
#include "plugins/groq/whisper_prompt.h"

#include <gst/audio/audio.h>

GST_DEBUG_CATEGORY_STATIC(groqsttsink_debug);
#define GST_CAT_DEFAULT groqsttsink_debug

namespace {

using namespace centralita;
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
  Locked<SttCounts> counts;                // any thread
  Locked<std::optional<Session>> session;  // any thread
  IoBinding io_binding;                    // state changes
  GstPad* sink = nullptr;                  // the element's
  GstPad* src = nullptr;
  std::optional<SrcPusher> pusher;

  std::optional<AudioIntake> intake;  // the sink pad's streaming thread
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

void tell_started(GstElement* element, const TranscriptionJob& job, bool speculative) {
  GST_DEBUG_OBJECT(element, "uploading utterance %u%s", job.number(),
                   speculative ? ", ahead of its end" : "");
  if (speculative)
    ++impl_of(element).counts.lock()->speculations;
  post_started(element, job, speculative);
}

void tell_withdrawn(GstElement* element, unsigned number, const char* reason, bool speculative) {
  GST_DEBUG_OBJECT(element, "utterance %u withdrawn: %s", number, reason);
  if (speculative)
    ++impl_of(element).counts.lock()->withdrawn;
  post_withdrawn(element, number, reason, speculative);
}

void hand_over(GstElement* element, const TranscriptionQueue& queue,
               const TranscriptionQueue::Outcome& outcome) {
  const auto& job = *outcome.job;
  if (const auto& result = job.result()) {
    GST_DEBUG_OBJECT(element, "utterance %u%s: %zu bytes of text after %d ms", job.number(),
                     outcome.speculative ? ", so far" : "", result->text.size(),
                     static_cast<int>(job.latency().count()));
    if (!result->rejected.empty())
      GST_INFO_OBJECT(element, "utterance %u: left out \"%s\" (%s)", job.number(),
                      result->rejected.c_str(), result->reject_reason.c_str());
  }
  // Who reads the message may flush: then the text is no longer wanted downstream.
  const auto generation = queue.generation();
  post_outcome(element, outcome);
  if (!outcome.speculative && job.result() && !job.result()->text.empty() &&
      generation == queue.generation())
    push_text(*impl_of(element).pusher, job);
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

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer) noexcept {
  const auto owned = Ref<GstBuffer>::adopt(buffer);
  take_controlled_values(parent, pad, buffer);
  auto& impl = impl_of(parent);
  if (!impl.intake->has_caps())
    return GST_FLOW_NOT_NEGOTIATED;
  if (!impl.intake->push(buffer)) {
    GST_ELEMENT_ERROR(parent, RESOURCE, READ, ("Cannot read the audio"), (nullptr));
    return GST_FLOW_ERROR;
  }
  return GST_FLOW_OK;
}

// From the streaming thread to the queue.
AudioIntake::Handlers intake_handlers(Impl& impl) {
  return {
      .on_speech =
          [&impl] {
            on_io(impl, [settings = impl.settings.copy()](TranscriptionQueue& queue) {
              queue.speech_started();
              if (settings.warm)
                queue.warm(settings.queue.transcription);
            });
          },
      .on_so_far =
          [&impl](Utterance so_far) {
            auto settings = impl.settings.copy();
            if (settings.speculative)
              on_io(impl, [settings = std::move(settings.queue),
                           so_far = std::move(so_far)](TranscriptionQueue& queue) mutable {
                queue.speculate(std::move(so_far), settings);
              });
          },
      .on_resume =
          [&impl] { on_io(impl, [](TranscriptionQueue& queue) { queue.withdraw("resumed"); }); },
      .on_utterance =
          [&impl](Utterance utterance) {
            on_io(impl, [settings = impl.settings.copy().queue,
                         utterance = std::move(utterance)](TranscriptionQueue& queue) mutable {
              queue.add(std::move(utterance), settings);
            });
          },
  };
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
      impl.intake->set_caps(caps, impl.settings.copy().utterance);
      return TRUE;
    }
    case GST_EVENT_SEGMENT: {
      GstSegment segment;
      gst_event_copy_segment(raw, &segment);
      impl.intake->set_segment(segment);
      return TRUE;
    }
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (const auto speech = parse_speech_event(raw))
        impl.intake->speech(*speech);
      on_io(impl,
            [&pusher = *impl.pusher, event](TranscriptionQueue&) { pusher.push_event(event); });
      return TRUE;
    case GST_EVENT_EOS:
      impl.intake->finish();
      on_io(impl, [](TranscriptionQueue& queue) { queue.end(); });
      return TRUE;
    case GST_EVENT_FLUSH_START:
      flush_start(impl);
      return TRUE;
    case GST_EVENT_FLUSH_STOP:
      impl.intake->flush();
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

gboolean merge_next(CentralitaGroqSttSink* self) noexcept {
  bool merges = false;
  if (const auto session = self->impl->session.copy())
    session->io.run_and_wait([&] { merges = session->queue->merge_next(); });
  return merges;
}

gboolean transcribe_again(CentralitaGroqSttSink* self) noexcept {
  bool again = false;
  const auto settings = self->impl->settings.copy().queue;
  if (const auto session = self->impl->session.copy())
    session->io.run_and_wait([&] { again = session->queue->try_again(settings); });
  return again;
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
          .on_started = [element](const TranscriptionJob& job,
                                  bool speculative) { tell_started(element, job, speculative); },
          .on_outcome =
              [element](const TranscriptionQueue& queue,
                        const TranscriptionQueue::Outcome& outcome) {
                hand_over(element, queue, outcome);
              },
          .on_withdrawn =
              [element](unsigned number, const char* reason, bool speculative) {
                tell_withdrawn(element, number, reason, speculative);
              },
          .on_end = [element] { push_eos(element); }});
  *impl.session.lock() = Session{io, std::move(queue)};
  *impl.counts.lock() = {};
  impl.intake->stop();
}

void warn_of_prompt(GstElement* element, const TranscriptionSettings& settings) {
  const auto prompt = whisper_prompt(settings.prompt, settings.keywords);
  if (prompt.shortened)
    GST_WARNING_OBJECT(element, "prompt is longer than %d tokens: its beginning is left out",
                       kWhisperPromptTokens);
  for (const auto& keyword : prompt.left_out)
    GST_WARNING_OBJECT(element, "no room for the keyword \"%s\" in %d tokens", keyword.c_str(),
                       kWhisperPromptTokens);
}

// Once the pads are active.
void start_pushing(GstElement* element) {
  auto& impl = impl_of(element);
  impl.pusher->start(impl.io_binding.offered() ? SrcPusher::Mode::kInline : SrcPusher::Mode::kTask);
  const auto settings = impl.settings.copy();
  warn_of_prompt(element, settings.queue.transcription);
  on_io(impl, [&impl, settings](TranscriptionQueue& queue) {
    impl.pusher->set_caps(Ref<GstCaps>::adopt(gst_caps_from_string("text/x-raw, format=utf8")));
    if (settings.warm)
      queue.warm(settings.queue.transcription);
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
    impl_of(element).intake->stop();
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
  const auto counts = impl_of(object).counts.copy();
  if (!get_stt_property(*impl_of(object).settings.lock(), counts, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_GROQ_STT_SINK(object)->impl;
  G_OBJECT_CLASS(centralita_groq_stt_sink_parent_class)->finalize(object);
}

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
                            GST_STATIC_CAPS("audio/x-raw, format=" GST_AUDIO_NE(
                                S16) ", "
                                     "rate=[8000, 48000], channels=1, layout=interleaved"));
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
  impl->intake.emplace(intake_handlers(*impl));
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

  /**
   * CentralitaGroqSttSink::merge-next:
   *
   * The last utterance was not the end of what the caller says: the next one is sent
   * together with it.
   *
   * Returns: whether there is one; not after #CentralitaGroqSttSink:reopen-window.
   */
  g_signal_new_class_handler("merge-next", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(merge_next), nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 0);

  /**
   * CentralitaGroqSttSink::transcribe-again:
   *
   * The last utterance, whose transcription has failed, is asked for anew, as an utterance of its
   * own number.
   *
   * Returns: whether there is one.
   */
  g_signal_new_class_handler("transcribe-again", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(transcribe_again), nullptr, nullptr, nullptr,
                             G_TYPE_BOOLEAN, 0);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  for (const auto type : {stt_segmentation_type(), stt_upload_format_type(), stt_gate_type()})
    gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  gst_element_class_set_static_metadata(
      element_class, "Groq speech to text", "Sink/Audio/Converter/Network",
      "Transcribes utterances with Groq's Whisper or a server of the same protocol", "Centralita");
}

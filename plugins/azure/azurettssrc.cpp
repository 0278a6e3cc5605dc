/**
 * SECTION:element-azurettssrc
 * @title: azurettssrc
 *
 * Speaks text with Azure Speech. Text comes as buffers on the sink pad, one clause
 * each, or from the action signal `speak`; with the sink pad unlinked, the property
 * #CentralitaAzureTtsSrc:text is spoken when the element goes to PAUSED, and then
 * the stream ends.
 *
 * Audio is pushed as it arrives, in buffers of at most 100 ms, strictly in the order
 * of the clauses; up to #CentralitaAzureTtsSrc:prefetch clauses are requested while an
 * earlier one is being received. The format is the one of those Azure streams that
 * downstream prefers: mu-law or A-law at 8 kHz, or 16-bit PCM. Adds no latency but
 * the service's own; the streaming thread never waits for it.
 *
 * The audio of a clause stands between the events `centralita/clause-start` and
 * `centralita/clause-end` (plugins/base/clause.h), also when there is none. Other
 * custom events, such as `centralita/reply-end`, keep their place. Clauses without a
 * tag are numbered: after the last clause seen, in the turn after the last reply's end.
 *
 * What is sent is not what is written: words of #CentralitaAzureTtsSrc:dictionary go with their
 * pronunciation, and amounts, dates, times, telephone numbers, addresses, units and abbreviations
 * in words, in Spanish and English and by the region of #CentralitaAzureTtsSrc:language
 * (#CentralitaAzureTtsSrc:normalise). Events and messages carry the text as it came.
 *
 * Element messages, with #guint `turn` and `clause`:
 * - `synthesis-started`: a clause is requested. #guint64 `time`: when, in ns of the
 *   monotonic clock.
 * - `synthesis-first-audio`: #guint `latency-ms`, from the request to its first audio.
 * - `synthesis-done`: #guint64 `duration` of its audio in ns; posted when all of it
 *   has been pushed.
 * - `synthesis-failed`: no (more) audio of it comes. Follows the `provider-error` that
 *   says why (plugins/base/provider_error.h). Later clauses go on.
 *
 * A flush aborts all requests and is passed on at once. A request that fails in a way
 * that may pass, before audio of its clause was pushed, is repeated once.
 *
 * ## Example launch line
 * ```
 * AZURE_SPEECH_KEY=... AZURE_SPEECH_REGION=eastus gst-launch-1.0 azurettssrc text="Hola" !
 * audioconvert ! autoaudiosink
 * ```
 */
#include "plugins/azure/azurettssrc.h"

#include "plugins/azure/clause_queue.h"
#include "plugins/azure/tts_settings.h"
#include "plugins/base/locked.h"
#include "plugins/base/mapped_buffer.h"
#include "plugins/base/src_pusher.h"

#include <atomic>

GST_DEBUG_CATEGORY_STATIC(azurettssrc_debug);
#define GST_CAT_DEFAULT azurettssrc_debug

namespace {

using namespace centralita;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

using Settings = TtsSettings;

// Touched on the I/O thread only.
struct Speaker {
  std::shared_ptr<ClauseQueue> queue;
  const AudioFormat* format = nullptr;  // of the last caps
  ClauseTag next{1, 0};                 // of a clause that comes without a tag

  ClauseTag number(std::optional<ClauseTag> given) {
    const auto tag = given.value_or(next);
    next = {tag.turn, tag.clause + 1};
    return tag;
  }
  void next_turn(std::uint32_t turn) { next = {turn, 0}; }
};

// From READY -> PAUSED to PAUSED -> READY.
struct Session {
  IoContext io;
  std::shared_ptr<Speaker> speaker;
};

// The C++ half of the element: GObject runs no constructors on its own.
struct Impl {
  Locked<Settings> settings;               // any thread
  Locked<std::optional<Session>> session;  // any thread
  std::atomic<bool> ended = false;         // EOS has been asked for
  IoBinding io_binding;                    // state changes
  GstPad* sink = nullptr;                  // the element's
  GstPad* src = nullptr;
  std::optional<SrcPusher> pusher;
};

}  // namespace

struct _CentralitaAzureTtsSrc {
  GstElement parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaAzureTtsSrc, centralita_azure_tts_src, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(azurettssrc_debug, "azurettssrc", 0,
                                                      "text to speech"))
GST_ELEMENT_REGISTER_DEFINE(azurettssrc, "azurettssrc", GST_RANK_NONE,
                            CENTRALITA_TYPE_AZURE_TTS_SRC)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_AZURE_TTS_SRC(object)->impl; }

// --- Clauses: I/O thread -------------------------------------------------------

template <typename... Fields>
Ref<GstMessage> message(GstElement* element, const char* name, ClauseTag tag, Fields... fields) {
  return Ref<GstMessage>::adopt(gst_message_new_element(
      GST_OBJECT_CAST(element), gst_structure_new(name, "turn", G_TYPE_UINT, tag.turn, "clause",
                                                  G_TYPE_UINT, tag.clause, fields..., nullptr)));
}

void post(GstElement* element, Ref<GstMessage> message) {
  gst_element_post_message(element, message.release());
}

// What downstream prefers of what Azure has; null when there is nothing.
const AudioFormat* negotiate(GstPad* src) {
  const auto ours = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(src));
  const auto theirs = Ref<GstCaps>::adopt(gst_pad_peer_query_caps(src, nullptr));
  const auto common = Ref<GstCaps>::adopt(
      gst_caps_intersect_full(theirs.get(), ours.get(), GST_CAPS_INTERSECT_FIRST));
  for (guint i = 0; i < gst_caps_get_size(common.get()); ++i) {
    const auto preferred = Ref<GstCaps>::adopt(gst_caps_copy_nth(common.get(), i));
    for (const auto& format : audio_formats()) {
      const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(format.caps));
      if (gst_caps_can_intersect(caps.get(), preferred.get()))
        return &format;
    }
  }
  return nullptr;
}

ClauseQueue::Plan plan(GstElement* element) {
  auto& impl = impl_of(element);
  ClauseQueue::Plan plan{impl.settings.copy().synthesis.resolved(), negotiate(impl.src)};
  if (!plan.format)
    GST_ELEMENT_ERROR(element, CORE, NEGOTIATION, ("Nobody downstream takes a format of Azure's"),
                      (nullptr));
  return plan;
}

// Caps go before everything but EOS, a clause's first event included. Without a format: any, if
// none was announced yet.
void announce(Impl& impl, Speaker& speaker, const AudioFormat* format) {
  if (!format)
    format = speaker.format ? speaker.format : negotiate(impl.src);
  if (format && std::exchange(speaker.format, format) != format)
    impl.pusher->set_caps(Ref<GstCaps>::adopt(gst_caps_from_string(format->caps)));
}

void push_audio(GstElement* element, std::span<const std::uint8_t> bytes, nanoseconds duration) {
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(bytes.data(), bytes.size()));
  GST_BUFFER_DURATION(buffer.get()) = static_cast<GstClockTime>(duration.count());
  impl_of(element).pusher->push(std::move(buffer));
}

void end_clause(GstElement* element, ClauseTag tag, nanoseconds duration,
                const std::optional<ProviderError>& error) {
  auto& pusher = *impl_of(element).pusher;
  pusher.push_event(clause_end_event(tag));
  if (!error) {
    pusher.post_message(message(element, "synthesis-done", tag, "duration", G_TYPE_UINT64,
                                static_cast<guint64>(duration.count())));
    return;
  }
  error->post(element);
  post(element, message(element, "synthesis-failed", tag));
}

ClauseQueue::Handlers handlers(GstElement* element, Speaker& speaker) {
  using Clause = ClauseQueue::Clause;
  return {.plan = [element] { return plan(element); },
          .on_requested =
              [element, &queue = speaker.queue](const Clause& clause) {
                GST_DEBUG_OBJECT(element, "requesting clause %u.%u", clause.tag.turn,
                                 clause.tag.clause);
                post(element,
                     message(element, "synthesis-started", clause.tag, "time", G_TYPE_UINT64,
                             static_cast<guint64>(queue->io().now().count())));
              },
          .on_first_audio =
              [element](const Clause& clause, milliseconds latency) {
                post(element, message(element, "synthesis-first-audio", clause.tag, "latency-ms",
                                      G_TYPE_UINT, static_cast<guint>(latency.count())));
              },
          .on_begin =
              [element, &speaker](const Clause& clause, const AudioFormat* format) {
                auto& impl = impl_of(element);
                announce(impl, speaker, format);
                impl.pusher->push_event(clause_start_event(clause.tag, clause.text));
              },
          .on_audio = [element](std::span<const std::uint8_t> bytes,
                                nanoseconds duration) { push_audio(element, bytes, duration); },
          .on_end =
              [element](const Clause& clause, nanoseconds duration,
                        const std::optional<ProviderError>& error) {
                end_clause(element, clause.tag, duration, error);
              }};
}

// --- Text ----------------------------------------------------------------------

// Runs it on the I/O thread, unless the element has stopped by then.
bool on_io(Impl& impl, std::function<void(Speaker&)> function) {
  const auto session = impl.session.copy();
  if (!session)
    return false;
  session->io.run([speaker = session->speaker, function = std::move(function)] {
    if (!speaker->queue->closed())
      function(*speaker);
  });
  return true;
}

bool add_text(Impl& impl, std::string text, std::optional<ClauseTag> tag) {
  return !impl.ended && on_io(impl, [text = std::move(text), tag](Speaker& speaker) {
    speaker.queue->speak({speaker.number(tag), text});
  });
}

void add_event(Impl& impl, Ref<GstEvent> event) {
  on_io(impl, [&impl, event](Speaker& speaker) {
    if (const auto turn = parse_reply_end(event.get()))
      speaker.next_turn(*turn + 1);
    speaker.queue->mark([&impl, &speaker, event] {
      if (GST_EVENT_TYPE(event.get()) != GST_EVENT_EOS)
        announce(impl, speaker, nullptr);
      impl.pusher->push_event(event);
    });
  });
}

void add_eos(Impl& impl, Ref<GstEvent> eos) {
  impl.ended = true;
  add_event(impl, std::move(eos));
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* buffer) noexcept {
  const auto owned = Ref<GstBuffer>::adopt(buffer);
  const MappedBuffer map(buffer, GST_MAP_READ);
  if (!map) {
    GST_ELEMENT_ERROR(parent, RESOURCE, READ, ("Cannot read the text"), (nullptr));
    return GST_FLOW_ERROR;
  }
  add_text(impl_of(parent), {map.bytes().begin(), map.bytes().end()}, clause_tag_of(buffer));
  return GST_FLOW_OK;
}

gboolean speak(CentralitaAzureTtsSrc* self, const char* text) noexcept {
  return text && add_text(*self->impl, text, std::nullopt);
}

void flush_start(Impl& impl) {
  if (const auto session = impl.session.copy())
    session->io.run_and_wait([&] {
      auto& speaker = *session->speaker;
      speaker.queue->cancel();
      if (speaker.next.clause > 0)
        speaker.next_turn(speaker.next.turn + 1);
    });
  impl.ended = false;
  impl.pusher->flush();
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* raw) noexcept {
  auto event = Ref<GstEvent>::adopt(raw);
  auto& impl = impl_of(parent);
  switch (GST_EVENT_TYPE(raw)) {
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      add_event(impl, std::move(event));
      return TRUE;
    case GST_EVENT_EOS:
      add_eos(impl, std::move(event));
      return TRUE;
    case GST_EVENT_FLUSH_START:
      flush_start(impl);
      return TRUE;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
      return gst_pad_event_default(pad, parent, event.release());
    default:
      return TRUE;  // the text's own: what goes out is another stream
  }
}

gboolean src_event(GstPad* pad, GstObject* parent, GstEvent* event) noexcept {
  if (GST_EVENT_TYPE(event) == GST_EVENT_QOS) {
    (void)Ref<GstEvent>::adopt(event);  // late audio says nothing about the text
    return TRUE;
  }
  return gst_pad_event_default(pad, parent, event);
}

// EOS for a source, as `gst-launch-1.0 -e` sends it.
gboolean send_event(GstElement* element, GstEvent* event) noexcept {
  auto& impl = impl_of(element);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS && !gst_pad_is_linked(impl.sink)) {
    add_eos(impl, Ref<GstEvent>::adopt(event));
    return TRUE;
  }
  return GST_ELEMENT_CLASS(centralita_azure_tts_src_parent_class)->send_event(element, event);
}

// With nothing linked before it the element is where the pipeline begins.
void sink_linked(GstPad* pad, GstPad*, gpointer) noexcept {
  GST_OBJECT_FLAG_UNSET(GST_OBJECT_PARENT(pad), GST_ELEMENT_FLAG_SOURCE);
}
void sink_unlinked(GstPad* pad, GstPad*, gpointer) noexcept {
  if (auto* element = GST_OBJECT_PARENT(pad))
    GST_OBJECT_FLAG_SET(element, GST_ELEMENT_FLAG_SOURCE);
}

// --- State ---------------------------------------------------------------------

void open(GstElement* element) {
  auto& impl = impl_of(element);
  const auto io = impl.io_binding.find(element);
  auto speaker = std::make_shared<Speaker>();
  speaker->queue = std::make_shared<ClauseQueue>(io, handlers(element, *speaker));
  speaker->queue->set_prefetch(impl.settings.copy().prefetch);
  impl.ended = false;
  *impl.session.lock() = Session{io, std::move(speaker)};
}

// Once the pads are active.
void start_pushing(GstElement* element) {
  auto& impl = impl_of(element);
  impl.pusher->start(impl.io_binding.offered() ? SrcPusher::Mode::kInline : SrcPusher::Mode::kTask);
  const auto settings = impl.settings.copy();
  on_io(impl, [synthesis = settings.synthesis.resolved()](Speaker& speaker) {
    if (!synthesis.lacks_key())
      HttpStream::preconnect(speaker.queue->io(), synthesis.provider.base_url);
  });
  if (settings.text.empty() || gst_pad_is_linked(impl.sink))
    return;
  add_text(impl, settings.text, std::nullopt);
  add_eos(impl, Ref<GstEvent>::adopt(gst_event_new_eos()));
}

void close(GstElement* element) {
  auto& impl = impl_of(element);
  const auto session = impl.session.copy();
  impl.session.lock()->reset();
  if (session)
    session->io.run_and_wait([&] { session->speaker->queue->close(); });
  impl.pusher->stop();
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    open(element);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    close(element);
  const auto result =
      GST_ELEMENT_CLASS(centralita_azure_tts_src_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (result == GST_STATE_CHANGE_FAILURE)
      close(element);
    else
      start_pushing(element);
  }
  return result;
}

void set_context(GstElement* element, GstContext* context) noexcept {
  impl_of(element).io_binding.offer(context);
  GST_ELEMENT_CLASS(centralita_azure_tts_src_parent_class)->set_context(element, context);
}

// --- Properties ----------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  const auto set = set_tts_property(*impl_of(object).settings.lock(), id, value);
  if (!set)
    GST_ELEMENT_WARNING(object, LIBRARY, SETTINGS, ("%s", set.error().c_str()), (nullptr));
  else if (!*set)
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  if (!get_tts_property(*impl_of(object).settings.lock(), id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_AZURE_TTS_SRC(object)->impl;
  G_OBJECT_CLASS(centralita_azure_tts_src_parent_class)->finalize(object);
}

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("text/x-raw, format=utf8"));
GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-raw, format=S16LE, rate={24000, 48000, 22050, 16000, 8000}, "
                    "channels=1, layout=interleaved; "
                    "audio/x-mulaw, rate=8000, channels=1; audio/x-alaw, rate=8000, channels=1"));

}  // namespace

// --- Type ----------------------------------------------------------------------

static void centralita_azure_tts_src_init(CentralitaAzureTtsSrc* self) {
  auto* impl = self->impl = new Impl;
  auto* element = GST_ELEMENT_CAST(self);
  impl->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(impl->sink, chain);
  gst_pad_set_event_function(impl->sink, sink_event);
  g_signal_connect(impl->sink, "linked", G_CALLBACK(sink_linked), nullptr);
  g_signal_connect(impl->sink, "unlinked", G_CALLBACK(sink_unlinked), nullptr);
  gst_element_add_pad(element, impl->sink);
  impl->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_event_function(impl->src, src_event);
  gst_element_add_pad(element, impl->src);
  impl->pusher.emplace(impl->src);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

static void centralita_azure_tts_src_class_init(CentralitaAzureTtsSrcClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  element_class->set_context = GST_DEBUG_FUNCPTR(set_context);
  element_class->send_event = GST_DEBUG_FUNCPTR(send_event);
  install_tts_properties(object_class);

  /**
   * CentralitaAzureTtsSrc::speak:
   * @text: a clause
   *
   * Speaks it after what is waiting. FALSE below PAUSED, and after EOS.
   */
  g_signal_new_class_handler("speak", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(speak), nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 1,
                             G_TYPE_STRING);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Azure text to speech", "Source/Audio/Converter/Network",
      "Speaks text with Azure Speech, streaming the audio as it arrives", "Centralita");
}

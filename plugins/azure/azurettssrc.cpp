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
 * - `synthesis-done`: #guint64 `duration` of its audio in ns, #gchararray `source`: "service",
 *   "memory" or "disk"; posted when all of it has been pushed.
 * - `synthesis-failed`: no (more) audio of it comes. Follows the `provider-error` that
 *   says why (plugins/base/provider_error.h). Later clauses go on.
 *
 * With #CentralitaAzureTtsSrc:cache, phrases of at most 160 bytes are kept in the process's memory
 * (16 MiB, shared by all elements), and in a folder those that were prepared (action signal
 * `prepare`) or came again: what is said once, with a name or an amount in it, is in no file. The
 * message `phrase-prepared` has `text`, #gboolean `success` and `source`.
 *
 * Raw audio has no length, and a connection that breaks off looks like its end. Audio that is too
 * short for its text (40 letters and more, at over 25 a second times the rate) counts as a lost
 * connection.
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

#include "plugins/azure/speaker.h"
#include "plugins/base/controlled_values.h"
#include "plugins/base/locked.h"
#include "plugins/base/mapped_buffer.h"

#include <atomic>

GST_DEBUG_CATEGORY_STATIC(azurettssrc_debug);
#define GST_CAT_DEFAULT azurettssrc_debug

namespace {

using namespace centralita;

using Settings = TtsSettings;

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

// --- Text ----------------------------------------------------------------------

// Runs it on the I/O thread, unless the element has stopped by then.
bool on_io(Impl& impl, std::function<void(Speaker&)> function) {
  const auto session = impl.session.copy();
  if (!session)
    return false;
  session->io.run([speaker = session->speaker, function = std::move(function)] {
    if (!speaker->closed())
      function(*speaker);
  });
  return true;
}

bool add_text(Impl& impl, std::string text, std::optional<ClauseTag> tag) {
  return !impl.ended &&
         on_io(impl, [text = std::move(text), tag, voice = impl.settings.copy().synthesis.voice](
                         Speaker& speaker) { speaker.speak(text, voice, tag); });
}

void add_event(Impl& impl, Ref<GstEvent> event) {
  on_io(impl, [event](Speaker& speaker) { speaker.pass_on(event); });
}

void add_eos(Impl& impl, Ref<GstEvent> eos) {
  impl.ended = true;
  add_event(impl, std::move(eos));
}

GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer) noexcept {
  const auto owned = Ref<GstBuffer>::adopt(buffer);
  take_controlled_values(parent, pad, buffer);
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

gboolean prepare(CentralitaAzureTtsSrc* self, const char* text) noexcept {
  if (!text || self->impl->settings.copy().cache.policy == CachePolicy::kOff)
    return FALSE;
  return on_io(*self->impl, [text = std::string(text)](Speaker& s) { s.prepare(text); });
}

void flush_start(Impl& impl) {
  if (const auto session = impl.session.copy())
    session->io.run_and_wait([&] { session->speaker->flush(); });
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
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_QOS:  // late audio says nothing about the text
      (void)Ref<GstEvent>::adopt(event);
      return TRUE;
    case GST_EVENT_SEEK:  // times of the audio are none of the text's
      (void)Ref<GstEvent>::adopt(event);
      return FALSE;
    default:
      return gst_pad_event_default(pad, parent, event);
  }
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
  auto speaker = std::make_shared<Speaker>(
      io, Speaker::Surroundings{
              .element = element, .src = impl.src, .pusher = &*impl.pusher, .settings = [&impl] {
                return impl.settings.copy();
              }});
  impl.ended = false;
  *impl.session.lock() = Session{io, std::move(speaker)};
}

// Once the pads are active.
void start_pushing(GstElement* element) {
  auto& impl = impl_of(element);
  impl.pusher->start(impl.io_binding.offered() ? SrcPusher::Mode::kInline : SrcPusher::Mode::kTask);
  const auto settings = impl.settings.copy();
  on_io(impl, [](Speaker& speaker) { speaker.warm_up(); });
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
    session->io.run_and_wait([&] { session->speaker->close(); });
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

  /**
   * CentralitaAzureTtsSrc::prepare:
   * @text: a clause, as it will be spoken
   *
   * Has it made ahead and kept, so that it is heard at once when it is spoken; the message
   * `phrase-prepared` tells when. FALSE below PAUSED, and without a cache.
   */
  g_signal_new_class_handler("prepare", G_TYPE_FROM_CLASS(klass),
                             static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(prepare), nullptr, nullptr, nullptr, G_TYPE_BOOLEAN, 1,
                             G_TYPE_STRING);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Azure text to speech", "Source/Audio/Converter/Network",
      "Speaks text with Azure Speech, streaming the audio as it arrives", "Centralita");
}

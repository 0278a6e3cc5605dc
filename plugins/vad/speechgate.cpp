/**
 * SECTION:element-speechgate
 * @title: speechgate
 *
 * Lets speech through and drops the rest. Whether a buffer is speech is read from its
 * GstAudioLevelMeta (voice_activity), which voicevad writes, and anything else that follows RFC
 * 6464: a buffer without one is not speech. What came just before speech is let through with it
 * (#CentralitaSpeechGate:pre-roll), so that nothing is lost of a beginning that took a moment to be
 * recognised; how long an end is waited for is the detector's `hangover`.
 *
 * Timestamps stay as they were. The first buffer of each piece of speech is marked DISCONT, which
 * is where `multifilesink next-file=discont` begins a file; a pause shorter than the pre-roll makes
 * no new piece.
 *
 * Adds no latency to speech; the pre-roll leaves late, in one go, with the first buffer of speech.
 * GST_DEBUG category: `speechgate`.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 filesrc location=call.wav ! wavparse ! audioconvert ! audioresample ! \
 *     audio/x-raw,rate=16000 ! voicevad ! speechgate ! \
 *     multifilesink next-file=discont location=speech-%03d.raw
 * ```
 */
#include "plugins/vad/speechgate.h"

#include "plugins/base/locked.h"
#include "plugins/base/ref.h"

#include <gst/audio/audio.h>

#include <deque>
#include <optional>

GST_DEBUG_CATEGORY_STATIC(speechgate_debug);
#define GST_CAT_DEFAULT speechgate_debug

namespace {

using namespace centralita;

constexpr char kCaps[] = "audio/x-raw";
constexpr guint kPreRollMs = 300, kMaxPreRollMs = 10'000;

GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(kCaps));

enum { PROP_0, PROP_PRE_ROLL };

// Streaming thread only, and the state change once that has ended.
struct Gate {
  std::optional<GstAudioInfo> info;
  std::deque<Ref<GstBuffer>> before;  // the last of what is not speech
  bool dropped = true;                // something, since the last buffer that was let through

  void forget() {
    before.clear();
    dropped = true;
  }
  GstClockTime duration_of(GstBuffer* buffer) const {
    const auto frames =
        gst_buffer_get_size(buffer) / static_cast<gsize>(GST_AUDIO_INFO_BPF(&*info));
    return gst_util_uint64_scale(frames, GST_SECOND,
                                 static_cast<guint64>(GST_AUDIO_INFO_RATE(&*info)));
  }
  // Keeps what `time` needs: the oldest goes when the others are enough.
  void trim(GstClockTime time) {
    GstClockTime kept = 0;
    for (const auto& buffer : before) kept += duration_of(buffer.get());
    while (!before.empty() && kept - duration_of(before.front().get()) >= time) {
      kept -= duration_of(before.front().get());
      before.pop_front();
      dropped = true;
    }
  }
};

struct Impl {
  Locked<guint> pre_roll_ms{kPreRollMs};  // any thread
  Gate gate;
};

}  // namespace

struct _CentralitaSpeechGate {
  GstElement parent;
  GstPad* src;  // the element's
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaSpeechGate, centralita_speech_gate, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(speechgate_debug, "speechgate", 0,
                                                      "lets speech through"))
GST_ELEMENT_REGISTER_DEFINE(speechgate, "speechgate", GST_RANK_NONE, CENTRALITA_TYPE_SPEECH_GATE)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_SPEECH_GATE(object)->impl; }

// --- Streaming ---------------------------------------------------------------

GstFlowReturn push(CentralitaSpeechGate* self, Ref<GstBuffer> buffer, bool begins) {
  auto* data = buffer.release();
  if (begins && !GST_BUFFER_IS_DISCONT(data)) {
    data = gst_buffer_make_writable(data);
    GST_BUFFER_FLAG_SET(data, GST_BUFFER_FLAG_DISCONT);
  }
  return gst_pad_push(self->src, data);
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* data) noexcept {
  auto* self = CENTRALITA_SPEECH_GATE(parent);
  auto& gate = self->impl->gate;
  auto buffer = Ref<GstBuffer>::adopt(data);
  if (!gate.info)
    return GST_FLOW_NOT_NEGOTIATED;
  const auto* level = gst_buffer_get_audio_level_meta(data);
  if (!level || !level->voice_activity) {
    gate.before.push_back(std::move(buffer));
    gate.trim(*self->impl->pre_roll_ms.lock() * GST_MSECOND);
    return GST_FLOW_OK;
  }
  bool begins = std::exchange(gate.dropped, false);
  for (auto& earlier : std::exchange(gate.before, {})) {
    const auto flow = push(self, std::move(earlier), std::exchange(begins, false));
    if (flow != GST_FLOW_OK)
      return flow;
  }
  return push(self, std::move(buffer), begins);
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* event) noexcept {
  auto& gate = impl_of(parent).gate;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps;
      gst_event_parse_caps(event, &caps);
      GstAudioInfo info;
      gate.forget();
      if (gst_audio_info_from_caps(&info, caps))
        gate.info = info;
      break;
    }
    // What was kept belongs to the time before.
    case GST_EVENT_STREAM_START:
    case GST_EVENT_SEGMENT:
    case GST_EVENT_FLUSH_STOP:
    case GST_EVENT_EOS:
      gate.forget();
      break;
    default:
      break;
  }
  return gst_pad_event_default(pad, parent, event);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  const auto result =
      GST_ELEMENT_CLASS(centralita_speech_gate_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    impl_of(element).gate.forget();
    impl_of(element).gate.info.reset();
  }
  return result;
}

// --- Properties --------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  if (id == PROP_PRE_ROLL)
    *impl_of(object).pre_roll_ms.lock() = g_value_get_uint(value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  if (id == PROP_PRE_ROLL)
    g_value_set_uint(value, impl_of(object).pre_roll_ms.copy());
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_SPEECH_GATE(object)->impl;
  G_OBJECT_CLASS(centralita_speech_gate_parent_class)->finalize(object);
}

}  // namespace

static void centralita_speech_gate_init(CentralitaSpeechGate* self) {
  self->impl = new Impl;
  auto* sink = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(sink, chain);
  gst_pad_set_event_function(sink, sink_event);
  GST_PAD_SET_PROXY_CAPS(sink);
  GST_PAD_SET_PROXY_ALLOCATION(sink);
  gst_element_add_pad(GST_ELEMENT_CAST(self), sink);
  self->src = gst_pad_new_from_static_template(&src_template, "src");
  GST_PAD_SET_PROXY_CAPS(self->src);
  gst_element_add_pad(GST_ELEMENT_CAST(self), self->src);
}

static void centralita_speech_gate_class_init(CentralitaSpeechGateClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  g_object_class_install_property(
      object_class, PROP_PRE_ROLL,
      g_param_spec_uint("pre-roll", "Pre-roll",
                        "Milliseconds of what came before speech that are let through with it", 0,
                        kMaxPreRollMs, kPreRollMs,
                        static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                 GST_PARAM_MUTABLE_PLAYING)));
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Speech gate", "Filter/Audio",
                                        "Lets speech through and drops the rest", "Centralita");
}

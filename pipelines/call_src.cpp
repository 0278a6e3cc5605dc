/**
 * SECTION:element-callsrc
 * @title: callsrc
 *
 * The end of a call's pipeline where the caller's audio comes in. Data is given to it by the
 * program that made the pipeline, synchronously and on one thread; used from gst-launch it produces
 * nothing.
 *
 * ## Example launch line
 * ```
 * callsrc name=in ! mulawtopcm ! voicevad ! fakesink async=false sync=false
 * ```
 */
#include "pipelines/call_src.h"

#include "pipelines/wire_format.h"

#include <optional>

GST_DEBUG_CATEGORY_STATIC(call_src_debug);
#define GST_CAT_DEFAULT call_src_debug

namespace {

using centralita::Ref;
using centralita::WireFormat;

enum Property { PROP_0, PROP_CAPS, N_PROPERTIES };
GParamSpec* properties[N_PROPERTIES];

struct Impl {
  GstPad* pad = nullptr;  // the element's
  Ref<GstCaps> caps;      // set before PAUSED
  WireFormat format;      // the streaming thread from here on
  bool started = false;
  GstClockTime next_pts = GST_CLOCK_TIME_NONE;
};

GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-mulaw, rate=8000, channels=1; audio/x-alaw, rate=8000, channels=1; "
                    "audio/x-raw, format=S16LE, rate=[8000, 48000], channels=1, "
                    "layout=interleaved"));

}  // namespace

struct _CentralitaCallSrc {
  GstElement parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaCallSrc, centralita_call_src, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(call_src_debug, "callsrc", 0,
                                                      "a call's incoming audio"))
GST_ELEMENT_REGISTER_DEFINE(callsrc, "callsrc", GST_RANK_NONE, CENTRALITA_TYPE_CALL_SRC)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_CALL_SRC(object)->impl; }

// --- Streaming ---------------------------------------------------------------

void begin_stream(GstElement* element, Impl& impl) {
  impl.started = true;
  const centralita::OwnedString id(gst_pad_create_stream_id(impl.pad, element, nullptr));
  gst_pad_push_event(impl.pad, gst_event_new_stream_start(id.get()));
  gst_pad_push_event(impl.pad, gst_event_new_caps(impl.caps.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(impl.pad, gst_event_new_segment(&segment));
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  auto& impl = impl_of(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    const auto format = WireFormat::from_caps(impl.caps.get());
    if (!format) {
      GST_ELEMENT_ERROR(element, CORE, NEGOTIATION, ("callsrc has no audio format"),
                        ("set its caps property before PAUSED"));
      return GST_STATE_CHANGE_FAILURE;
    }
    impl.format = *format;
    impl.started = false;
    impl.next_pts = GST_CLOCK_TIME_NONE;
  }
  return GST_ELEMENT_CLASS(centralita_call_src_parent_class)->change_state(element, transition);
}

// --- Properties --------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  if (id == PROP_CAPS)
    impl_of(object).caps = Ref<GstCaps>::share(const_cast<GstCaps*>(gst_value_get_caps(value)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  if (id == PROP_CAPS)
    gst_value_set_caps(value, impl_of(object).caps.get());
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_CALL_SRC(object)->impl;
  G_OBJECT_CLASS(centralita_call_src_parent_class)->finalize(object);
}

}  // namespace

GstFlowReturn centralita::call_src_push(GstElement* src, std::span<const std::uint8_t> audio,
                                        GstClockTime pts) {
  auto& impl = impl_of(src);
  if (!impl.started)
    begin_stream(src, impl);
  auto* buffer = gst_buffer_new_memdup(audio.data(), audio.size());
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DURATION(buffer) =
      gst_util_uint64_scale(audio.size() / impl.format.bytes_per_sample(), GST_SECOND,
                            static_cast<guint64>(impl.format.rate));
  if (pts != impl.next_pts)
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  impl.next_pts = pts + GST_BUFFER_DURATION(buffer);
  return gst_pad_push(impl.pad, buffer);
}

// --- Type --------------------------------------------------------------------

static void centralita_call_src_init(CentralitaCallSrc* self) {
  self->impl = new Impl;
  self->impl->pad = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_use_fixed_caps(self->impl->pad);
  gst_element_add_pad(GST_ELEMENT(self), self->impl->pad);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

static void centralita_call_src_class_init(CentralitaCallSrcClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  GST_ELEMENT_CLASS(klass)->change_state = GST_DEBUG_FUNCPTR(change_state);

  /**
   * CentralitaCallSrc:caps:
   *
   * Format of the audio that will be pushed. Must be set before PAUSED.
   */
  properties[PROP_CAPS] =
      g_param_spec_boxed("caps", "Caps", "Format of the audio that will be pushed", GST_TYPE_CAPS,
                         static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                  GST_PARAM_MUTABLE_READY));
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);

  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(element_class, "Call source", "Source/Audio",
                                        "Where a call's incoming audio enters its pipeline",
                                        "Centralita");
}

/**
 * SECTION:element-callsink
 * @title: callsink
 *
 * The end of a call's pipeline where the agent's audio goes out: cut into frames and paced so that
 * the far end never holds more than #CentralitaCallSink:lead of it. Frames and positions are given
 * to the program that made the pipeline; used from gst-launch they go nowhere.
 *
 * Audio of a provisional clause (see plugins/base/clause.h) is kept until
 * `centralita/reply-confirmed` with its turn, and thrown away by a flush.
 *
 * Adds no latency: the first frame leaves at once, and the lead is built up by sending faster than
 * real time.
 *
 * ## Example launch line
 * ```
 * azurettssrc text="Hola" ! pcmtomulaw ! callsink name=out caps=audio/x-mulaw,rate=8000,channels=1
 * ```
 */
#include "pipelines/call_sink.h"

#include "pipelines/playout.h"
#include "pipelines/wire_format.h"
#include "plugins/base/io_context.h"
#include "plugins/base/mapped_buffer.h"

#include <optional>

GST_DEBUG_CATEGORY_STATIC(call_sink_debug);
#define GST_CAT_DEFAULT call_sink_debug

namespace {

using namespace centralita;
using std::chrono::milliseconds;

enum Property { PROP_0, PROP_CAPS, PROP_FRAME, PROP_LEAD, N_PROPERTIES };
GParamSpec* properties[N_PROPERTIES];

constexpr guint kDefaultFrame = 20;
constexpr guint kDefaultLead = 200;

// From PAUSED to READY, on the I/O thread.
struct Stream {
  Stream(IoContext context, const Playout::Settings& settings)
      : io(std::move(context)), playout(settings) {}
  IoContext io;
  Playout playout;
  Slot timer;
};

struct Impl {
  Ref<GstCaps> caps;  // caps, frame, lead, listener: set before PAUSED
  guint frame = kDefaultFrame;
  guint lead = kDefaultLead;
  CallSinkListener* listener = nullptr;
  IoBinding binding;
  std::optional<Stream> stream;
};

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-mulaw, rate=8000, channels=1; audio/x-alaw, rate=8000, channels=1; "
                    "audio/x-raw, format=S16LE, rate=[8000, 48000], channels=1, "
                    "layout=interleaved"));

}  // namespace

struct _CentralitaCallSink {
  GstElement parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaCallSink, centralita_call_sink, GST_TYPE_ELEMENT,
                              GST_DEBUG_CATEGORY_INIT(call_sink_debug, "callsink", 0,
                                                      "a call's outgoing audio"))
GST_ELEMENT_REGISTER_DEFINE(callsink, "callsink", GST_RANK_NONE, CENTRALITA_TYPE_CALL_SINK)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_CALL_SINK(object)->impl; }

// --- Streaming ---------------------------------------------------------------

// The calls of a shard send at the same moments, a few milliseconds apart: one wake-up serves all
// that are due. The lead hides the wait, and deadlines stay absolute.
Playout::Time on_the_grid(Playout::Time deadline) {
  constexpr Playout::Time kGrid = milliseconds(5);
  return (deadline + kGrid - Playout::Time(1)) / kGrid * kGrid;
}

void advance(Impl& impl) {
  auto& stream = *impl.stream;
  stream.playout.advance(stream.io.now(), [&](auto frame, Playout::Time begins) {
    if (impl.listener)
      impl.listener->on_frame(frame, begins);
  });
  const auto deadline = stream.playout.next_deadline();
  stream.timer = deadline
                     ? stream.io.timers()->at(on_the_grid(*deadline), [&impl] { advance(impl); })
                     : Slot();
}

GstFlowReturn chain(GstPad*, GstObject* parent, GstBuffer* owned) noexcept {
  auto& impl = impl_of(parent);
  const auto buffer = Ref<GstBuffer>::adopt(owned);
  if (!impl.stream)
    return GST_FLOW_FLUSHING;
  const MappedBuffer map(buffer.get(), GST_MAP_READ);
  if (!map) {
    GST_ELEMENT_ERROR(parent, RESOURCE, READ, ("Cannot read the audio"), (nullptr));
    return GST_FLOW_ERROR;
  }
  impl.stream->playout.push(map.bytes());
  advance(impl);
  return GST_FLOW_OK;
}

void take_custom_event(Impl& impl, GstEvent* event) {
  auto& playout = impl.stream->playout;
  auto* listener = impl.listener;
  if (!listener)
    return;
  if (auto start = parse_clause_start(event)) {
    if (start->tag.provisional)
      playout.push_gate(start->tag.turn);
    playout.push_marker([listener, start = std::move(*start)](Playout::Time at) {
      listener->on_clause_begins(start, at);
    });
  } else if (const auto end = parse_clause_end(event)) {
    playout.push_marker(
        [listener, end = *end](Playout::Time at) { listener->on_clause_ends(end, at); });
  } else if (const auto turn = parse_reply_end(event)) {
    playout.pad();
    playout.push_marker(
        [listener, turn = *turn](Playout::Time at) { listener->on_reply_ends(turn, at); });
  }
  advance(impl);
}

gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* owned) noexcept {
  auto& impl = impl_of(parent);
  const auto event = Ref<GstEvent>::adopt(owned);
  switch (GST_EVENT_TYPE(event.get())) {
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (impl.stream)
        take_custom_event(impl, event.get());
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
      if (const auto turn = parse_reply_confirmed(event.get()); turn && impl.stream) {
        impl.stream->playout.open_gates(*turn);
        advance(impl);
      }
      break;
    case GST_EVENT_FLUSH_START:
      if (impl.stream) {
        impl.stream->timer.reset();
        const bool far_end_plays = impl.stream->playout.clear(impl.stream->io.now());
        if (impl.listener)
          impl.listener->on_cleared(far_end_plays);
      }
      break;
    case GST_EVENT_EOS:
      gst_element_post_message(GST_ELEMENT(parent), gst_message_new_eos(parent));
      break;
    default:
      break;
  }
  return TRUE;
}

gboolean sink_query(GstPad* pad, GstObject* parent, GstQuery* query) noexcept {
  if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS)
    return gst_pad_query_default(pad, parent, query);
  const auto& impl = impl_of(parent);
  auto caps = impl.caps ? impl.caps : Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  if (filter)
    caps =
        Ref<GstCaps>::adopt(gst_caps_intersect_full(filter, caps.get(), GST_CAPS_INTERSECT_FIRST));
  gst_query_set_caps_result(query, caps.get());
  return TRUE;
}

std::optional<Playout::Settings> playout_settings(const Impl& impl) {
  const auto format = WireFormat::from_caps(impl.caps.get());
  if (!format)
    return std::nullopt;
  const auto samples = static_cast<std::size_t>(format->rate) * impl.frame / 1000;
  return Playout::Settings{.frame_bytes = samples * format->bytes_per_sample(),
                           .frame = milliseconds(impl.frame),
                           .lead = milliseconds(impl.lead),
                           .silence = format->silence()};
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  auto& impl = impl_of(element);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    const auto settings = playout_settings(impl);
    if (!settings) {
      GST_ELEMENT_ERROR(element, CORE, NEGOTIATION, ("callsink has no audio format"),
                        ("set its caps property before PAUSED"));
      return GST_STATE_CHANGE_FAILURE;
    }
    impl.stream.emplace(impl.binding.find(element), *settings);
  }
  const auto result =
      GST_ELEMENT_CLASS(centralita_call_sink_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && impl.stream)
    impl.stream->io.run_and_wait([&] { impl.stream.reset(); });
  return result;
}

void set_context(GstElement* element, GstContext* context) noexcept {
  impl_of(element).binding.offer(context);
  GST_ELEMENT_CLASS(centralita_call_sink_parent_class)->set_context(element, context);
}

// --- Properties --------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  auto& impl = impl_of(object);
  switch (id) {
    case PROP_CAPS:
      impl.caps = Ref<GstCaps>::share(const_cast<GstCaps*>(gst_value_get_caps(value)));
      break;
    case PROP_FRAME:
      impl.frame = g_value_get_uint(value);
      break;
    case PROP_LEAD:
      impl.lead = g_value_get_uint(value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  const auto& impl = impl_of(object);
  switch (id) {
    case PROP_CAPS:
      gst_value_set_caps(value, impl.caps.get());
      break;
    case PROP_FRAME:
      g_value_set_uint(value, impl.frame);
      break;
    case PROP_LEAD:
      g_value_set_uint(value, impl.lead);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_CALL_SINK(object)->impl;
  G_OBJECT_CLASS(centralita_call_sink_parent_class)->finalize(object);
}

}  // namespace

void centralita::call_sink_hold(GstElement* sink, bool held) {
  auto& impl = impl_of(sink);
  if (!impl.stream)
    return;
  impl.stream->playout.hold(held);
  advance(impl);
}

void centralita::call_sink_play(GstElement* sink, std::span<const std::uint8_t> audio,
                                const ClauseStart* as) {
  auto& impl = impl_of(sink);
  if (!impl.stream)
    return;
  auto& playout = impl.stream->playout;
  auto* listener = impl.listener;
  if (as && listener)
    playout.push_marker(
        [listener, start = *as](Playout::Time at) { listener->on_clause_begins(start, at); });
  playout.push(audio);
  playout.pad();
  if (as && listener) {
    playout.push_marker(
        [listener, tag = as->tag](Playout::Time at) { listener->on_clause_ends(tag, at); });
    playout.push_marker(
        [listener, turn = as->tag.turn](Playout::Time at) { listener->on_reply_ends(turn, at); });
  }
  advance(impl);
}

void centralita::call_sink_set_listener(GstElement* sink, CallSinkListener* listener) {
  impl_of(sink).listener = listener;
}

// --- Type --------------------------------------------------------------------

static void centralita_call_sink_init(CentralitaCallSink* self) {
  self->impl = new Impl;
  auto* pad = gst_pad_new_from_static_template(&sink_template, "sink");
  gst_pad_set_chain_function(pad, chain);
  gst_pad_set_event_function(pad, sink_event);
  gst_pad_set_query_function(pad, sink_query);
  gst_element_add_pad(GST_ELEMENT(self), pad);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

static void centralita_call_sink_class_init(CentralitaCallSinkClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  element_class->set_context = GST_DEBUG_FUNCPTR(set_context);

  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_READY);
  /**
   * CentralitaCallSink:caps:
   *
   * Format of the far end. Must be set before PAUSED.
   */
  properties[PROP_CAPS] =
      g_param_spec_boxed("caps", "Caps", "Format of the far end", GST_TYPE_CAPS, kFlags);
  /**
   * CentralitaCallSink:frame:
   *
   * Length of a frame on the wire, in milliseconds.
   */
  properties[PROP_FRAME] = g_param_spec_uint("frame", "Frame", "Length of a frame on the wire [ms]",
                                             10, 100, kDefaultFrame, kFlags);
  /**
   * CentralitaCallSink:lead:
   *
   * How far sending may run ahead of playing, in milliseconds. More hides more jitter of ours; less
   * makes barge-in quicker and the heard position more exact.
   */
  properties[PROP_LEAD] =
      g_param_spec_uint("lead", "Lead", "How far sending may run ahead of playing [ms]", 20, 5000,
                        kDefaultLead, kFlags);
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  gst_element_class_set_static_metadata(element_class, "Call sink", "Sink/Audio",
                                        "Where a call's outgoing audio leaves its pipeline, paced",
                                        "Centralita");
}

/**
 * SECTION:element-mulawtopcm
 * @title: mulawtopcm
 *
 * Decodes G.711 mu-law at 8 kHz to 16-bit PCM at 8, 16, 24 or 48 kHz, in one pass. The rate is what
 * downstream asks for, and 8 kHz when it is content with that.
 *
 * At 8 kHz it adds no latency. At 16 and 24 kHz it adds the 4 ms that half of its filter is long,
 * at 48 kHz 4.375 ms: it answers them to latency queries, sample and timestamp stay together, and
 * the last of the audio comes out at the end of the stream, at a break in it (DISCONT, a jump of
 * more than 40 ms between timestamps, new caps or segment, a gap event), and before a serialized
 * custom event, which so keeps its place behind the samples that were ahead of it.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 audiotestsrc num-buffers=50 ! audioconvert ! audioresample ! mulawenc ! mulawtopcm
 * ! audio/x-raw,rate=16000 ! wavenc ! filesink location=/dev/null
 * ```
 */
/**
 * SECTION:element-alawtopcm
 * @title: alawtopcm
 *
 * As mulawtopcm, for G.711 A-law.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 audiotestsrc num-buffers=50 ! audioconvert ! audioresample ! alawenc ! alawtopcm !
 * audio/x-raw,rate=48000 ! wavenc ! filesink location=/dev/null
 * ```
 */
/**
 * SECTION:element-pcmtomulaw
 * @title: pcmtomulaw
 *
 * Encodes 16-bit PCM of 8, 16, 24 or 48 kHz as G.711 mu-law at 8 kHz, in one pass; what is above
 * the telephone band is filtered out. Latency, timestamps and breaks are those of mulawtopcm.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 audiotestsrc num-buffers=50 ! audio/x-raw,format=S16LE,rate=24000,channels=1 !
 * pcmtomulaw ! mulawdec ! fakesink
 * ```
 */
/**
 * SECTION:element-pcmtoalaw
 * @title: pcmtoalaw
 *
 * As pcmtomulaw, for G.711 A-law.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 audiotestsrc num-buffers=50 ! audio/x-raw,format=S16LE,rate=48000,channels=1 !
 * pcmtoalaw ! alawdec ! fakesink
 * ```
 */
#include "plugins/law/law.h"

#include "plugins/base/mapped_buffer.h"
#include "plugins/base/ref.h"
#include "plugins/law/output_pool.h"
#include "plugins/law/transcoder.h"

#include <gst/audio/audio.h>

#include <atomic>
#include <optional>
#include <utility>

GST_DEBUG_CATEGORY_STATIC(law_debug);
#define GST_CAT_DEFAULT law_debug

namespace {

using centralita::MappedBuffer;
using centralita::OutputPool;
using centralita::Ref;
using centralita::Resampler;
using centralita::Transcoder;
using centralita::g711::Law;
using Direction = Transcoder::Direction;

// Timestamps may be this far from where the samples say they should be: sources that stamp by
// a clock jitter. The same as the alignment threshold of GStreamer's audio sinks.
constexpr GstClockTimeDiff kJitter = 40 * GST_MSECOND;

#define PCM_CAPS \
  "audio/x-raw, format=" GST_AUDIO_NE(S16) ", channels=1, " \
  "layout=interleaved, rate={8000, 16000, 24000, 48000}"

// What makes the four types different.
struct Spec {
  const char* factory;
  const char* type_name;
  const char* long_name;
  const char* klass;
  const char* description;
  Law law;
  Direction direction;

  bool decodes() const { return direction == Direction::kDecode; }
  const char* law_caps() const {
    return law == Law::kMu ? "audio/x-mulaw, rate=8000, channels=1"
                           : "audio/x-alaw, rate=8000, channels=1";
  }
  const char* sink_caps() const { return decodes() ? law_caps() : PCM_CAPS; }
  const char* src_caps() const { return decodes() ? PCM_CAPS : law_caps(); }
};

constexpr Spec kSpecs[] = {
    {"mulawtopcm", "CentralitaMulawToPcm", "Mu-law to PCM", "Codec/Decoder/Audio",
     "Decodes G.711 mu-law and changes the rate in one pass", Law::kMu, Direction::kDecode},
    {"pcmtomulaw", "CentralitaPcmToMulaw", "PCM to mu-law", "Codec/Encoder/Audio",
     "Changes the rate and encodes G.711 mu-law in one pass", Law::kMu, Direction::kEncode},
    {"alawtopcm", "CentralitaAlawToPcm", "A-law to PCM", "Codec/Decoder/Audio",
     "Decodes G.711 A-law and changes the rate in one pass", Law::kA, Direction::kDecode},
    {"pcmtoalaw", "CentralitaPcmToAlaw", "PCM to A-law", "Codec/Encoder/Audio",
     "Changes the rate and encodes G.711 A-law in one pass", Law::kA, Direction::kEncode},
};

// Where a run of bytes without a break began, and how many there have been since.
struct Position {
  GstClockTime start = GST_CLOCK_TIME_NONE;
  guint64 bytes = 0;
  guint64 bytes_per_second;

  GstClockTime now() const {
    return GST_CLOCK_TIME_IS_VALID(start)
               ? start + gst_util_uint64_scale(bytes, GST_SECOND, bytes_per_second)
               : GST_CLOCK_TIME_NONE;
  }
};

// One per stream: made when the caps are known, gone at stop.
struct Stream {
  Transcoder transcoder;
  Position in;
  Position out;
  bool fresh = true;  // nothing has been put in since the start or the last break
  bool mark_discont = false;
};

struct Impl {
  OutputPool pool;                     // streaming thread; stop() once that has ended
  std::optional<Stream> stream;        // streaming thread; stop() once that has ended
  std::atomic<GstClockTime> delay{0};  // any thread
};

}  // namespace

struct CentralitaLawPrivate {
  Impl* impl;
};

G_DEFINE_ABSTRACT_TYPE_WITH_CODE(CentralitaLaw, centralita_law, GST_TYPE_BASE_TRANSFORM,
                                 G_ADD_PRIVATE(CentralitaLaw)
                                     GST_DEBUG_CATEGORY_INIT(law_debug, "law", 0, "G.711"))

namespace {

Impl& impl_of(gpointer object) {
  return *static_cast<CentralitaLawPrivate*>(
              centralita_law_get_instance_private(CENTRALITA_LAW(object)))
              ->impl;
}

const Spec& spec_of(gpointer object) {
  return *static_cast<const Spec*>(CENTRALITA_LAW_GET_CLASS(object)->spec);
}

// --- Caps --------------------------------------------------------------------

GstCaps* transform_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                        GstCaps* filter) noexcept {
  if (gst_caps_is_empty(caps))
    return gst_caps_new_empty();
  // Every rate on one side goes with every rate on the other.
  const auto& spec = spec_of(base);
  auto other = Ref<GstCaps>::adopt(
      gst_caps_from_string(direction == GST_PAD_SINK ? spec.src_caps() : spec.sink_caps()));
  if (filter)
    return gst_caps_intersect_full(filter, other.get(), GST_CAPS_INTERSECT_FIRST);
  return other.release();
}

GstCaps* fixate_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                     GstCaps* other) noexcept {
  auto fixed = Ref<GstCaps>::adopt(gst_caps_make_writable(gst_caps_truncate(other)));
  if (!gst_caps_is_empty(fixed.get()))
    gst_structure_fixate_field_nearest_int(gst_caps_get_structure(fixed.get(), 0), "rate",
                                           Resampler::kBaseRate);
  return gst_caps_fixate(fixed.release());
}

gboolean set_caps(GstBaseTransform* base, GstCaps* in, GstCaps* out) noexcept {
  auto& impl = impl_of(base);
  const auto& spec = spec_of(base);
  gint rate = 0;
  if (!gst_structure_get_int(gst_caps_get_structure(spec.decodes() ? out : in, 0), "rate", &rate))
    return FALSE;

  const auto pcm = static_cast<guint64>(rate) * sizeof(std::int16_t);
  const guint64 law = Resampler::kBaseRate;
  impl.stream.emplace(
      Stream{.transcoder = Transcoder(spec.law, spec.direction, static_cast<unsigned>(rate)),
             .in = {.bytes_per_second = spec.decodes() ? law : pcm},
             .out = {.bytes_per_second = spec.decodes() ? pcm : law}});

  const auto delay = static_cast<GstClockTime>(impl.stream->transcoder.delay().count());
  if (impl.delay.exchange(delay) != delay)
    gst_element_post_message(GST_ELEMENT_CAST(base),
                             gst_message_new_latency(GST_OBJECT_CAST(base)));
  return TRUE;
}

// An upper bound: how much comes out also depends on what the filter still holds.
gboolean transform_size(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                        gsize size, GstCaps* other_caps, gsize* other_size) noexcept {
  const auto& stream = impl_of(base).stream;
  if (!stream || direction != GST_PAD_SINK)
    return FALSE;
  *other_size = stream->transcoder.max_output(size);
  return TRUE;
}

// What downstream says of memory; the buffers are those of our own pool.
gboolean decide_allocation(GstBaseTransform* base, GstQuery* query) noexcept {
  GstAllocator* allocator = nullptr;
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  if (gst_query_get_n_allocation_params(query) > 0)
    gst_query_parse_nth_allocation_param(query, 0, &allocator, &params);
  impl_of(base).pool.use(Ref<GstAllocator>::adopt(allocator), params);
  while (gst_query_get_n_allocation_pools(query) > 0)
    gst_query_remove_nth_allocation_pool(query, 0);
  return TRUE;
}

// --- Streaming ---------------------------------------------------------------

// The output follows its own count of samples, so that no rounding adds up.
void stamp(Stream& stream, GstBuffer* buffer, gsize size) {
  gst_buffer_set_size(buffer, static_cast<gssize>(size));
  GST_BUFFER_PTS(buffer) = stream.out.now();
  GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
  const auto elapsed = [&] {
    return gst_util_uint64_scale(stream.out.bytes, GST_SECOND, stream.out.bytes_per_second);
  };
  const GstClockTime begin = elapsed();
  stream.out.bytes += size;
  GST_BUFFER_DURATION(buffer) = elapsed() - begin;
  GST_BUFFER_OFFSET(buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END(buffer) = GST_BUFFER_OFFSET_NONE;
}

void begin_again(Stream& stream) {
  stream.transcoder.reset();
  stream.fresh = true;
}

// Pushes what the filter still holds; the next buffer is the start of a new run.
GstFlowReturn push_tail(GstBaseTransform* base, Stream& stream) {
  if (stream.fresh)
    return GST_FLOW_OK;
  auto tail = impl_of(base).pool.acquire(stream.transcoder.max_drain());
  if (!tail)
    return GST_FLOW_ERROR;
  gsize size = 0;
  {
    MappedBuffer map(tail.get(), GST_MAP_WRITE);
    if (!map)
      return GST_FLOW_ERROR;
    size = stream.transcoder.drain(map.writable_bytes());
  }
  stream.fresh = true;
  if (size == 0)
    return GST_FLOW_OK;
  stamp(stream, tail.get(), size);
  return gst_pad_push(GST_BASE_TRANSFORM_SRC_PAD(base), tail.release());
}

bool is_break(const Stream& stream, GstBuffer* input) {
  if (stream.fresh || GST_BUFFER_IS_DISCONT(input))
    return true;
  const GstClockTime expected = stream.in.now();
  if (!GST_CLOCK_TIME_IS_VALID(expected) || !GST_BUFFER_PTS_IS_VALID(input))
    return false;
  return ABS(GST_CLOCK_DIFF(expected, GST_BUFFER_PTS(input))) > kJitter;
}

GstFlowReturn transform(GstBaseTransform* base, GstBuffer* input, GstBuffer* output) noexcept {
  auto& stream = *impl_of(base).stream;
  gsize size = 0;
  {
    const MappedBuffer from(input, GST_MAP_READ);
    MappedBuffer to(output, GST_MAP_WRITE);
    if (!from || !to || to.bytes().size() < stream.transcoder.max_output(from.bytes().size())) {
      GST_ELEMENT_ERROR(base, RESOURCE, FAILED, ("Cannot reach the audio"), (nullptr));
      return GST_FLOW_ERROR;
    }
    size = stream.transcoder.push(from.bytes(), to.writable_bytes());
    stream.in.bytes += from.bytes().size();
    stream.fresh = false;
  }
  stamp(stream, output, size);
  return GST_FLOW_OK;
}

// In place of the default, which knows only one buffer out for one in: here a buffer may leave
// nothing behind but what the filter keeps, and to call that a drop would mark the next one
// DISCONT.
GstFlowReturn generate_output(GstBaseTransform* base, GstBuffer** result) noexcept {
  *result = nullptr;
  const auto input = Ref<GstBuffer>::adopt(std::exchange(base->queued_buf, nullptr));
  if (!input)
    return GST_FLOW_OK;
  auto& stream = impl_of(base).stream;
  if (!stream)
    return GST_FLOW_NOT_NEGOTIATED;

  if (is_break(*stream, input.get())) {
    const bool jump = !stream->fresh;
    if (const auto flow = push_tail(base, *stream); flow != GST_FLOW_OK)
      return flow;
    stream->mark_discont |= jump;
    begin_again(*stream);
    stream->in.start = stream->out.start = GST_BUFFER_PTS(input.get());
    stream->in.bytes = stream->out.bytes = 0;
  }

  auto output =
      impl_of(base).pool.acquire(stream->transcoder.max_output(gst_buffer_get_size(input.get())));
  if (!output) {
    GST_ELEMENT_ERROR(base, RESOURCE, NO_SPACE_LEFT, ("There is no memory for the audio"),
                      (nullptr));
    return GST_FLOW_ERROR;
  }
  GST_BASE_TRANSFORM_GET_CLASS(base)->copy_metadata(base, input.get(), output.get());
  if (const auto done = transform(base, input.get(), output.get()); done != GST_FLOW_OK)
    return done;
  if (gst_buffer_get_size(output.get()) == 0)
    return GST_FLOW_OK;
  if (std::exchange(stream->mark_discont, false))
    GST_BUFFER_FLAG_SET(output.get(), GST_BUFFER_FLAG_DISCONT);
  if (stream->transcoder.delay().count() > 0)  // part of it is the buffer before
    GST_BUFFER_FLAG_UNSET(output.get(), GST_BUFFER_FLAG_GAP);
  *result = output.release();
  return GST_FLOW_OK;
}

gboolean sink_event(GstBaseTransform* base, GstEvent* event) noexcept {
  if (auto& stream = impl_of(base).stream) {
    switch (GST_EVENT_TYPE(event)) {
      case GST_EVENT_EOS:
      case GST_EVENT_CAPS:
      case GST_EVENT_SEGMENT:
      case GST_EVENT_GAP:
      case GST_EVENT_CUSTOM_DOWNSTREAM:
        if (const auto flow = push_tail(base, *stream); flow != GST_FLOW_OK)
          GST_DEBUG_OBJECT(base, "end of the filter not taken: %s", gst_flow_get_name(flow));
        break;
      case GST_EVENT_FLUSH_STOP:
        begin_again(*stream);
        stream->mark_discont = false;
        break;
      default:
        break;
    }
  }
  return GST_BASE_TRANSFORM_CLASS(centralita_law_parent_class)->sink_event(base, event);
}

gboolean query(GstBaseTransform* base, GstPadDirection direction, GstQuery* query) noexcept {
  const auto* parent = GST_BASE_TRANSFORM_CLASS(centralita_law_parent_class);
  if (!parent->query(base, direction, query))
    return FALSE;
  if (direction == GST_PAD_SRC && GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) {
    gboolean live = FALSE;
    GstClockTime min = 0;
    GstClockTime max = GST_CLOCK_TIME_NONE;
    gst_query_parse_latency(query, &live, &min, &max);
    const GstClockTime delay = impl_of(base).delay;
    gst_query_set_latency(query, live, min + delay,
                          GST_CLOCK_TIME_IS_VALID(max) ? max + delay : max);
  }
  return TRUE;
}

gboolean stop(GstBaseTransform* base) noexcept {
  auto& impl = impl_of(base);
  impl.stream.reset();
  impl.pool.clear();
  impl.delay = 0;
  return TRUE;
}

void finalize(GObject* object) noexcept {
  delete &impl_of(object);
  G_OBJECT_CLASS(centralita_law_parent_class)->finalize(object);
}

// --- The four types ----------------------------------------------------------

void add_template(GstElementClass* klass, const char* name, GstPadDirection direction,
                  const char* text) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
  gst_element_class_add_pad_template(
      klass, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps.get()));
}

void type_class_init(gpointer klass, gpointer data) noexcept {
  const auto& spec = *static_cast<const Spec*>(data);
  CENTRALITA_LAW_CLASS(klass)->spec = &spec;
  auto* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, spec.long_name, spec.klass, spec.description,
                                        "Centralita");
  add_template(element_class, "sink", GST_PAD_SINK, spec.sink_caps());
  add_template(element_class, "src", GST_PAD_SRC, spec.src_caps());
}

GType type_of(const Spec& spec) {
  const GTypeInfo info = {.class_size = sizeof(CentralitaLawClass),
                          .class_init = type_class_init,
                          .class_data = &spec,
                          .instance_size = sizeof(CentralitaLaw)};
  return g_type_register_static(CENTRALITA_TYPE_LAW, spec.type_name, &info, GTypeFlags(0));
}

}  // namespace

gboolean centralita_law_register(GstPlugin* plugin) {
  gboolean registered = TRUE;
  for (const auto& spec : kSpecs)
    registered &= gst_element_register(plugin, spec.factory, GST_RANK_NONE, type_of(spec));
  return registered;
}

static void centralita_law_init(CentralitaLaw* self) {
  static_cast<CentralitaLawPrivate*>(centralita_law_get_instance_private(self))->impl = new Impl;
}

static void centralita_law_class_init(CentralitaLawClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;

  auto* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->transform_caps = GST_DEBUG_FUNCPTR(transform_caps);
  transform_class->fixate_caps = GST_DEBUG_FUNCPTR(fixate_caps);
  transform_class->set_caps = GST_DEBUG_FUNCPTR(set_caps);
  transform_class->decide_allocation = GST_DEBUG_FUNCPTR(decide_allocation);
  transform_class->transform_size = GST_DEBUG_FUNCPTR(transform_size);
  transform_class->transform = GST_DEBUG_FUNCPTR(transform);
  transform_class->generate_output = GST_DEBUG_FUNCPTR(generate_output);
  transform_class->sink_event = GST_DEBUG_FUNCPTR(sink_event);
  transform_class->query = GST_DEBUG_FUNCPTR(query);
  transform_class->stop = GST_DEBUG_FUNCPTR(stop);

  gst_type_mark_as_plugin_api(CENTRALITA_TYPE_LAW, GstPluginAPIFlags(0));
}

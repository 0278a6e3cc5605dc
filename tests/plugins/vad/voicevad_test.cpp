// The element, as an application meets it: found by name in the built plugin, with real speech.
#include "plugins/base/clause.h"
#include "tests/plugins/vad/half_band.h"
#include "tests/plugins/vad/speech_files.h"

#include <gst/audio/audio.h>
#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

using namespace centralita;

namespace {

using Samples = std::vector<std::int16_t>;

constexpr GstClockTime kMs = GST_MSECOND;

// The element with a harness around it, that notes what comes out of it in order.
class Vad {
 public:
  enum class HintKind { kProbable, kRejected, kPause, kResume };
  struct Hint {
    HintKind kind;
    double ms;  // running time
  };
  struct Edge {
    SpeechEdge kind;
    double ms;                   // running time
    std::size_t buffers_before;  // that had come out when it did
    bool before_eos;
  };

  explicit Vad(unsigned rate = 8000, const char* model = nullptr) : rate_(rate) {
    (void)test::silero_model();
    auto element = Ref<GstElement>::sink(gst_element_factory_make("voicevad", nullptr));
    bus_ = Ref<GstBus>::adopt(gst_bus_new());
    gst_element_set_bus(element.get(), bus_.get());
    if (model)
      g_object_set(element.get(), "model", model, nullptr);
    h_ = gst_harness_new_with_element(element.get(), "sink", "src");
    set_rate(rate);
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "src"));
    gst_pad_add_probe(pad.get(),
                      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                                   GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
                      note, this, nullptr);
  }
  ~Vad() {
    gst_harness_teardown(h_);
    gst_bus_set_flushing(bus_.get(), TRUE);
  }
  Vad(const Vad&) = delete;
  Vad& operator=(const Vad&) = delete;

  void set_rate(unsigned rate) {
    rate_ = rate;
    const auto caps =
        "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(rate);
    gst_harness_set_src_caps_str(h_, caps.c_str());
  }

  void push(std::span<const std::int16_t> samples, GstClockTime pts, bool discont = false) {
    auto buffer = Ref<GstBuffer>::adopt(
        gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(samples[0])));
    GST_BUFFER_PTS(buffer.get()) = pts;
    if (discont)
      GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
    ASSERT_EQ(gst_harness_push(h_, buffer.release()), GST_FLOW_OK);
  }
  // In buffers of `size` samples, from `pts` on; returns where it ends.
  GstClockTime play(std::span<const std::int16_t> samples, GstClockTime pts = 0,
                    std::size_t size = 160) {
    for (std::size_t at = 0; at < samples.size(); at += size)
      push(samples.subspan(at, std::min(size, samples.size() - at)),
           pts + gst_util_uint64_scale(at, GST_SECOND, rate_));
    return pts + gst_util_uint64_scale(samples.size(), GST_SECOND, rate_);
  }
  void event(GstEvent* event) { gst_harness_push_event(h_, event); }
  void eos() { event(gst_event_new_eos()); }

  // Starts and ends on the bus, or the hints.
  std::vector<std::pair<std::string, double>> messages(bool of_hints = false) {
    std::vector<std::pair<std::string, double>> found;
    while (const auto message =
               Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus_.get(), GST_MESSAGE_ELEMENT))) {
      const auto* fields = gst_message_get_structure(message.get());
      guint64 time = GST_CLOCK_TIME_NONE;
      gst_structure_get_uint64(fields, "running-time", &time);
      const std::string name = gst_structure_get_name(fields);
      if ((name == "speech-start" || name == "speech-end") != of_hints)
        found.emplace_back(name, static_cast<double>(time) / kMs);
    }
    return found;
  }
  std::size_t warnings() {
    std::size_t count = 0;
    while (const auto message =
               Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus_.get(), GST_MESSAGE_WARNING)))
      ++count;
    return count;
  }

  GstHarness* harness() { return h_; }
  const std::vector<Edge>& edges() const { return edges_; }
  const std::vector<Hint>& hints() const { return hints_; }
  std::size_t buffers() const { return buffers_; }

 private:
  static GstPadProbeReturn note(GstPad*, GstPadProbeInfo* info, gpointer self_pointer) noexcept {
    auto& self = *static_cast<Vad*>(self_pointer);
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER)
      ++self.buffers_;
    else if (const auto speech = parse_speech_event(GST_PAD_PROBE_INFO_EVENT(info)))
      self.note_speech(*speech);
    else if (const auto onset = parse_speech_onset_event(GST_PAD_PROBE_INFO_EVENT(info)))
      self.hints_.push_back(
          {onset->onset == SpeechOnset::kProbable ? HintKind::kProbable : HintKind::kRejected,
           static_cast<double>(onset->running_time) / kMs});
    else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS)
      self.eos_ = true;
    return GST_PAD_PROBE_OK;
  }

  void note_speech(const SpeechEvent& speech) {
    const auto ms = static_cast<double>(speech.running_time) / kMs;
    if (speech.edge == SpeechEdge::kStart || speech.edge == SpeechEdge::kEnd)
      edges_.push_back({speech.edge, ms, buffers_, !eos_});
    else
      hints_.push_back(
          {speech.edge == SpeechEdge::kPause ? HintKind::kPause : HintKind::kResume, ms});
  }

  unsigned rate_;
  GstHarness* h_;
  Ref<GstBus> bus_;
  std::vector<Edge> edges_;
  std::vector<Hint> hints_;
  std::size_t buffers_ = 0;
  bool eos_ = false;
};

Samples silence(unsigned ms, unsigned rate = 8000) { return Samples(ms * rate / 1000, 0); }

Samples operator+(Samples a, const Samples& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Samples noise(unsigned ms, double dbfs) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal(0, 32768 * std::pow(10, dbfs / 20));
  Samples out(ms * 8);
  for (auto& s : out) s = static_cast<std::int16_t>(std::lrint(normal(random)));
  return out;
}

Samples doubled(const Samples& in) {
  HalfBandUpsampler upsampler;
  Samples out;
  for (std::span<const std::int16_t> rest(in); !rest.empty();) {
    const auto block = rest.first(std::min(rest.size(), HalfBandUpsampler::kMaxBlock));
    rest = rest.subspan(block.size());
    std::array<float, 2 * HalfBandUpsampler::kMaxBlock> up;
    upsampler.push(block, up);
    for (std::size_t i = 0; i < 2 * block.size(); ++i)
      out.push_back(static_cast<std::int16_t>(std::clamp(up[i] * 32768, -32768.0f, 32767.0f)));
  }
  return out;
}

double ms_of(std::size_t samples) { return static_cast<double>(samples) / 8; }

const std::vector<std::string> kPrompts = {
    "en_US_f_Allison/agent-pass",    "en_US_f_Allison/call-forwarding",
    "en_US_f_Allison/auth-thankyou", "es_MX_f_Allison/agent-pass",
    "es_MX_f_Allison/conf-getpin",   "es_MX_f_Allison/auth-incorrect"};

}  // namespace

TEST(VoiceVad, FindsWhereSpeechStartsAndEndsInEnglishAndSpanish) {
  for (const auto& name : kPrompts)
    for (const unsigned rate : {8000u, 16000u}) {
      const auto speech = test::prompt(name);
      const auto extent = test::extent_of(speech);
      const auto audio = silence(500) + speech + silence(1000);
      Vad vad(rate);
      // Sentences with pauses are one utterance here.
      g_object_set(vad.harness()->element, "hangover", 700, nullptr);
      vad.play(rate == 8000 ? audio : doubled(audio), 0, rate / 50);
      ASSERT_EQ(vad.edges().size(), 2u) << name << " at " << rate;
      EXPECT_EQ(vad.edges()[0].kind, SpeechEdge::kStart);
      EXPECT_NEAR(vad.edges()[0].ms, 500 + ms_of(extent.begin), 150) << name << " at " << rate;
      EXPECT_EQ(vad.edges()[1].kind, SpeechEdge::kEnd);
      EXPECT_NEAR(vad.edges()[1].ms, 500 + ms_of(extent.end), 200) << name << " at " << rate;
    }
}

TEST(VoiceVad, NoEdgesInSilenceOrNoise) {
  for (const auto& audio : {silence(5000), noise(10000, -60), noise(10000, -35)}) {
    Vad vad;
    vad.play(audio);
    vad.eos();
    EXPECT_TRUE(vad.edges().empty());
  }
}

TEST(VoiceVad, ALongSilenceBeforeItDoesNotDelayAStart) {
  // For most of it the network does not run. These prompts it recognises late when it is cold.
  for (const auto& name : kPrompts) {
    const auto speech = test::prompt(name);
    Vad soon;
    soon.play(silence(500) + speech);
    Vad late;
    late.play(silence(10000) + speech);
    ASSERT_FALSE(soon.edges().empty() || late.edges().empty()) << name;
    EXPECT_NEAR(late.edges()[0].ms - 10000, soon.edges()[0].ms - 500, 70) << name;
  }
}

TEST(VoiceVad, SpeechInNoiseIsFoundToo) {
  const auto speech = test::prompt(kPrompts[0]);
  auto audio = noise(6000, -45);
  for (std::size_t i = 0; i < speech.size(); ++i)
    audio[8000 + i] = static_cast<std::int16_t>(audio[8000 + i] + speech[i]);
  Vad vad;
  g_object_set(vad.harness()->element, "hangover", 700, nullptr);
  vad.play(audio);
  ASSERT_EQ(vad.edges().size(), 2u);
  EXPECT_NEAR(vad.edges()[0].ms, 1000 + ms_of(test::extent_of(speech).begin), 150);
}

TEST(VoiceVad, AudioPassesUnchangedWithItsLevelAndActivity) {
  const auto audio = silence(200) + test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(audio);
  Samples out;
  bool active = false;
  guint8 first_level = 0;
  guint8 loudest = 127;
  while (const auto buffer = Ref<GstBuffer>::adopt(gst_harness_try_pull(vad.harness()))) {
    const auto* meta = gst_buffer_get_audio_level_meta(buffer.get());
    ASSERT_TRUE(meta);
    if (out.empty())
      first_level = meta->level;
    loudest = std::min(loudest, meta->level);
    active |= meta->voice_activity;
    EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), gst_util_uint64_scale(out.size(), GST_SECOND, 8000));
    const auto at = out.size();
    out.resize(at + gst_buffer_get_size(buffer.get()) / 2);
    gst_buffer_extract(buffer.get(), 0, &out[at], (out.size() - at) * 2);
  }
  EXPECT_EQ(out, audio);
  EXPECT_EQ(first_level, 127);
  EXPECT_LT(loudest, 30);
  EXPECT_TRUE(active);
}

TEST(VoiceVad, TheEventComesBeforeTheBufferInWhichTheDecisionFell) {
  Vad vad;
  const auto speech = test::prompt(kPrompts[0]);
  const auto audio = silence(320) + speech + silence(1000);
  for (std::size_t at = 0; at + 256 <= audio.size(); at += 256) {
    const auto edges = vad.edges().size();
    vad.push(std::span(audio).subspan(at, 256), at * GST_SECOND / 8000);
    if (vad.edges().size() == edges)
      continue;
    const auto& edge = vad.edges().back();
    EXPECT_EQ(edge.buffers_before, vad.buffers() - 1);
    // Buffers are the windows here: a start is declared with the third voiced one.
    if (edge.kind == SpeechEdge::kStart) {
      EXPECT_LE(edge.ms, ms_of(at) - 64);
    }
  }
  EXPECT_GE(vad.edges().size(), 2u);
}

TEST(VoiceVad, MessagesSayWhatEventsSay) {
  Vad vad;
  vad.play(silence(300) + test::prompt(kPrompts[1]) + silence(1000));
  const auto messages = vad.messages();
  ASSERT_EQ(messages.size(), vad.edges().size());
  ASSERT_GE(messages.size(), 2u);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    EXPECT_EQ(messages[i].first,
              vad.edges()[i].kind == SpeechEdge::kStart ? "speech-start" : "speech-end");
    EXPECT_EQ(messages[i].second, vad.edges()[i].ms);
  }
}

TEST(VoiceVad, AStartIsProbableBeforeItIsDeclaredAndAnEndIsAPauseFirst) {
  Vad vad;
  g_object_set(vad.harness()->element, "confirmation-time", 200, "hangover", 700, nullptr);
  vad.play(silence(300) + test::prompt(kPrompts[0]) + silence(1500));
  ASSERT_EQ(vad.edges().size(), 2u);
  const auto& hints = vad.hints();
  ASSERT_GE(hints.size(), 2u);
  EXPECT_EQ(hints.front().kind, Vad::HintKind::kProbable);
  EXPECT_EQ(hints.front().ms, vad.edges()[0].ms);
  EXPECT_EQ(hints.back().kind, Vad::HintKind::kPause);
  EXPECT_EQ(hints.back().ms, vad.edges()[1].ms);
  const auto messages = vad.messages(true);
  ASSERT_EQ(messages.size(), hints.size());
  const char* const names[] = {"speech-probable", "speech-rejected", "speech-pause",
                               "speech-resume"};
  for (std::size_t i = 0; i < hints.size(); ++i) {
    EXPECT_EQ(messages[i].first, names[static_cast<int>(hints[i].kind)]);
    EXPECT_EQ(messages[i].second, hints[i].ms);
  }
}

TEST(VoiceVad, APauseIsSaidWithinItsTimeAndResumedWhenTheVoiceGoesOn) {
  const auto speech = test::prompt(kPrompts[0]);
  const auto extent = test::extent_of(speech);
  const Samples voice(speech.begin() + static_cast<std::ptrdiff_t>(extent.begin),
                      speech.begin() + static_cast<std::ptrdiff_t>(extent.end));
  Vad vad;
  g_object_set(vad.harness()->element, "hangover", 2000, "pause-time", 160, nullptr);
  auto end = vad.play(silence(500) + voice);
  const auto before = vad.hints().size();
  end = vad.play(silence(260), end);
  ASSERT_GT(vad.hints().size(), before) << "160 ms, and up to 100 until the network notices";
  EXPECT_EQ(vad.hints().back().kind, Vad::HintKind::kPause);
  EXPECT_NEAR(vad.hints().back().ms, 500 + ms_of(voice.size()), 60);
  vad.play(silence(300) + voice, end);
  EXPECT_EQ(vad.hints()[before + 1].kind, Vad::HintKind::kResume);
  EXPECT_NEAR(vad.hints()[before + 1].ms, 500 + ms_of(voice.size()) + 560, 100);
}

TEST(VoiceVad, HintsCanBeTurnedOff) {
  Vad vad;
  g_object_set(vad.harness()->element, "onset-time", 0, "pause-time", 0, nullptr);
  vad.play(silence(300) + test::prompt(kPrompts[0]) + silence(1500));
  EXPECT_TRUE(vad.hints().empty());
  EXPECT_GE(vad.edges().size(), 2u);
}

TEST(VoiceVad, PreRollMovesStartsBackButNotBeforeTheStream) {
  const auto audio = silence(500) + test::prompt(kPrompts[0]);
  Vad plain;
  plain.play(audio);
  ASSERT_FALSE(plain.edges().empty());
  for (const guint pre_roll : {100u, 60000u}) {
    Vad vad;
    g_object_set(vad.harness()->element, "pre-roll", pre_roll, nullptr);
    vad.play(audio);
    ASSERT_FALSE(vad.edges().empty());
    EXPECT_NEAR(vad.edges()[0].ms, std::max(0.0, plain.edges()[0].ms - pre_roll), 0.001);
  }
}

TEST(VoiceVad, PreRollDoesNotReachIntoTheSpeechBefore) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  g_object_set(vad.harness()->element, "pre-roll", 60000, "hangover", 700, nullptr);
  vad.play(silence(300) + speech + silence(1500) + speech + silence(1500));
  ASSERT_EQ(vad.edges().size(), 4u);
  EXPECT_EQ(vad.edges()[2].ms, vad.edges()[1].ms);
}

TEST(VoiceVad, TheWeightsAreReadBeforeTheStreamStarts) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("voicevad", nullptr));
  EXPECT_EQ(gst_element_set_state(element.get(), GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  EXPECT_EQ(gst_element_set_state(element.get(), GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
}

TEST(VoiceVad, EveryOrderOfStatesIsSurvived) {
  const auto speech = test::prompt(kPrompts[0]);
  std::mt19937 random(7);
  Vad vad;
  auto* element = vad.harness()->element;
  GstState state = GST_STATE_PLAYING;
  for (int i = 0; i < 60; ++i) {
    state = static_cast<GstState>(GST_STATE_NULL + random() % 4);
    ASSERT_NE(gst_element_set_state(element, state), GST_STATE_CHANGE_FAILURE);
    if (state < GST_STATE_PAUSED)
      continue;
    vad.set_rate(8000);
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    vad.event(gst_event_new_segment(&segment));
    vad.play(std::span(speech).first(4000));
  }
  ASSERT_NE(gst_element_set_state(element, GST_STATE_PLAYING), GST_STATE_CHANGE_FAILURE);
}

TEST(VoiceVad, ASeekStartsAfreshWithTheNewTimes) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(std::span(speech).first(8000));
  ASSERT_EQ(vad.edges().size(), 1u);
  // What a source does for a flushing seek to 20 s.
  vad.event(gst_event_new_flush_start());
  vad.event(gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.position = segment.time = 20 * GST_SECOND;
  vad.event(gst_event_new_segment(&segment));
  vad.play(silence(500) + speech, 20 * GST_SECOND);
  ASSERT_GE(vad.edges().size(), 2u);
  EXPECT_EQ(vad.edges()[1].kind, SpeechEdge::kStart);
  EXPECT_NEAR(vad.edges()[1].ms, 500 + ms_of(test::extent_of(speech).begin), 100);
}

TEST(VoiceVad, BuffersWithoutTimestampsAreOneAfterTheOther) {
  const auto audio = silence(500) + test::prompt(kPrompts[0]) + silence(600);
  Vad stamped;
  stamped.play(audio);
  Vad bare;
  for (std::size_t at = 0; at + 160 <= audio.size(); at += 160)
    bare.push(std::span(audio).subspan(at, 160), GST_CLOCK_TIME_NONE);
  ASSERT_EQ(bare.edges().size(), stamped.edges().size());
  for (std::size_t i = 0; i < bare.edges().size(); ++i)
    EXPECT_NEAR(bare.edges()[i].ms, stamped.edges()[i].ms, 0.001);
}

TEST(VoiceVad, OneSampleOrTenSecondsInABufferGiveTheSame) {
  auto audio = silence(500) + test::prompt(kPrompts[0]) + silence(600);
  audio.resize(80000);
  Vad whole;
  whole.play(audio, 0, audio.size());
  Vad single;
  single.play(std::span(audio).first(20000), 0, 1);
  ASSERT_FALSE(single.edges().empty());
  EXPECT_NEAR(single.edges()[0].ms, whole.edges()[0].ms, 0.13) << "a sample";
}

TEST(VoiceVad, WhereBuffersAreCutMakesNoDifference) {
  const auto audio = silence(200) + test::prompt(kPrompts[2]) + silence(600);
  Vad whole;
  whole.play(audio, 0, audio.size());
  ASSERT_GE(whole.edges().size(), 2u);

  Vad odd;
  odd.play(audio, 0, 37);
  Vad bytes;
  const auto* data = reinterpret_cast<const std::uint8_t*>(audio.data());
  for (std::size_t i = 0; i < audio.size() * 2; ++i) {
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(data + i, 1));
    if (i == 0)
      GST_BUFFER_PTS(buffer.get()) = 0;
    ASSERT_EQ(gst_harness_push(bytes.harness(), buffer.release()), GST_FLOW_OK);
  }
  for (const auto* vad : {&odd, &bytes}) {
    ASSERT_EQ(vad->edges().size(), whole.edges().size());
    for (std::size_t i = 0; i < whole.edges().size(); ++i)
      EXPECT_NEAR(vad->edges()[i].ms, whole.edges()[i].ms, 0.001);
  }
}

TEST(VoiceVad, RunningTimesFollowTheSegment) {
  Vad vad;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 10 * GST_SECOND;
  segment.base = 3 * GST_SECOND;
  vad.event(gst_event_new_segment(&segment));
  const auto speech = test::prompt(kPrompts[0]);
  vad.play(silence(500) + speech, 10 * GST_SECOND);
  ASSERT_FALSE(vad.edges().empty());
  EXPECT_NEAR(vad.edges()[0].ms, 3500 + ms_of(test::extent_of(speech).begin), 130);
}

TEST(VoiceVad, SpeechThatIsOnAtTheEndOfTheStreamIsEndedBeforeIt) {
  const auto speech = test::prompt(kPrompts[0]);
  const auto half = std::span(speech).first(8000);
  Vad vad;
  vad.play(half);
  ASSERT_EQ(vad.edges().size(), 1u);
  vad.eos();
  ASSERT_EQ(vad.edges().size(), 2u);
  EXPECT_EQ(vad.edges()[1].kind, SpeechEdge::kEnd);
  EXPECT_TRUE(vad.edges()[1].before_eos);
  EXPECT_LE(vad.edges()[1].ms, 1000);
}

TEST(VoiceVad, AFlushForgetsSpeechThatIsOn) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(std::span(speech).first(8000));
  ASSERT_EQ(vad.edges().size(), 1u);
  vad.event(gst_event_new_flush_start());
  vad.event(gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  vad.event(gst_event_new_segment(&segment));
  vad.play(silence(1000));
  vad.eos();
  EXPECT_EQ(vad.edges().size(), 1u) << "no end of what was forgotten";
}

TEST(VoiceVad, AGapInTheTimestampsIsSilence) {
  const auto speech = test::prompt(kPrompts[0]);
  const auto half = std::span(speech).first(8000);
  Vad vad;
  vad.play(half);
  vad.push(half, 5 * GST_SECOND, true);
  ASSERT_GE(vad.edges().size(), 2u);
  EXPECT_EQ(vad.edges()[1].kind, SpeechEdge::kEnd);
  EXPECT_LE(vad.edges()[1].ms, 1000);
  ASSERT_EQ(vad.edges().size(), 3u);
  EXPECT_GE(vad.edges()[2].ms, 5000);
}

TEST(VoiceVad, AGapEventIsSilence) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  const auto end = vad.play(std::span(speech).first(8000));
  ASSERT_EQ(vad.edges().size(), 1u);
  vad.event(gst_event_new_gap(end, 2 * GST_SECOND));
  ASSERT_EQ(vad.edges().size(), 2u);
  EXPECT_LE(vad.edges()[1].ms, 1000);
}

TEST(VoiceVad, TimestampsThatGoBackEndSpeechAndStartAfresh) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(std::span(speech).first(8000), 60 * GST_SECOND);
  ASSERT_EQ(vad.edges().size(), 1u);
  vad.play(silence(1000), 0);
  ASSERT_EQ(vad.edges().size(), 2u);
  EXPECT_EQ(vad.edges()[1].kind, SpeechEdge::kEnd);
  EXPECT_NEAR(vad.edges()[1].ms, 61000, 100);
}

TEST(VoiceVad, AnotherRateInMidStreamEndsSpeech) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(std::span(speech).first(8000));
  ASSERT_EQ(vad.edges().size(), 1u);
  vad.set_rate(16000);
  EXPECT_EQ(vad.edges().size(), 2u);
}

TEST(VoiceVad, BelowTheMinimumLevelAllIsSilence) {
  auto speech = test::prompt(kPrompts[0]);
  for (auto& s : speech) s = static_cast<std::int16_t>(s / 300);
  Vad deaf;
  g_object_set(deaf.harness()->element, "min-level", -45.0, nullptr);
  deaf.play(speech);
  EXPECT_TRUE(deaf.edges().empty());
  Vad keen;
  g_object_set(keen.harness()->element, "min-level", -100.0, nullptr);
  keen.play(speech);
  EXPECT_FALSE(keen.edges().empty());
}

TEST(VoiceVad, ALongerHangoverJoinsSentences) {
  const auto speech = test::prompt(kPrompts[0]);
  const auto audio = speech + silence(500) + speech + silence(2500);
  Vad apart;
  apart.play(audio);
  Vad joined;
  g_object_set(joined.harness()->element, "hangover", 2000, nullptr);
  joined.play(audio);
  EXPECT_EQ(joined.edges().size(), 2u);
  EXPECT_GE(apart.edges().size(), 4u);
}

TEST(VoiceVad, WithoutWeightsItWarnsOnceAndHearsByLevel) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad(8000, "/nonexistent/silero_vad.onnx");
  g_object_set(vad.harness()->element, "hangover", 700, nullptr);
  vad.play(silence(500) + speech + silence(1500));
  EXPECT_EQ(vad.warnings(), 1u);
  ASSERT_EQ(vad.edges().size(), 2u);
  EXPECT_NEAR(vad.edges()[0].ms, 500 + ms_of(test::extent_of(speech).begin), 150);
}

TEST(VoiceVad, WithWeightsItDoesNotWarn) {
  Vad vad;
  vad.play(silence(100));
  EXPECT_EQ(vad.warnings(), 0u);
}

TEST(VoiceVad, TheModelIsFoundByTheEnvironment) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("voicevad", nullptr));
  char* path = nullptr;
  g_object_get(element.get(), "model", &path, nullptr);
  const OwnedString owned(path);
  EXPECT_EQ(std::string(path), test::silero_model());
}

TEST(VoiceVad, ItCanBeStoppedAndStartedAgain) {
  const auto speech = test::prompt(kPrompts[0]);
  Vad vad;
  vad.play(std::span(speech).first(8000));
  const auto before = vad.edges().size();
  auto* element = vad.harness()->element;
  for (const auto state : {GST_STATE_NULL, GST_STATE_PLAYING})
    EXPECT_NE(gst_element_set_state(element, state), GST_STATE_CHANGE_FAILURE);
  gst_harness_play(vad.harness());
  vad.set_rate(8000);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  vad.event(gst_event_new_segment(&segment));
  vad.play(std::span(speech).first(8000));
  EXPECT_EQ(vad.edges().size(), before + 1);
}

// What stands before the network: levels, the gate, the finder of edges, and that the gate changes
// next to nothing of what the network says.
#include "plugins/vad/activity_gate.h"
#include "plugins/vad/edge_finder.h"
#include "plugins/vad/speech_detector.h"
#include "plugins/vad/window_scorer.h"
#include "tests/plugins/vad/speech_files.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace centralita;

namespace {

using Samples = std::vector<std::int16_t>;

Samples noise(std::size_t samples, double dbfs, unsigned seed = 5) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 32768 * std::pow(10, dbfs / 20));
  Samples out(samples);
  for (auto& s : out) s = static_cast<std::int16_t>(std::lrint(normal(random)));
  return out;
}

WindowLevels flat(float dbfs) { return {dbfs, dbfs - 6, {dbfs, dbfs, dbfs, dbfs}}; }

// How many of the windows of such levels the network would hear, when it always says `probability`.
template <typename LevelAt>
int heard_of(ActivityGate& gate, int windows, float probability, LevelAt level_at) {
  int heard = 0;
  for (int i = 0; i < windows; ++i)
    if (gate.is_open(level_at(i))) {
      ++heard;
      gate.heard(probability);
    }
  return heard;
}

std::vector<float> scores_of(const Samples& audio, WindowScorer& scorer) {
  std::vector<float> scores;
  for (std::span<const std::int16_t> rest(audio); !rest.empty();)
    if (const auto score = scorer.push(rest))
      scores.push_back(score->probability);
  return scores;
}

// Where speech starts by these scores, with pauses of less than a second part of it.
std::vector<std::uint64_t> starts_of(const std::vector<float>& scores) {
  SpeechDetector detector({.hangover = 8000});
  std::vector<std::uint64_t> starts;
  for (const float p : scores)
    if (const auto edge = detector.push({.probability = p, .samples = 256}))
      if (edge->kind == SpeechDetector::Edge::Kind::kStart)
        starts.push_back(edge->position);
  return starts;
}

std::shared_ptr<const SileroWeights> weights() {
  return SileroWeights::load(test::silero_model()).value();
}

}  // namespace

TEST(WindowLevels, OfASineAndOfNothing) {
  Samples sine(256);
  for (std::size_t i = 0; i < sine.size(); ++i)
    sine[i] = static_cast<std::int16_t>(
        std::lrint(16384 * std::sin(static_cast<double>(i) * 3.14159265 / 16)));  // 250 Hz
  const auto levels = window_levels(sine);
  EXPECT_NEAR(levels.level, -9.03, 0.05);
  EXPECT_NEAR(levels.treble, -9.03 + 20 * std::log10(2 * std::sin(3.14159265 / 32)), 0.1);
  for (const float part : levels.parts) EXPECT_NEAR(part, -9.03, 0.05);
  EXPECT_EQ(window_levels(Samples(512)).level, kSilenceDbfs);
  EXPECT_EQ(level_dbfs({}), kSilenceDbfs);
  const Samples square{32767, -32768, 32767, -32768, 32767, -32768, 32767, -32768};
  EXPECT_NEAR(window_levels(square).treble, 6.02 + 10 * std::log10(7.0 / 8), 0.1);
}

TEST(ActivityGate, SilenceIsHeardForHalfASecondAndNoMore) {
  ActivityGate gate;
  EXPECT_EQ(heard_of(gate, 1000, 0, [](int) { return flat(-100); }), 16);
}

TEST(ActivityGate, SteadyNoiseIsLeftOutButForALookNowAndThen) {
  ActivityGate gate;
  std::mt19937 random(1);
  std::normal_distribution<float> jitter(0, 0.4f);
  const int heard = heard_of(gate, 1000, 0.02f, [&](int) { return flat(-40 + jitter(random)); });
  EXPECT_LT(heard, 150);
  EXPECT_GT(heard, 1000 / 70);
}

TEST(ActivityGate, OpensAtOnceForWhatIsLouderAsAWholeOrInTheTreble) {
  for (const bool treble : {false, true}) {
    ActivityGate gate;
    std::mt19937 random(1);
    std::normal_distribution<float> jitter(0, 0.4f);
    (void)heard_of(gate, 100, 0.02f, [&](int) { return flat(-40 + jitter(random)); });
    auto louder = flat(-40);
    (treble ? louder.treble : louder.level) += 4;
    EXPECT_TRUE(gate.is_open(louder));
  }
}

TEST(ActivityGate, NoiseThatTheNetworkIsInDoubtAboutIsAlwaysHeard) {
  ActivityGate gate;
  EXPECT_EQ(heard_of(gate, 500, 0.3f, [](int) { return flat(-30); }), 500);
}

TEST(WindowScorer, TheGateLeavesTheScoresOfARealCallAsTheyAre) {
  // Sentences, pauses of some seconds, a line that hisses at -50 dBFS.
  auto audio = noise(8000 * 40, -50);
  std::size_t at = 24000;
  std::vector<std::uint64_t> voices;  // where prompts begin
  for (const auto* name : {"en_US_f_Allison/agent-pass", "es_MX_f_Allison/conf-getpin",
                           "en_US_f_Allison/auth-thankyou"}) {
    voices.push_back(at);
    for (const auto s : test::prompt(name)) {
      audio[at] = static_cast<std::int16_t>(std::clamp(audio[at] + s, -32768, 32767));
      ++at;
    }
    at += 32000;
  }
  WindowScorer gated(8000, weights());
  WindowScorer always(8000, weights(), WindowScorer::Network::kAlways);
  const auto a = scores_of(audio, gated);
  const auto b = scores_of(audio, always);
  ASSERT_EQ(a.size(), b.size());
  // After a silence the gated network has less of it in mind, and so hears a voice that sets in no
  // later, often some windows earlier. For the rest they agree.
  double sum = 0;
  std::size_t near = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum += std::abs(a[i] - b[i]);
    near += std::abs(a[i] - b[i]) <= 0.05f;
  }
  const auto windows = static_cast<double>(a.size());
  EXPECT_LT(sum / windows, 0.02);
  EXPECT_GT(static_cast<double>(near) / windows, 0.93);
  const auto starts = starts_of(a);
  const auto always_starts = starts_of(b);
  ASSERT_EQ(starts.size(), always_starts.size());
  ASSERT_EQ(starts.size(), voices.size());
  for (std::size_t i = 0; i < starts.size(); ++i) {
    EXPECT_LE(starts[i], always_starts[i] + 256);
    EXPECT_GE(starts[i] + 256, voices[i]) << "nobody had spoken";
  }
  EXPECT_LT(gated.steps(), always.steps() * 2 / 3);
}

TEST(WindowScorer, DigitalSilenceCostsNothing) {
  WindowScorer scorer(8000, weights());
  (void)scores_of(Samples(8000 * 60), scorer);
  EXPECT_LE(scorer.steps(), 16u);
}

TEST(WindowScorer, BothRatesHearTheSameVoice) {
  const auto speech = test::prompt("en_US_f_Allison/agent-pass");
  Samples twice;  // each sample twice is a rough up-sampling; the network minds little
  for (const auto s : speech) twice.insert(twice.end(), {s, s});
  WindowScorer narrow(8000, weights()), wide(16000, weights());
  const auto a = scores_of(speech, narrow), b = scores_of(twice, wide);
  ASSERT_EQ(a.size(), b.size());
  int agree = 0;
  for (std::size_t i = 0; i < a.size(); ++i) agree += (a[i] >= 0.5f) == (b[i] >= 0.5f);
  EXPECT_GT(agree, static_cast<int>(a.size()) * 9 / 10);
}

TEST(EdgeFinder, FindsWhereAVoiceSetInBeforeTheWindowThatNoticedIt) {
  EdgeFinder finder(256);
  for (int i = 0; i < 10; ++i) finder.push(flat(-70), -60);
  finder.push({-30, -36, {-70, -70, -30, -25}}, -60);
  EXPECT_EQ(finder.onset(), 128);
  finder.push(flat(-25), -60);
  EXPECT_EQ(finder.onset(), -128);
  finder.push(flat(-70), -60);
  EXPECT_EQ(finder.offset(), 0) << "it broke off with the window before";
  finder.push(flat(-70), -60);
  EXPECT_EQ(finder.offset(), -256);
}

TEST(EdgeFinder, AVoiceThatWentOnForLongOrNoiseAsLoudGivesTheGrid) {
  EdgeFinder finder(256);
  for (int i = 0; i < 20; ++i) finder.push(flat(-30), -60);
  EXPECT_EQ(finder.onset(), 0);
  EXPECT_EQ(finder.offset(), 0);
  finder.reset();
  for (int i = 0; i < 20; ++i) finder.push(flat(-30), -31);
  EXPECT_EQ(finder.onset(), 0);
  EXPECT_EQ(finder.offset(), 0);
}

// Where the two directions of a call lie in its recording.
#include "pipelines/playout.h"
#include "server/recording/stereo_timeline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

using namespace centralita;
using namespace centralita::recording;
using namespace std::chrono_literals;

namespace {

constexpr int kRate = 8000;
constexpr std::int16_t kClick = 20000;
using Samples = std::vector<std::int16_t>;

struct Kept {
  Samples left, right;
  StereoTimeline::Take take() {
    return [this](auto frames) {
      for (std::size_t i = 0; i + 1 < frames.size(); i += 2) {
        left.push_back(frames[i]);
        right.push_back(frames[i + 1]);
      }
    };
  }
};

std::vector<std::size_t> clicks(const Samples& samples) {
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (samples[i] == kClick)
      at.push_back(i);
  return at;
}

Samples frame_with_click(bool click) {
  Samples frame(160, 100);
  if (click)
    frame[0] = kClick;
  return frame;
}

}  // namespace

TEST(StereoTimeline, WhatIsClearedIsNotHeardAndWhatWasPlayedIs) {
  Kept kept;
  StereoTimeline timeline(kRate, 0ns, kept.take());
  timeline.caller(Samples(160, 1), 0ns, 0ns);
  for (int i = 0; i < 10; ++i) timeline.agent(Samples(160, 7), i * 20ms);
  timeline.cleared(50ms);
  timeline.agent(Samples(160, 9), 300ms);
  timeline.ended(320ms);
  ASSERT_EQ(kept.right.size(), 2560u);
  EXPECT_EQ(kept.right[399], 7);
  EXPECT_EQ(kept.right[400], 0);
  EXPECT_EQ(kept.right[2399], 0);
  EXPECT_EQ(kept.right[2400], 9);
}

TEST(StereoTimeline, AHoleInTheCallersAudioIsSilenceOfItsLength) {
  Kept kept;
  StereoTimeline timeline(kRate, 0ns, kept.take());
  timeline.caller(Samples(160, 5), 0ns, 0ns);
  timeline.caller(Samples(160, 5), 3s, 3s);
  timeline.ended(3020ms);
  ASSERT_EQ(kept.left.size(), 24160u);
  EXPECT_EQ(kept.left[159], 5);
  EXPECT_EQ(kept.left[160], 0);
  EXPECT_EQ(kept.left[24000], 5);
}

TEST(StereoTimeline, TheAgentIsKeptWhileTheCallerIsSilent) {
  Kept kept;
  StereoTimeline timeline(kRate, 0ns, kept.take());
  for (int i = 0; i < 500; ++i) timeline.agent(Samples(160, 3), i * 20ms);
  EXPECT_GT(kept.right.size(), 60000u) << "handed out while it goes on, not kept in memory";
  timeline.ended(10s);
  EXPECT_EQ(std::count(kept.right.begin(), kept.right.end(), 3), 80000);
}

// An hour. The far end's clock is faster than ours by what cheap quartz is, its packets come with
// jitter, and our frames go out by the real playout. Each minute it hears a click of the agent's
// and answers it at once: in the recording the two must lie in the same frame.
TEST(StereoTimeline, AfterAnHourTheDirectionsHaveNotDriftedByAFrame) {
  for (const double ppm : {-100.0, 100.0}) {
    SCOPED_TRACE(ppm);
    Kept kept;
    StereoTimeline timeline(kRate, 0ns, kept.take());
    Playout playout({});
    std::mt19937 random(7);
    std::exponential_distribution<double> jitter(1 / 15.0);  // ms

    const auto of_far_end = [&](Time ours) {  // what the far end's clock shows
      return Time(std::llround(static_cast<double>(ours.count()) * (1 + ppm / 1e6)));
    };
    const auto of_ours = [&](Time far) {
      return Time(std::llround(static_cast<double>(far.count()) / (1 + ppm / 1e6)));
    };
    std::vector<Time> heard;             // clicks, on the far end's clock
    std::multimap<Time, Time> arriving;  // our time -> said
    std::size_t answered = 0;
    Time arrived_last{0};
    std::map<Time, bool> click_in;  // by `said`
    for (int i = 0; i < 3600 * 50; ++i) {
      const Time said = i * 20ms;
      arrived_last =
          std::max(arrived_last, of_ours(said) + Time(std::llround(jitter(random) * 1e6)));
      arriving.emplace(arrived_last, said);
    }
    Time now{0};
    int second = 0;
    while (!arriving.empty()) {
      now += 20ms;
      // The agent says ten seconds of each minute, the first sample of them a click.
      if (now >= second * 1s) {
        if (second < 3590 && second % 60 < 10) {
          std::vector<std::uint8_t> speech(kRate, 0x55);
          if (second % 60 == 0)
            speech[0] = 0x01;
          playout.push(speech);
        }
        ++second;
      }
      playout.advance(now, [&](auto frame, Time begins) {
        const bool click = frame[0] == 0x01;
        timeline.agent(frame_with_click(click), begins);
        if (click)
          heard.push_back(of_far_end(begins));
      });
      while (!arriving.empty() && arriving.begin()->first <= now) {
        const auto [arrived, said] = *arriving.begin();
        arriving.erase(arriving.begin());
        const bool click = answered < heard.size() && heard[answered] < said + 20ms;
        if (click)
          ++answered;
        timeline.caller(frame_with_click(click), said, arrived);
      }
    }
    timeline.ended(now);
    const auto left = clicks(kept.left), right = clicks(kept.right);
    ASSERT_EQ(right.size(), 60u);
    ASSERT_EQ(left.size(), right.size());
    double worst = 0;
    // The caller's click is at the beginning of the frame in which it heard the agent's.
    for (std::size_t i = 0; i < left.size(); ++i)
      worst = std::max(worst,
                       std::abs(static_cast<double>(left[i]) + 80 - static_cast<double>(right[i])));
    std::printf(
        "%+.0f ppm: after 60 minutes the clocks are %.0f ms apart, the recording's sides %.1f ms\n",
        ppm, 3.6e6 * std::abs(ppm) / 1e6, worst / 8);
    EXPECT_LT(worst, 160) << "a frame";
    EXPECT_NEAR(static_cast<double>(kept.left.size()), 3600.0 * kRate, 160);
  }
}

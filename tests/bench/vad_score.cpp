#include "tests/bench/vad_score.h"

#include <algorithm>
#include <cmath>

namespace centralita::bench {
namespace {

constexpr std::size_t kCollar = 3;     // frames
constexpr std::size_t kJoin = 50;      // frames of pause within an utterance
constexpr std::size_t kConfirm = 480;  // samples
constexpr std::size_t kHangover = 1600;
// A start this early, or this late, still belongs to the utterance. Frames.
constexpr std::int64_t kEarly = 10, kLate = 20, kAfter = 30, kEndEarly = 5;

std::vector<char> labels_of(const Clip& clip) {
  std::vector<char> labels(clip.samples.size() / kFrame, 0);
  for (const auto& s : *clip.speech)
    for (std::size_t i = s.begin; i < std::min(s.end, labels.size()); ++i) labels[i] = 1;
  return labels;
}

std::vector<Span> utterances_of(const Clip& clip) {
  std::vector<Span> joined;
  for (const auto& s : *clip.speech)
    if (!joined.empty() && s.begin < joined.back().end + kJoin)
      joined.back().end = s.end;
    else
      joined.push_back(s);
  return joined;
}

struct Frame {
  float probability;
  char speech;
};

void add_frames(const Clip& clip, const Heard& heard, std::vector<Frame>& frames) {
  const auto labels = labels_of(clip);
  std::size_t at = 0;
  for (std::size_t i = 0; i < labels.size() && !heard.scores.empty(); ++i) {
    bool changes = false;
    for (std::size_t k = i - std::min(i, kCollar); k < i + kCollar && k + 1 < labels.size(); ++k)
      changes |= labels[k] != labels[k + 1];
    const std::size_t middle = i * kFrame + kFrame / 2;
    while (at + 1 < heard.scores.size() && heard.scores[at].end < middle) ++at;
    if (!changes)
      frames.push_back({heard.scores[at].probability, labels[i]});
  }
}

void judge_frames(std::vector<Frame> frames, Verdict& verdict) {
  std::sort(frames.begin(), frames.end(),
            [](const Frame& a, const Frame& b) { return a.probability > b.probability; });
  const auto speech = static_cast<double>(
      std::count_if(frames.begin(), frames.end(), [](const Frame& f) { return f.speech; }));
  const double silence = static_cast<double>(frames.size()) - speech;
  double hits = 0, alarms = 0;
  double last_hit_rate = 0, last_alarm_rate = 0;
  bool found = false;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    (frames[i].speech ? hits : alarms) += 1;
    // Equal probabilities are one point of the curve.
    if (i + 1 < frames.size() && frames[i + 1].probability == frames[i].probability)
      continue;
    const double hit_rate = hits / speech, alarm_rate = alarms / silence;
    verdict.auc += (alarm_rate - last_alarm_rate) * (hit_rate + last_hit_rate) / 2;
    if (!found && hit_rate >= 0.95) {
      const double part = (0.95 - last_hit_rate) / (hit_rate - last_hit_rate);
      verdict.false_alarms = last_alarm_rate + part * (alarm_rate - last_alarm_rate);
      found = true;
    }
    last_hit_rate = hit_rate;
    last_alarm_rate = alarm_rate;
  }
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty())
    return std::nan("");
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      std::lround(part * static_cast<double>(values.size() - 1)))];
}

struct Delays {
  std::vector<double> start, end, start_error;
  std::size_t utterances = 0, missed = 0, false_starts = 0;
};

void add_delays(const Clip& clip, const Heard& heard, Delays& delays) {
  const auto ms = [](std::int64_t samples) { return static_cast<double>(samples) * 1000 / kRate; };
  const auto utterances = utterances_of(clip);
  const auto& decisions = heard.decisions;
  const auto frames = [](std::int64_t n) { return n * static_cast<std::int64_t>(kFrame); };
  for (std::size_t u = 0; u < utterances.size(); ++u) {
    const auto begin = frames(static_cast<std::int64_t>(utterances[u].begin));
    const auto end = frames(static_cast<std::int64_t>(utterances[u].end));
    const auto next = u + 1 < utterances.size()
                          ? frames(static_cast<std::int64_t>(utterances[u + 1].begin))
                          : static_cast<std::int64_t>(clip.samples.size());
    ++delays.utterances;
    // Speech was on before: neither early nor late.
    bool on = false, started = false;
    for (const auto& d : decisions)
      if (static_cast<std::int64_t>(d.decided) <= begin - frames(kEarly))
        on = d.starts;
    if (on)
      for (const auto& d : decisions) {
        const auto decided = static_cast<std::int64_t>(d.decided);
        on &= d.starts || decided <= begin - frames(kEarly) || decided > begin;
      }
    for (const auto& d : decisions) {
      const auto decided = static_cast<std::int64_t>(d.decided);
      if (on || started || !d.starts || decided < begin - frames(kEarly) ||
          decided > end + frames(kLate))
        continue;
      started = true;
      delays.start.push_back(ms(decided - begin));
      delays.start_error.push_back(std::abs(ms(static_cast<std::int64_t>(d.position) - begin)));
    }
    if (!on && !started) {
      ++delays.missed;
      continue;
    }
    for (const auto& d : decisions) {
      const auto decided = static_cast<std::int64_t>(d.decided);
      if (d.starts || decided < end - frames(kEndEarly) || decided > next)
        continue;
      delays.end.push_back(ms(decided - end));
      break;
    }
  }
  for (const auto& d : decisions) {
    const auto decided = static_cast<std::int64_t>(d.decided);
    delays.false_starts +=
        d.starts && std::none_of(utterances.begin(), utterances.end(), [&](const Span& s) {
          return decided >= frames(static_cast<std::int64_t>(s.begin) - kEarly) &&
                 decided <= frames(static_cast<std::int64_t>(s.end) + kAfter);
        });
  }
}

}  // namespace

std::vector<Decision> decide(const std::vector<Score>& scores, float on, float off) {
  std::vector<Decision> decisions;
  bool speaking = false;
  std::size_t since = 0;  // samples from where the opposite has lasted
  for (const auto& score : scores) {
    const bool opposite = speaking ? score.probability < off : score.probability >= on;
    if (!opposite)
      since = score.end;
    else if (score.end - since >= (speaking ? kHangover : kConfirm)) {
      speaking = !speaking;
      decisions.push_back({speaking, since, score.end});
      since = score.end;
    }
  }
  return decisions;
}

Verdict judge(const std::vector<const Clip*>& clips, const std::vector<const Heard*>& heard) {
  Verdict verdict;
  std::vector<Frame> frames;
  Delays delays;
  double silent_minutes = 0;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    add_frames(*clips[i], *heard[i], frames);
    add_delays(*clips[i], *heard[i], delays);
    const auto labels = labels_of(*clips[i]);
    silent_minutes += static_cast<double>(std::count(labels.begin(), labels.end(), 0)) / 6000;
  }
  judge_frames(std::move(frames), verdict);
  verdict.start_p50 = percentile(delays.start, 0.5);
  verdict.start_p95 = percentile(delays.start, 0.95);
  verdict.end_p50 = percentile(delays.end, 0.5);
  verdict.end_p95 = percentile(delays.end, 0.95);
  verdict.start_error_p50 = percentile(delays.start_error, 0.5);
  verdict.start_error_p95 = percentile(delays.start_error, 0.95);
  verdict.missed = static_cast<double>(delays.missed) / static_cast<double>(delays.utterances);
  verdict.false_starts = static_cast<double>(delays.false_starts) / silent_minutes;
  return verdict;
}

}  // namespace centralita::bench

#include "pipelines/endpointing.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTurnsKept = 12, kAnswersKept = 4;
constexpr double kQuantile = 0.9;
// A pause as long as the one before is still waited for, with the detector's own inaccuracy.
constexpr Endpointing::Time kMargin = 150ms;
// Of so many turns' worth is the confidence in the setting.
constexpr double kPriorTurns = 2;
// A longer silence is none of the same turn's, whatever came of it.
constexpr Endpointing::Time kNoPause = 4s;

// Whoever speaks into an answer so soon after their own last word had not finished.
constexpr Endpointing::Time kCutIn = 2500ms;

// A dictated piece is waited for at least so long, before this caller's own pauses are known.
constexpr Endpointing::Time kDictation = 1500ms;
constexpr Endpointing::Time kName = 1000ms;
// A longer answer to a yes-or-no question is more than yes or no.
constexpr Endpointing::Time kShortAnswer = 1200ms;
// What cannot be all.
constexpr Endpointing::Time kUnfinished = 1500ms;

}  // namespace

void Endpointing::agent_said(std::string_view heard, bool whole) {
  const auto declared = std::exchange(declared_, std::nullopt);
  expected_ = whole && declared ? *declared : expected_after(heard);
}

void Endpointing::went_on(Time pause) {
  if (pause > Time::zero() && pause < kNoPause)
    longest_pause_ = std::max(longest_pause_, pause);
  last_voiced_.reset();
  completeness_ = Completeness::kUnknown;
}

void Endpointing::speech_began(Time onset) {
  if (open_ && last_voiced_)
    return went_on(onset - *last_voiced_);
  if (open_)
    return;  // known already
  open_ = true;
  onset_ = onset;
}

void Endpointing::paused(Time last_voiced) {
  last_voiced_ = last_voiced;
  completeness_ = Completeness::kUnknown;
}

void Endpointing::resumed(Time onset) {
  if (last_voiced_)
    went_on(onset - *last_voiced_);
}

void Endpointing::words_so_far(std::string_view text) {
  completeness_ = completeness_of(text, expected_);
}

void Endpointing::ended(Time last_voiced, std::optional<Time> decided) {
  last_voiced_ = last_voiced;
  decided_ = decided;
}

void Endpointing::answered(std::optional<Time> now) {
  if (!open_)
    return;
  if (now && decided_) {
    answers_.push_back(*now - *decided_);
    if (answers_.size() > kAnswersKept)
      answers_.pop_front();
  }
  auto& pauses = settings_.expecting && expected_.dictated() ? dictated_ : spoken_;
  pauses.push_back(longest_pause_);
  if (pauses.size() > kTurnsKept)
    pauses.pop_front();
  answered_.reset();
  if (last_voiced_)
    answered_ = {*last_voiced_, &pauses};
  forget();
}

void Endpointing::cut_in(Time onset) {
  const auto before = std::exchange(answered_, std::nullopt);
  if (!open_ && before && onset - before->last_voiced < kCutIn) {
    const auto known = before->pauses->back();
    before->pauses->pop_back();
    forget();
    open_ = true;
    longest_pause_ = std::max(known, onset - before->last_voiced);
  }
  speech_began(onset);
}

void Endpointing::forget() {
  open_ = false;
  onset_.reset();
  last_voiced_.reset();
  decided_.reset();
  longest_pause_ = Time::zero();
  completeness_ = Completeness::kUnknown;
}

// So that a pause of that length does not lead to an answer that is heard.
Endpointing::Time Endpointing::wait_for(Time pause) const {
  if (answers_.empty() || pause + kMargin > settings_.merge_window)
    return pause + kMargin;
  return pause + kMargin - *std::min_element(answers_.begin(), answers_.end()) / 2;
}

Endpointing::Time Endpointing::learned(const Pauses& pauses, Time from) const {
  // The turn that is open has taught already what its pauses are.
  std::vector<Time> sorted(pauses.begin(), pauses.end());
  if (longest_pause_ > Time::zero())
    sorted.push_back(longest_pause_);
  if (sorted.empty())
    return from;
  std::sort(sorted.begin(), sorted.end());
  const auto rank =
      static_cast<std::size_t>(std::ceil(kQuantile * static_cast<double>(sorted.size())));
  const auto wanted = wait_for(sorted[rank - 1]);
  if (wanted >= from)
    return std::min(wanted, settings_.longest);
  const auto n = static_cast<double>(pauses.size());
  const auto less =
      std::chrono::duration<double, std::nano>(from - wanted) * (n / (n + kPriorTurns));
  return std::max(from - std::chrono::duration_cast<Time>(less),
                  std::min(settings_.shortest, from));
}

Endpointing::Time Endpointing::expected_silence(Time ordinary) const {
  using Kind = Expectation::Kind;
  const auto shortest = std::min(settings_.shortest, ordinary);
  const auto at_least = [&](Time wait) {
    return std::max(ordinary, std::min(wait, settings_.longest));
  };
  if (completeness_ == Completeness::kComplete)
    return shortest;
  switch (expected_.kind) {
    case Kind::kYesNo: {
      const bool brief = onset_ && last_voiced_ && *last_voiced_ - *onset_ <= kShortAnswer;
      // Who is known for long pauses makes them after a yes, too.
      if (brief && completeness_ != Completeness::kIncomplete)
        return ordinary > settings_.silence ? settings_.silence : shortest;
      break;
    }
    case Kind::kDigits:
    case Kind::kEmail: {
      const auto wait = at_least(kDictation);
      return settings_.adaptive ? std::max(shortest, learned(dictated_, wait)) : wait;
    }
    case Kind::kName:
      return at_least(completeness_ == Completeness::kIncomplete ? kUnfinished : kName);
    default:
      break;
  }
  return completeness_ == Completeness::kIncomplete ? at_least(kUnfinished) : ordinary;
}

Endpointing::Time Endpointing::silence() const {
  const auto ordinary =
      settings_.adaptive ? learned(spoken_, settings_.silence) : settings_.silence;
  return settings_.expecting ? expected_silence(ordinary) : ordinary;
}

}  // namespace centralita

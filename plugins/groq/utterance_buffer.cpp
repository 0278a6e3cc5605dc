#include "plugins/groq/utterance_buffer.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// A detector says "speech started" some hundred milliseconds after the first voiced sample: so much
// more than the pre-roll is kept.
constexpr nanoseconds kDetectorDelay = 1s;

// Where a long utterance may be cut: not before so much of it, and in a pause of such a length.
constexpr nanoseconds kCutWindow = 3s;
constexpr nanoseconds kCutPause = 200ms;

}  // namespace

UtteranceBuffer::UtteranceBuffer(int rate, const Settings& settings)
    : rate_(rate),
      settings_(settings),
      state_(settings.segmentation == Segmentation::kEvents ? State::kIdle : State::kWhole) {}

UtteranceBuffer UtteranceBuffer::successor(int rate) const {
  UtteranceBuffer next(rate, settings_);
  next.state_ = state_;
  next.anchor_time_ = next.start_ = now();
  if (voice_from_)
    next.voice_from_ = 0;
  return next;
}

void UtteranceBuffer::flush() {
  const bool by_events = state_ != State::kWhole;
  *this = UtteranceBuffer(rate_, settings_);
  if (by_events)
    state_ = State::kIdle;
}

UtteranceBuffer::Position UtteranceBuffer::count(nanoseconds duration) const {
  const auto s = std::chrono::floor<std::chrono::seconds>(duration);
  return s.count() * rate_ + (duration - s).count() * rate_ / nanoseconds(1s).count();
}

UtteranceBuffer::Position UtteranceBuffer::position_of(nanoseconds running_time) const {
  return anchor_ + count(running_time - anchor_time_);
}

nanoseconds UtteranceBuffer::time_of(Position position) const {
  const Position distance = position - anchor_;
  return anchor_time_ + std::chrono::seconds(distance / rate_) +
         nanoseconds(nanoseconds(1s).count() * (distance % rate_) / rate_);
}

void UtteranceBuffer::drop_before(Position position) {
  if (position <= first_)
    return;
  const auto n = std::min(static_cast<std::size_t>(position - first_), samples_held());
  head_ += n;
  first_ += static_cast<Position>(n);
  // Moving what is kept costs less, per sample pushed, than the copy that brought it here.
  if (head_ > samples_.size() / 2) {
    samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
    // The room of a long utterance is given back: most of a call is silence of this side.
    if (samples_.capacity() > 8 * samples_.size())
      samples_.shrink_to_fit();
  }
}

void UtteranceBuffer::voice_stops(Position position) {
  if (voice_from_ && position > *voice_from_)
    voiced_.push_back({*voice_from_, position});
  voice_from_.reset();
}

UtteranceBuffer::Position UtteranceBuffer::end_of_utterance(nanoseconds speech_end) const {
  return std::clamp(position_of(speech_end) + count(settings_.tail), begin_, end_position());
}

// From begin_ to `end`.
Utterance UtteranceBuffer::copy(Position end, nanoseconds end_time) const {
  const auto at = [&](Position position) {
    return samples_.begin() + static_cast<std::ptrdiff_t>(head_) + (position - first_);
  };
  Utterance utterance{.samples = {at(begin_), at(end)},
                      .rate = rate_,
                      .start = start_,
                      .end = std::max(start_, end_time)};
  const auto add = [&](Voiced voice) {
    const auto from = std::max(voice.from, begin_), to = std::min(voice.to, end);
    if (to > from)
      utterance.voiced.push_back(
          {static_cast<std::size_t>(from - begin_), static_cast<std::size_t>(to - begin_)});
  };
  for (const auto& voice : voiced_) add(voice);
  if (voice_from_)
    add({*voice_from_, end});
  return utterance;
}

// What follows stays.
Utterance UtteranceBuffer::take(Position end, nanoseconds end_time) {
  auto utterance = copy(end, end_time);
  taken_ = begin_ = end;
  start_ = time_of(end);
  std::erase_if(voiced_, [&](const Voiced& voice) { return voice.to <= end; });
  return utterance;
}

UtteranceBuffer::Position UtteranceBuffer::place_to_cut() const {
  const Position max = count(settings_.max);
  const auto open = std::span(samples_).subspan(head_ + static_cast<std::size_t>(begin_ - first_),
                                                static_cast<std::size_t>(max));
  const auto window = std::min(max / 4, count(kCutWindow));
  return begin_ + static_cast<Position>(
                      quietest_place(open, static_cast<std::size_t>(max - window),
                                     static_cast<std::size_t>(std::min(window, count(kCutPause)))));
}

std::vector<Utterance> UtteranceBuffer::push(std::span<const std::int16_t> samples,
                                             std::optional<nanoseconds> running_time,
                                             std::optional<bool> voice) {
  if (running_time) {
    anchor_ = end_position();
    anchor_time_ = *running_time;
  }
  if (state_ == State::kWhole && begin_ == end_position())
    start_ = time_of(begin_);
  if (state_ == State::kWhole && voice) {
    if (!*voice)
      voice_stops(end_position());
    else if (!voice_from_)
      voice_from_ = end_position();
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());

  std::vector<Utterance> cut;
  if (state_ == State::kIdle) {
    drop_before(end_position() - count(settings_.pre_roll + kDetectorDelay));
    return cut;
  }
  const Position max = count(settings_.max);
  while (end_position() - begin_ >= max) {
    const auto place = place_to_cut();
    cut.push_back(take(place, time_of(place)));
  }
  drop_before(begin_);
  return cut;
}

void UtteranceBuffer::speech_start(nanoseconds running_time) {
  if (settings_.segmentation == Segmentation::kEos || state_ == State::kSpeech)
    return;
  state_ = State::kSpeech;
  start_ = running_time;
  begin_ = std::clamp(position_of(running_time) - count(settings_.pre_roll),
                      std::max(first_, taken_), end_position());
  voiced_.clear();
  voice_from_ = std::max(position_of(running_time), begin_);
  drop_before(begin_);
}

std::optional<Utterance> UtteranceBuffer::speech_end(nanoseconds running_time) {
  if (state_ != State::kSpeech)
    return std::nullopt;
  voice_stops(position_of(running_time));
  auto utterance = take(end_of_utterance(running_time), running_time);
  state_ = State::kIdle;
  return utterance;
}

std::optional<Utterance> UtteranceBuffer::speech_pause(nanoseconds running_time) {
  if (state_ != State::kSpeech)
    return std::nullopt;
  voice_stops(position_of(running_time));
  return copy(end_of_utterance(running_time), running_time);
}

void UtteranceBuffer::speech_resume(nanoseconds running_time) {
  if (state_ == State::kSpeech && !voice_from_)
    voice_from_ = std::max(position_of(running_time), begin_);
}

std::optional<Utterance> UtteranceBuffer::finish() {
  if (state_ == State::kIdle || (state_ == State::kWhole && begin_ == end_position()))
    return std::nullopt;
  auto utterance = take(end_position(), now());
  if (state_ == State::kSpeech)
    state_ = State::kIdle;
  drop_before(begin_);
  return utterance;
}

}  // namespace centralita

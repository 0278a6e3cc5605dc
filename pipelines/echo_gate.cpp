#include "pipelines/echo_gate.h"

#include "pipelines/wire_voice.h"

#include <algorithm>
#include <cmath>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kKept = 2s;
// Pieces that are no further from where they should be follow on: they come by a network.
constexpr auto kJitter = 100ms;
// How far our clock may be ahead of what the far end does.
constexpr auto kMargin = 40ms;
// What came before a sound that has only just begun is looked at with it: less says nothing, and in
// an echo the silence before it comes back too.
constexpr auto kLeast = 120ms;

}  // namespace

EchoGate::EchoGate(const WireFormat& format)
    : format_(format), sent_(format, kKept), heard_(format, kKept) {}

EchoGate::Track::Track(const WireFormat& format, Time kept)
    : format_(format),
      kept_(static_cast<std::size_t>(kept / 1ms) * static_cast<std::size_t>(format.rate) / 1000),
      samples_(kept_) {}

std::int64_t EchoGate::Track::position(Time time) const {
  return time.count() / 1000 * format_.rate / 1'000'000;
}

void EchoGate::Track::add(std::span<const std::uint8_t> audio, Time ends) {
  const auto samples = linear(audio, format_);
  const auto n = static_cast<std::int64_t>(samples.size());
  const auto begin = position(ends) - n;
  const auto jitter = format_.rate * static_cast<std::int64_t>(kJitter / 1ms) / 1000;
  const auto kept = static_cast<std::int64_t>(kept_);
  if (begin < end_ - jitter || begin > end_ + jitter) {
    for (auto at = std::max(end_, begin - kept); at < begin; ++at)
      samples_[static_cast<std::size_t>(at % kept)] = 0;
    end_ = begin;
  }
  for (const auto sample : samples) samples_[static_cast<std::size_t>(end_++ % kept)] = sample;
}

std::vector<std::int16_t> EchoGate::Track::between(Time from, Time to) const {
  const auto kept = static_cast<std::int64_t>(kept_);
  const auto sample = [&](std::int64_t at) {
    const bool known = at >= 0 && at < end_ && at >= end_ - kept;
    return known ? samples_[static_cast<std::size_t>(at % kept)] : 0;
  };
  // The mean of two steps keeps most of what would fold down out of it.
  const auto step = std::max(format_.rate / kRate, 1);
  std::vector<std::int16_t> out;
  for (auto at = position(from); at < position(to); at += step) {
    int sum = 0;
    for (int k = 0; k < 2 * step; ++k) sum += sample(at + k);
    out.push_back(static_cast<std::int16_t>(sum / (2 * step)));
  }
  return out;
}

void EchoGate::sent(std::span<const std::uint8_t> frame, Time play_begins) {
  const auto samples = frame.size() / format_.bytes_per_sample();
  sent_.add(frame,
            play_begins + Time(samples * 1'000'000'000 / static_cast<unsigned>(format_.rate)));
}

void EchoGate::heard(std::span<const std::uint8_t> audio, Time ends) { heard_.add(audio, ends); }

EchoGate::Finding EchoGate::look(Time onset, Time now) const {
  const Time from = std::clamp<Time>(onset, now - kWindow, now - kLeast);
  const auto heard = heard_.between(from, now);
  const Time earliest = from - kLongestDelay;
  const auto path = find_echo(sent_.between(earliest, now + kMargin), heard);
  const auto played = std::chrono::milliseconds(path.lag * 1000 / kRate);
  return {.share = path.share,
          .delay = kLongestDelay - played,
          .gain_db = path.gain == 0 ? 0 : 20 * std::log10(std::abs(path.gain)),
          .audible = path.audible};
}

}  // namespace centralita

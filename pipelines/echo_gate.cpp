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
      width_(static_cast<std::int64_t>(format.bytes_per_sample())),
      kept_(kept / 1ms * format.rate / 1000),
      ring_(static_cast<std::size_t>(kept_ * width_), format.silence()) {}

std::int64_t EchoGate::Track::position(Time time) const {
  return time.count() / 1000 * format_.rate / 1'000'000;
}

template <typename Each>
void EchoGate::Track::pieces(std::int64_t at, std::int64_t samples, Each each) const {
  for (std::int64_t done = 0; done < samples;) {
    const auto offset = (at + done) % kept_;
    const auto n = std::min(samples - done, kept_ - offset);
    each(offset * width_, n * width_, done * width_);
    done += n;
  }
}

void EchoGate::Track::add(std::span<const std::uint8_t> audio, Time ends) {
  const auto n = static_cast<std::int64_t>(audio.size()) / width_;
  const auto begin = position(ends) - n;
  const auto jitter = format_.rate * static_cast<std::int64_t>(kJitter / 1ms) / 1000;
  if (begin < end_ - jitter || begin > end_ + jitter) {
    const auto gap = std::max(end_, begin - kept_);
    pieces(gap, begin - gap, [&](auto offset, auto size, auto) {
      std::fill_n(ring_.begin() + offset, size, format_.silence());
    });
    end_ = begin;
  }
  pieces(end_, n, [&](auto offset, auto size, auto skipped) {
    std::copy_n(audio.begin() + skipped, size, ring_.begin() + offset);
  });
  end_ += n;
}

std::vector<std::int16_t> EchoGate::Track::between(Time from, Time to) const {
  // The mean of two steps keeps most of what would fold down out of it.
  const auto step = std::max(format_.rate / kRate, 1);
  const auto first = position(from), last = position(to);
  const auto known = std::clamp(first, std::max<std::int64_t>(end_ - kept_, 0), end_);
  const auto samples = std::clamp(last + 2 * step, known, end_) - known;
  std::vector<std::uint8_t> wire(static_cast<std::size_t>(samples * width_));
  pieces(known, samples, [&](auto offset, auto size, auto skipped) {
    std::copy_n(ring_.begin() + offset, size, wire.begin() + skipped);
  });
  const auto linear = centralita::linear(wire, format_);
  std::vector<std::int16_t> out;
  for (auto at = first; at < last; at += step) {
    int sum = 0;
    for (auto k = std::max(at, known); k < std::min(at + 2 * step, known + samples); ++k)
      sum += linear[static_cast<std::size_t>(k - known)];
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

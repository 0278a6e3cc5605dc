#include "pipelines/echo_watch.h"

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// Somebody who speaks over an echo is found out at the second such look.
constexpr auto kBetweenLooks = 100ms;
constexpr int kLooks = 2;
constexpr std::size_t kOnsetsKept = 8;

}  // namespace

EchoWatch::EchoWatch(IoContext io, const WireFormat& format, bool enabled, Handlers handlers)
    : io_(std::move(io)), enabled_(enabled), handlers_(std::move(handlers)), gate_(format) {}

void EchoWatch::sent(std::span<const std::uint8_t> frame, Time play_begins) {
  if (enabled_)
    gate_.sent(frame, play_begins);
}

void EchoWatch::heard(std::span<const std::uint8_t> audio) {
  if (enabled_)
    gate_.heard(audio, io_.now());
}

bool EchoWatch::is_echo(Time onset) const {
  return enabled_ && gate_.look(onset, io_.now()).echo();
}

bool EchoWatch::sound_begins(Time onset) {
  const auto found = enabled_ ? gate_.look(onset, io_.now()) : EchoGate::Finding{};
  if (!found.echo())
    return false;
  if (!std::exchange(echo_, true)) {
    onsets_.push_back(onset);
    if (onsets_.size() > kOnsetsKept)
      onsets_.pop_front();
    handlers_.on_echo(found);
  }
  others_ = 0;
  look_again();
  return true;
}

void EchoWatch::look_again() {
  timer_ = io_.after(kBetweenLooks, [this] {
    const auto found = gate_.look(io_.now() - EchoGate::kWindow, io_.now());
    if (found.audible)
      others_ = found.echo() ? 0 : others_ + 1;
    if (others_ < kLooks)
      return look_again();
    echo_ = false;
    onsets_.pop_back();  // somebody's words are in it
    handlers_.on_speech(io_.now() - EchoGate::kWindow);
  });
}

bool EchoWatch::sound_ends() {
  timer_.reset();
  return std::exchange(echo_, false);
}

bool EchoWatch::was_echo(Time onset) const {
  return std::find(onsets_.begin(), onsets_.end(), onset) != onsets_.end();
}

void EchoWatch::stop() { timer_.reset(); }

}  // namespace centralita

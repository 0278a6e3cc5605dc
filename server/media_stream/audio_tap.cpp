#include "server/media_stream/audio_tap.h"

#include <utility>

namespace centralita {
namespace {

std::size_t block_of(const WireFormat& format) {
  return static_cast<std::size_t>(format.rate) / 10 * format.bytes_per_sample();
}

}  // namespace

void AudioTap::begin(WireFormat caller, WireFormat agent) {
  block_ = {block_of(caller), block_of(agent)};
  sink_.began(caller, agent);
}

void AudioTap::caller_audio(std::span<const std::uint8_t> audio, Time, Time) {
  gather(Side::kCaller, audio);
}

void AudioTap::agent_audio(std::span<const std::uint8_t> frame, Time) {
  gather(Side::kAgent, frame);
}

void AudioTap::gather(Side side, std::span<const std::uint8_t> audio) {
  auto& gathered = gathered_[static_cast<std::size_t>(side)];
  gathered.insert(gathered.end(), audio.begin(), audio.end());
  if (gathered.size() < block_[static_cast<std::size_t>(side)])
    return;
  flush(side);
  // The caller's audio never stops; the agent's last words go with it.
  if (side == Side::kCaller)
    flush(Side::kAgent);
}

void AudioTap::cleared(Time) {
  gathered_[static_cast<std::size_t>(Side::kAgent)].clear();
  sink_.cleared();
}

void AudioTap::ended(Time) {
  flush(Side::kCaller);
  flush(Side::kAgent);
  sink_.ended();
}

void AudioTap::flush(Side side) {
  auto& gathered = gathered_[static_cast<std::size_t>(side)];
  if (!gathered.empty())
    sink_.deliver(side, std::exchange(gathered, {}));
}

}  // namespace centralita

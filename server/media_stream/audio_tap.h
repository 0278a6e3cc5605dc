// Somebody listens to a call: what goes over its media stream in both directions, gathered into
// blocks of a tenth of a second for each side.
//
// Made anywhere; then of the shard's thread alone, where it costs a copy of the audio and one
// `deliver` a block. What `deliver` does must not block: as a rule it posts.
#pragma once

#include "pipelines/media_tap.h"
#include "pipelines/wire_format.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace centralita {

class AudioTap final : public MediaTap {
 public:
  enum class Side : std::uint8_t { kCaller = 0, kAgent = 1 };
  struct Sink {
    std::function<void(WireFormat caller, WireFormat agent)> began;  // first
    std::function<void(Side, std::vector<std::uint8_t>)> deliver;    // in that side's format
    std::function<void()> cleared;  // what the agent's side has not played yet is dropped
    std::function<void()> ended;    // last
  };

  explicit AudioTap(Sink sink) : sink_(std::move(sink)) {}

  void begin(WireFormat caller, WireFormat agent);
  void caller_audio(std::span<const std::uint8_t> audio, Time said, Time arrived) override;
  void agent_audio(std::span<const std::uint8_t> frame, Time play_begins) override;
  void cleared(Time at) override;
  void ended(Time at) override;

 private:
  void gather(Side side, std::span<const std::uint8_t> audio);
  void flush(Side side);

  Sink sink_;
  std::array<std::vector<std::uint8_t>, 2> gathered_;
  std::array<std::size_t, 2> block_{};  // bytes
};

}  // namespace centralita

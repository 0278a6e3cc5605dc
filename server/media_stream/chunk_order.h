// Media frames in the order of their numbers. Telnyx does not promise the order in which they
// arrive: one that comes early is kept until those before it are there, for as long as a few
// frames; then what is missing counts as lost. One that comes late, or twice, is dropped. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

namespace centralita {

class ChunkOrder {
 public:
  static constexpr std::size_t kMostKept = 5;  // 100 ms of 20 ms frames

  // Hands on what is in order now. `number`: from 1; 0: the frames carry none and are handed on.
  void push(std::int64_t number, std::span<const std::uint8_t> audio,
            const std::function<void(std::span<const std::uint8_t>)>& hand_on);

  std::uint64_t dropped() const { return dropped_; }  // late or repeated
  std::uint64_t lost() const { return lost_; }        // never came in time

 private:
  std::int64_t next_ = 1;
  bool begun_ = false;
  std::map<std::int64_t, std::vector<std::uint8_t>> kept_;
  std::uint64_t dropped_ = 0, lost_ = 0;
};

}  // namespace centralita

// Whoever listens to a call's two directions as they go by: a recording, a supervisor. Called on
// the call's shard for every frame, so an implementation copies what it needs and returns.
//
// Times are of the I/O context's clock (IoContext::now). The agent's frames are told when they are
// sent, with the time at which their playing begins; what cleared() finds unplayed at its time is
// never heard.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace centralita {

class MediaTap {
 public:
  using Time = std::chrono::nanoseconds;

  virtual ~MediaTap() = default;
  // Whole samples in the caller's wire format. `said`: when, by the caller's own media clock, whose
  // samples follow each other without a gap; `arrived`: when they came here.
  virtual void caller_audio(std::span<const std::uint8_t> audio, Time said, Time arrived) = 0;
  // One frame in the format of what is sent.
  virtual void agent_audio(std::span<const std::uint8_t> frame, Time play_begins) = 0;
  virtual void cleared(Time at) = 0;
  virtual void ended(Time at) = 0;  // last, once
};

// Several at once; they come and go while the call lasts. The call's thread.
class MediaTaps final : public MediaTap {
 public:
  // Borrowed until dismiss().
  void admit(MediaTap& tap) { taps_.push_back(&tap); }
  void dismiss(MediaTap& tap) { std::erase(taps_, &tap); }

  void caller_audio(std::span<const std::uint8_t> audio, Time said, Time arrived) override {
    for (auto* tap : taps_) tap->caller_audio(audio, said, arrived);
  }
  void agent_audio(std::span<const std::uint8_t> frame, Time play_begins) override {
    for (auto* tap : taps_) tap->agent_audio(frame, play_begins);
  }
  void cleared(Time at) override {
    for (auto* tap : taps_) tap->cleared(at);
  }
  void ended(Time at) override {
    for (auto* tap : taps_) tap->ended(at);
  }

 private:
  std::vector<MediaTap*> taps_;
};

}  // namespace centralita

// What goes out to the far end, and when: whole frames on absolute deadlines, a bounded time ahead
// of their playing.
//
//   pushed by the synthesizer          sent, playing at the far end        played
//   [..... queue .....................][ lead, at most 200 ms ............][.............
//                                      ^ sent                              ^ now
//
// The far end plays what it gets without a break. So the time at which the last sample sent will
// have been played (`play_end`) is known from our own clock alone: it moves on by a frame with
// every frame sent, from "now" when the far end had run dry. A frame is sent as soon as play_end is
// no more than `lead` ahead; deadlines follow from play_end and therefore never drift. The lead
// hides our jitter; its bound keeps `clear` quick and the heard position exact.
//
// A frame that is not whole waits for what completes it, and when a marker stands behind it no
// longer than until half the lead is used up: the end of a clause is not heard later because the
// next one is late.
//
// Pure: bytes and times in, frames out. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace centralita {

class Playout {
 public:
  using Time = std::chrono::nanoseconds;

  struct Settings {
    std::size_t frame_bytes = 160;  // of one frame
    Time frame{std::chrono::milliseconds(20)};
    Time lead{std::chrono::milliseconds(200)};
    std::uint8_t silence = 0xFF;  // pads the last frame of a reply: 0xFF mu-law, 0xD5 A-law, 0 PCM
  };

  explicit Playout(const Settings& settings) : settings_(settings) {}

  void push(std::span<const std::uint8_t> audio);

  // Runs `reached` when all audio pushed so far has been sent, with the time at which it will have
  // been played. At once, inside advance(), when there is none.
  void push_marker(std::function<void(Time play_end)> reached);

  // What is pushed from here on stays until open_gates() with this number or a higher one; no gate
  // is made when that has been.
  void push_gate(std::uint32_t number);
  void open_gates(std::uint32_t number);

  // Completes a frame that is not whole with silence: nothing more comes soon.
  void pad();

  // Hands every frame that is due at `now` to `send` (with the time at which its playing begins)
  // and runs the markers it passes.
  void advance(Time now, const std::function<void(std::span<const std::uint8_t>, Time)>& send);

  // When advance() has something to do next; empty when it waits for more audio.
  std::optional<Time> next_deadline() const;

  // While held, nothing is sent; the far end plays what it has (at most the lead) and falls silent.
  // Let go, it goes on with the next sample: nothing is lost and nothing comes twice.
  void hold(bool held) { held_ = held; }
  bool held() const { return held_; }

  // Forgets what is queued and its markers, and lets go. Returns whether the far end may still have
  // audio to drop: it plays up to half a second behind our clock.
  bool clear(Time now);

  // When the last sample sent will have been played; in the past when the far end has run dry.
  Time play_end() const { return play_end_; }
  std::size_t queued_bytes() const { return audio_.size() - read_; }

 private:
  struct Marker {
    std::uint64_t position;  // in bytes ever pushed
    std::function<void(Time)> reached;
    std::uint32_t gate = 0;  // 0: none
  };
  void run_markers();
  bool frame_ready() const;
  bool tail_waits() const;

  Settings settings_;
  std::vector<std::uint8_t> audio_;  // queued from read_ on
  std::size_t read_ = 0;
  std::uint64_t pushed_ = 0, sent_ = 0;  // bytes, ever
  std::deque<Marker> markers_;
  std::uint32_t open_through_ = 0;
  Time play_end_{0}, may_play_until_{0};
  bool held_ = false;
};

}  // namespace centralita

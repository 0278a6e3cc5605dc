// Playout is the far end's loudspeaker: it buffers what the server sends, plays it in order in real
// time, one 20 ms frame a tick, and keeps the marks among the audio.
//
//   playout.add(samples);                    // arrived from the wire
//   if (auto echo = playout.mark("m1")) ...  // nothing was playing: echo it now
//   for (auto& name : playout.tick(frame))   // `frame` is what is heard for the next 20 ms;
//     echo(name);                            // the marks are those whose audio has been played
//   auto dropped = playout.clear();          // echo dropped.marks, in order
//
// Twilio's rules: a mark is due when all audio before it has finished playing, at once if none is
// left; clear empties the buffer, and every mark still pending is then due, in order. The frame
// that a tick handed out is played until the next tick and cannot be cleared. Audio beyond ten
// minutes is discarded.
//
// Pure: no clock, no thread of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace centralita::caller {

class Playout {
 public:
  explicit Playout(int rate_hz) : rate_(rate_hz) {}

  // Returns how many samples were discarded because ten minutes are buffered.
  std::size_t add(std::span<const std::int16_t> samples);
  [[nodiscard]] std::optional<std::string> mark(std::string name);

  struct Cleared {
    std::size_t samples = 0;
    std::vector<std::string> marks;
  };
  [[nodiscard]] Cleared clear();

  // Fills `frame`, of any length, with what is buffered and silence after it.
  [[nodiscard]] std::vector<std::string> tick(std::span<std::int16_t> frame);

  std::size_t buffered() const { return queue_.size() - head_; }
  std::size_t pending_marks() const { return marks_.size(); }
  // True when the last tick had something to play, be it less than a whole frame.
  bool playing() const { return playing_; }
  // Ticks that found the buffer empty in the middle of speech: those between two ticks with audio
  // that are less than half a second apart.
  std::uint64_t underrun_ticks() const { return underrun_ticks_; }

 private:
  struct Mark {
    std::string name;
    std::uint64_t position;  // samples added before it
  };
  std::vector<std::string> take_marks(std::uint64_t up_to);

  int rate_;
  std::vector<std::int16_t> queue_;  // played up to head_
  std::size_t head_ = 0;
  std::deque<Mark> marks_;
  std::uint64_t added_ = 0, played_ = 0;
  std::uint64_t empty_run_ = 0, underrun_ticks_ = 0;
  bool playing_ = false, cleared_ = true;
};

}  // namespace centralita::caller

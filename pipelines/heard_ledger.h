// Which of the agent's words the caller has heard.
//
// Each clause of a reply occupies a stretch of the audio that is sent, counted in time of audio.
// How much of that has been played follows from the clock: the far end plays what it gets without a
// break, so what is left to play is the time until the last frame sent will have ended. A pause in
// sending moves nothing. A mark that the carrier echoes proves that its clause was played to the
// end; `clear` freezes the position, and what comes back after it proves nothing (carriers echo the
// marks that they dropped).
//
// Within a clause a character is credited when the same part of its audio has been played, down to
// a word's edge: never more than was heard, as long as nobody hears a frame sooner than kWay after
// it was sent and the voice is no slower than `slowest_character` where the clause's length is not
// known yet.
//
// Pure; one thread. Times are the I/O context's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace centralita {

class HeardLedger {
 public:
  using Time = std::chrono::nanoseconds;
  // The far end begins to play a frame only when it has travelled there.
  static constexpr Time kWay = std::chrono::milliseconds(100);

  // A position in the words of a reply.
  struct Position {
    std::uint32_t turn = 0;
    std::uint32_t clause = 0;
    std::size_t characters = 0;  // bytes of the clause's text that have been heard
    friend bool operator==(const Position&, const Position&) = default;
  };

  explicit HeardLedger(Time slowest_character = std::chrono::milliseconds(90))
      : slowest_character_(slowest_character) {}

  // A new reply: forgets the one before.
  void begin_reply(std::uint32_t turn);
  // The clause's audio begins with the next frame, and ends with the last one sent.
  void clause_begins(std::uint32_t clause, std::string text);
  void clause_ends(std::uint32_t clause);
  void frame_sent(Time play_begins, Time length);
  void clause_acknowledged(std::uint32_t clause);
  void clear(Time now);

  std::uint32_t turn() const { return turn_; }
  bool anything_sent() const { return !clauses_.empty(); }
  // All words of the reply whose audio has been sent or begun to be sent, heard or not.
  std::string sent_text() const;
  std::string heard_text(Time now) const;
  // Of the last word heard; the beginning of the reply when there is none.
  Position heard(Time now) const;

 private:
  struct Clause {
    std::uint32_t number;
    std::string text;
    Time begins;               // of the reply's audio
    std::optional<Time> ends;  // absent while its audio is still coming
    bool acknowledged = false;
  };
  Time played(Time now) const;
  // Bytes of its text that have been heard.
  std::size_t credit(const Clause& clause, Time played) const;

  const Time slowest_character_;
  std::uint32_t turn_ = 0;
  std::vector<Clause> clauses_;
  Time sent_{0};      // of the reply's audio
  Time play_end_{0};  // when the last frame sent will have been played
  std::optional<Time> frozen_;
};

// The longest beginning of `text` that is no more than `share` (0-1) of it and ends at a word's
// edge.
std::string beginning_of(const std::string& text, double share);

}  // namespace centralita

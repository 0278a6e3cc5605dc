// Which of the agent's words the caller has heard.
//
// Each clause of a reply occupies a stretch of the far end's playout, known when it is sent. A mark
// that the carrier echoes proves that its clause was played to the end; between marks the clock
// tells how far playing has got, and a clause is credited in proportion to the part of its audio
// that has been played, down to a word's edge: never more than was heard.
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

  // A new reply: forgets the one before.
  void begin_reply(std::uint32_t turn);
  void clause_begins(std::uint32_t clause, std::string text, Time begins);
  void clause_ends(std::uint32_t clause, Time ends);
  void clause_acknowledged(std::uint32_t clause);

  std::uint32_t turn() const { return turn_; }
  bool anything_sent() const { return !clauses_.empty(); }
  // All words of the reply whose audio has been sent or queued for sending, heard or not.
  std::string sent_text() const;
  std::string heard_text(Time now) const;

 private:
  struct Clause {
    std::uint32_t number;
    std::string text;
    Time begins;
    std::optional<Time> ends;  // absent while its audio is still coming
    bool acknowledged = false;
  };
  std::uint32_t turn_ = 0;
  std::vector<Clause> clauses_;
};

// The longest beginning of `text` that is no more than `share` (0-1) of it and ends at a word's
// edge.
std::string beginning_of(const std::string& text, double share);

}  // namespace centralita

// Counts what a call uses of its providers from the messages of its pipeline, as they bill it.
//
// A reply that is cut off is never told its tokens: they are estimated then, and the usage says so.
// One thread.
#pragma once

#include "pipelines/call_usage.h"

#include <gst/gst.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace centralita {

class UsageMeter {
 public:
  // Groq bills each request of Whisper as this much audio at least.
  static constexpr std::chrono::milliseconds kLeastAudio{10'000};

  void look(GstMessage* message);
  // With what is under way counted as cut off.
  CallUsage usage() const;

 private:
  struct Reply {
    bool asked = false;
    std::size_t characters = 0;  // of what it has said so far
  };
  void reply_over(std::uint32_t turn, bool cut_off);
  void count(CallUsage& usage, const Reply& reply) const;

  CallUsage usage_;
  std::map<std::uint32_t, Reply> replies_;                                  // under way
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> clauses_;  // by turn and clause
  std::int64_t last_input_ = 0;  // tokens of the last request that was told its count
};

}  // namespace centralita

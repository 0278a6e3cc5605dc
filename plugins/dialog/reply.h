// One answer of the agent while it is being made. Conversation's own.
#pragma once

#include "plugins/base/retry.h"
#include "plugins/dialog/conversation.h"

namespace centralita {

struct Conversation::Reply {
  explicit Reply(std::uint32_t t) : turn(t) {}

  const std::uint32_t turn;
  Slot request;                // the one under way
  Slot timer;                  // the wait before a second try, or for the results of tools
  std::uint64_t requests = 0;  // sent
  std::string url, model;      // of the last one

  SpeechText speech;
  ClauseSplitter splitter;
  std::string text;           // all of it
  std::uint32_t clauses = 0;  // sent downstream, of all rounds
  std::optional<Clock::TimePoint> asked;
  bool first_token_seen = false;
  ChatUsage usage;

  int rounds = 0;
  bool round_has_spoken = false;
  Retry retry{};                 // of this round
  bool on_fallback = false;      // from a failure on, to its end
  bool tool_use_failed = false;  // the second try is made with a cooler head
  std::set<std::string> open_calls;
  bool end_sent = false;  // downstream
  bool ending = false;    // all is decided: what comes now waits for the next

  // What a provisional reply has come to; acted on when it is confirmed.
  std::optional<ChatOutcome> outcome;
  std::optional<ChatFailure> failure;
};

}  // namespace centralita

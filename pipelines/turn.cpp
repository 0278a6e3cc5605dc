#include "pipelines/turn.h"

#include <glib.h>

#include <array>
#include <utility>

namespace centralita {
namespace {

using enum TurnState;

constexpr std::array kLegal = {
    std::pair{kIdle, kListening},          std::pair{kIdle, kSpeaking},
    std::pair{kIdle, kProcessing},         std::pair{kListening, kProcessing},
    std::pair{kListening, kSpeaking},      std::pair{kProcessing, kSpeaking},
    std::pair{kProcessing, kListening},    std::pair{kProcessing, kToolExecuting},
    std::pair{kProcessing, kInterrupted},  std::pair{kToolExecuting, kProcessing},
    std::pair{kToolExecuting, kSpeaking},  std::pair{kToolExecuting, kInterrupted},
    std::pair{kToolExecuting, kListening}, std::pair{kSpeaking, kListening},
    std::pair{kSpeaking, kInterrupted},    std::pair{kSpeaking, kToolExecuting},
    std::pair{kSpeaking, kProcessing},     std::pair{kInterrupted, kListening},
    std::pair{kInterrupted, kProcessing},
};

}  // namespace

const char* name_of(TurnState state) {
  switch (state) {
    case kIdle:
      return "idle";
    case kListening:
      return "listening";
    case kProcessing:
      return "processing";
    case kToolExecuting:
      return "tool_executing";
    case kSpeaking:
      return "speaking";
    case kInterrupted:
      return "interrupted";
    case kEnding:
      return "ending";
  }
  g_assert_not_reached();
}

bool is_legal(TurnState from, TurnState to) {
  if (to == kEnding)
    return from != kEnding;
  for (const auto& [a, b] : kLegal)
    if (a == from && b == to)
      return true;
  return false;
}

bool Turn::set_state(TurnState to) {
  if (to == state_)
    return true;
  if (state_ == kEnding)
    return false;  // what still arrives of a call that is over changes nothing
  if (!is_legal(state_, to)) {
#ifndef NDEBUG
    g_error("turn: %s -> %s is not a legal transition", name_of(state_), name_of(to));
#else
    g_warning("turn: %s -> %s is not a legal transition", name_of(state_), name_of(to));
    return false;
#endif
  }
  const auto from = std::exchange(state_, to);
  on_change_(from, to);
  return true;
}

}  // namespace centralita

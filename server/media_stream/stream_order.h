// What happens to a call beside its audio, told to its stream.
#pragma once

#include "plugins/dialog/variables.h"

#include <string>

namespace centralita {

struct StreamOrder {
  enum class Kind {
    kEnd,           // with `cause`; with a `text`, as a failure whose reason that is
    kHush,          // a machine plays its greeting: say nothing, hear nothing
    kMoves,         // the carrier is about to stop the stream, for `cause`
    kRings,         // another party is being rung for the caller, who stays meanwhile
    kCameBack,      // that party was not reached; the agent learns why by `text`
    kContext,       // `variables` and `text`, a note: the agent knows of them from now on
    kLeaveMessage,  // `text`, and then the call is over with `cause`
    kApologise,     // the agent's apology, and then the call has failed; `text`: the reason
  };
  Kind kind = Kind::kEnd;
  std::string cause, text;
  Variables variables = {};
};

}  // namespace centralita

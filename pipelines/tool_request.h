// One call of an HTTP tool: the request, its further tries, and what the model is told of it.
//
//   Slot request = ToolRequest::start(io, tool, {.session_id = id, .turn = 4}, arguments,
//                                     [](const ToolOutcome& outcome) { ... });
//
// A POST's body is {"tool", "call_id", "turn", "arguments"}; a GET has the arguments as its query.
// Every try of a call carries the same Idempotency-Key, so that a service acts once. With a secret,
// X-Centralita-Signature is "sha256=" and the hex HMAC-SHA256 of the body (of a GET, of the query).
// Redirects are not followed. The IoContext's thread only; dropping the Slot gives the call up, and
// the function is never called inside start().
#pragma once

#include "pipelines/http_tool.h"
#include "plugins/base/io_context.h"
#include "plugins/base/json.h"

#include <functional>
#include <string>

namespace centralita {

struct ToolOutcome {
  bool ok = false;
  std::string result;  // for the model: the answer's body, or what went wrong
  int status = 0;      // HTTP's; 0: there was no answer
  int tries = 0;
};

struct ToolCaller {
  std::string session_id;
  std::uint32_t turn = 0;
};

class ToolRequest {
 public:
  // More of an answer than a model should read; what is longer is refused, not cut.
  static constexpr std::size_t kLargestAnswer = 32 * 1024;

  static Slot start(const IoContext& io, const HttpTool& tool, const ToolCaller& caller,
                    const json::Object& arguments, std::function<void(const ToolOutcome&)> done);
};

// "call-turn-tool-" and 16 hex digits of the arguments' SHA-256: the same call with the same
// arguments in the same turn is the same request.
std::string idempotency_key(const ToolCaller& caller, const HttpTool& tool,
                            const json::Object& arguments);

}  // namespace centralita

// What the sandbox does wrong on demand: faults planned for the next requests, or asked for by one
// request in its X-Sandbox-Fault header; and how long its answers are held back.
//
// Belongs to the thread of the sandbox's main context.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/result.h"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace centralita::sandbox {

enum class Operation { kTranscription, kChat, kSynthesis };
const char* name_of(Operation operation);
std::optional<Operation> operation_named(std::string_view name);

// Everything that one answer gets wrong; several may go together.
struct Fault {
  std::optional<std::chrono::milliseconds> delay;  // before anything of the answer is sent
  std::optional<int> status;                       // an error answer of the provider's own shape
  std::optional<double> retry_after;               // seconds; with status 429
  bool stall = false;                              // half the answer, and then nothing
  std::chrono::milliseconds stall_for{0};          // 0: for good
  bool cut = false;                                // half the answer, and the connection closes
  bool malformed = false;                          // bytes that are not what the protocol says
  bool wrong_audio = false;                        // an HTML page with status 200
  bool stream_error = false;                       // chat: an error object in mid-stream

  bool any() const;
  // "delay=500, status=429, retry-after=7.5"; names: delay=MS status=CODE retry-after=S stall[=MS]
  // cut malformed wrong-audio stream-error.
  static Result<Fault> from_header(std::string_view text);
  // {"fault":"status","status":429,"retry_after":7.5} or {"fault":"delay","ms":500}
  static Result<Fault> from_json(const json::Object& object);
};

class FaultPlan {
 public:
  // The next `times` requests of that operation get it. 0: all until clear().
  void add(Operation operation, const Fault& fault, int times);
  void clear() { planned_.clear(); }
  std::optional<Fault> take(Operation operation);

 private:
  struct Planned {
    Fault fault;
    int left;  // 0: no end
  };
  std::map<Operation, std::deque<Planned>> planned_;
};

// An answer's first byte is not sent sooner than this after its request; 0 is as fast as the
// engines.
struct Latency {
  std::chrono::milliseconds transcription{0};
  std::chrono::milliseconds chat_first_token{0};
  std::chrono::milliseconds synthesis_first_byte{0};
  double tokens_per_second = 60;
};

}  // namespace centralita::sandbox

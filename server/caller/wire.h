// Wire is what a call's WebSocket speaks: pure formatting and parsing of one stream's messages, for
// both ways that this telephone can call. See wire_twilio.h and wire_simulator.h.
//
// The strings returned are valid until the next call of the same function. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::caller {

// One message of the server. Reused from message to message, so that nothing is allocated a frame.
struct WireMessage {
  enum class Kind {
    kUnknown,  // not a message of the protocol, or one that must be ignored: see violation
    kAudio,    // audio
    kMark,     // name
    kClear,
    kTranscript,  // role, text, turn, interrupted
    kState,       // name
    kTimings,     // turn, json
    kError,       // name (the code), text
    kEnd,         // name (the cause)
  };
  Kind kind = Kind::kUnknown;
  std::vector<std::int16_t> audio;  // mono S16 at the wire's rate
  std::string name, role, text, json;
  int turn = 0;
  bool interrupted = false;
  // What is wrong with it, empty when nothing is. A message of a known kind that only has a field
  // too many is honoured all the same, as the carrier does.
  std::string violation;

  void violates(const std::string& what) { violation += (violation.empty() ? "" : "; ") + what; }
};

class Wire {
 public:
  virtual ~Wire() = default;
  virtual int rate_hz() const = 0;
  // What is sent as soon as the WebSocket is open, in order.
  virtual std::vector<std::string> opening() = 0;
  virtual std::string_view media(std::span<const std::int16_t> frame) = 0;
  virtual std::string mark(std::string_view name) = 0;
  virtual std::optional<std::string> dtmf(char digit) = 0;  // empty: the protocol has none
  virtual std::string closing() = 0;
  // True: after closing() the server says what it has to say and closes the WebSocket.
  virtual bool server_closes_first() const = 0;
  virtual void parse(std::string_view text, WireMessage& message) = 0;
};

}  // namespace centralita::caller

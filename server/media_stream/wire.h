// How the server speaks on a media stream: one class a protocol, pure formatting. The text returned
// is the wire's until the next call.
#pragma once

#include "pipelines/call_records.h"
#include "pipelines/turn.h"
#include "pipelines/wire_format.h"

#include <cstdint>
#include <span>
#include <string>

namespace centralita {

class Wire {
 public:
  virtual ~Wire() = default;
  virtual const char* client_type() const = 0;
  virtual WireFormat format() const = 0;

  virtual const std::string& media(std::span<const std::uint8_t> frame) = 0;
  virtual const std::string& mark(const std::string& name) = 0;
  virtual const std::string& clear() = 0;

  // Of a far end that shows the conversation; an empty text is not sent.
  virtual std::string state(TurnState) { return {}; }
  virtual std::string turn(const TurnFinished&) { return {}; }
  virtual std::string clause(int, const std::string&) { return {}; }
  virtual std::string timings(int, const TurnTimings&) { return {}; }
  virtual std::string tool(const ToolFinished&) { return {}; }
  virtual std::string error(const std::string&, const std::string&) { return {}; }
  virtual std::string event(const CallEvent&) { return {}; }
  virtual std::string end(const CallEnded&) { return {}; }
};

}  // namespace centralita

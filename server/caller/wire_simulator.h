// The simulator's WebSocket (version 2), as a browser speaks it: S16LE at 16 kHz in base64, both
// ways.
#pragma once

#include "server/caller/wire.h"

#include <simdjson.h>

namespace centralita::caller {

class SimulatorWire final : public Wire {
 public:
  SimulatorWire(std::string stream_sid, std::string call_sid);

  int rate_hz() const override { return 16000; }
  std::vector<std::string> opening() override;  // start
  std::string_view media(std::span<const std::int16_t> frame) override;
  std::string mark(std::string_view name) override;
  std::optional<std::string> dtmf(char) override { return std::nullopt; }
  std::string closing() override;  // stop
  bool server_closes_first() const override { return true; }
  // Fields that are not known are not a violation: the protocol is our own and grows.
  void parse(std::string_view text, WireMessage& message) override;

 private:
  void parse_typed(simdjson::dom::object root, std::string_view type, WireMessage& message);

  const std::string stream_sid_, call_sid_;
  std::string media_text_;
  std::vector<std::uint8_t> bytes_;
  simdjson::dom::parser parser_;
};

}  // namespace centralita::caller

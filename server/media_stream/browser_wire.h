// The simulator's protocol, server to browser: 16 bit PCM at 16 kHz or, to hear an agent as a
// telephone does, G.711 at 8 kHz; and beside the audio all that the page shows. See
// docs/protocol.md.
#pragma once

#include "server/media_stream/wire.h"

#include <optional>

namespace centralita {

// The format that a start message asks for; an empty name is PCM. Empty: there is no such one.
std::optional<WireFormat> browser_format(const std::string& encoding);

class BrowserWire final : public Wire {
 public:
  explicit BrowserWire(WireFormat format = {WireFormat::Encoding::kPcm, 16000}) : format_(format) {}

  const char* client_type() const override { return "browser"; }
  WireFormat format() const override { return format_; }

  const std::string& media(std::span<const std::uint8_t> frame) override;
  const std::string& mark(const std::string& name) override;
  const std::string& clear() override;
  std::string state(TurnState state) override;
  std::string turn(const TurnFinished& turn) override;
  std::string clause(int turn, const std::string& text) override;
  std::string timings(int turn, const TurnTimings& timings) override;
  std::string tool(const ToolFinished& tool) override;
  std::string error(const std::string& code, const std::string& text) override;
  std::string event(const CallEvent& event) override;
  std::string end(const CallEnded& end) override;

 private:
  const WireFormat format_;
  std::string text_;
};

}  // namespace centralita

// What a call costs, by a table of prices that the operator fills in: the file that
// CENTRALITA_PRICES names. Nothing is known without it, and no price is made up.
//
//   {"currency": "USD",
//    "stt_per_hour": {"MODEL": 0.0},
//    "llm_per_million_tokens": {"MODEL": {"input": 0.0, "output": 0.0}},
//    "tts_per_million_characters": 0.0,
//    "telephony_per_minute": {"twilio": {"inbound": 0.0, "outbound": 0.0}}}
//
// Immutable: any thread.
#pragma once

#include "pipelines/call_usage.h"
#include "plugins/base/result.h"

#include <map>
#include <optional>
#include <string>

namespace centralita {

class Prices {
 public:
  Prices() = default;  // none
  // The error says what in the text is wrong.
  static Result<Prices> parse(const std::string& text);
  // Of a file; an empty path: none.
  static Result<Prices> load(const std::string& path);

  bool empty() const { return currency_.empty(); }
  // {"amount", "currency", "parts": {"stt", "llm", "tts", "telephony"}, "missing": [...]}: what was
  // used and has no price is in `missing`, and the amount is too low then. Empty: no prices at all.
  // Minutes of telephone are begun ones, as carriers count.
  std::string cost(const CallUsage& usage) const;

 private:
  struct Tokens {
    double input = 0, output = 0;
  };
  std::string currency_;
  std::map<std::string, double> stt_hour_;
  std::map<std::string, Tokens> llm_million_;
  std::optional<double> tts_million_;
  std::map<std::string, double> minute_;  // "twilio inbound"
};

}  // namespace centralita

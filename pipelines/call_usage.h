// What a call has used of its providers, as they bill it. Filled in while the call goes on and
// handed over with its end.
#pragma once

#include "plugins/base/json.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace centralita {

struct CallUsage {
  // Audio sent to be transcribed, of every request that was begun: also of those that were
  // withdrawn when the caller went on.
  std::chrono::milliseconds stt_audio{0};
  int stt_requests = 0;
  std::string stt_model;

  std::int64_t llm_input_tokens = 0, llm_output_tokens = 0;
  int llm_requests = 0;
  // Some of the tokens are an estimate: a reply that is cut off is never told its count.
  bool llm_estimated = false;
  std::string llm_model;

  // Characters of the text that was sent to be spoken; what came from the cache costs nothing.
  std::int64_t tts_characters = 0;
  int tts_requests = 0;

  // The telephone's: "twilio", "telnyx"; empty: there was none.
  std::string carrier, direction;
  std::chrono::milliseconds line{0};

  friend bool operator==(const CallUsage&, const CallUsage&) = default;
};

// {"stt": {"seconds", "requests", "model"}, "llm": {"input_tokens", "output_tokens", "requests",
// "estimated", "model"}, "tts": {"characters", "requests"},
// "telephony": {"carrier", "direction", "seconds"} or null}
json::Object to_json(const CallUsage& usage);
CallUsage usage_of(const json::Object& usage);

}  // namespace centralita

// One streamed chat completion over HTTP: a body in, text as it is written, and at the end either
// an outcome or a failure.
//
// Everything happens on `io`'s thread, start_chat() included, and never inside start_chat() itself.
// Dropping the Slot closes the connection, and no function is called any more; the functions may
// drop it themselves.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/dialog/chat_stream.h"

namespace centralita {

struct ChatEndpoint {
  std::string base_url;  // without a slash at its end: "https://api.groq.com/openai/v1"
  std::string api_key;   // empty: no Authorization header
  HttpDeadlines deadlines;

  std::string url() const { return base_url + "/chat/completions"; }
};

struct ChatOutcome {
  std::string finish_reason;
  ChatUsage usage;
  std::vector<ToolCall> tool_calls;
};

struct ChatFailure {
  ProviderError error;
  bool tool_use_failed = false;
};

struct ChatHandlers {
  std::function<void(const std::string& text)> on_text;
  std::function<void(const ChatOutcome&)> on_done;
  std::function<void(const ChatFailure&)> on_failure;  // instead of on_done
};

Slot start_chat(const IoContext& io, const ChatEndpoint& endpoint, std::string body,
                ChatHandlers handlers);

// What is known before anything is sent: Groq itself takes no request without a key.
std::optional<ProviderError> check_endpoint(const ChatEndpoint& endpoint);

}  // namespace centralita

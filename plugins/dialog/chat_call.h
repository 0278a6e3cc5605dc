// One streamed chat completion over HTTP: a body in, text as it is written, and at the end either
// an outcome or a failure.
//
// Everything happens on `io`'s thread, start_chat() included, and never inside start_chat() itself.
// Dropping the Slot closes the connection, and no function is called any more; the functions may
// drop it themselves.
#pragma once

#include "plugins/base/provider_settings.h"
#include "plugins/dialog/chat_stream.h"

namespace centralita {

inline constexpr ProviderInfo kChat{
    .provider = "groq",
    .operation = "chat",
    .url_property = "base-url",
    .url_blurb = "Of the API, without /chat/completions; empty: GROQ_BASE_URL, or Groq's",
    .url_variable = "GROQ_BASE_URL",
    .key_variable = "GROQ_API_KEY",
    .choice = "model",
    .fallback_url_variable = "GROQ_FALLBACK_BASE_URL",
    .fallback_key_variable = "GROQ_FALLBACK_API_KEY",
    .hosts = {"groq.com"}};

std::string chat_url(const ProviderSettings& endpoint);

struct ChatOutcome {
  std::string finish_reason;
  ChatUsage usage;
  std::vector<ToolCall> tool_calls;
};

struct ChatFailure {
  ProviderError error;
  bool tool_use_failed = false;
  std::string refusal;  // the body of an answer with a status of failure
};

struct ChatHandlers {
  std::function<void(const std::string& text)> on_text;
  std::function<void(const ChatOutcome&)> on_done;
  std::function<void(const ChatFailure&)> on_failure;  // instead of on_done
};

// `endpoint` is resolved.
Slot start_chat(const IoContext& io, const ProviderSettings& endpoint, std::string body,
                ChatHandlers handlers);

}  // namespace centralita

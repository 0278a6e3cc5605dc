#include "plugins/dialog/chat_stream.h"

#include "plugins/dialog/utf8.h"

namespace centralita {
namespace {

using Code = ProviderError::Code;

struct KnownError {
  const char* word;  // its code or type
  Code code;
};
constexpr KnownError kKnownErrors[] = {
    {"invalid_api_key", Code::kBadKey},          {"model_decommissioned", Code::kModelRetired},
    {"rate_limit_exceeded", Code::kRateLimited}, {"capacity_exceeded", Code::kRateLimited},
    {"tool_use_failed", Code::kBadRequest},      {"json_validate_failed", Code::kBadRequest},
    {"model_not_found", Code::kBadRequest},      {"invalid_request_error", Code::kBadRequest},
};

ChatStreamError malformed(std::string detail) {
  constexpr std::size_t kQuoted = 300;
  if (detail.size() > kQuoted)
    detail.resize(kQuoted);
  return {.code = Code::kMalformed, .detail = std::move(detail)};
}

}  // namespace

ChatStreamError read_chat_error(const json::Object& error) {
  const auto code = error.string("code").value_or("");
  const auto type = error.string("type").value_or("");
  ChatStreamError result{
      .code = Code::kUnavailable,
      .detail = error.string("message").value_or(json::Object(error).to_string()),
      .tool_use_failed = code == "tool_use_failed" || type == "tool_use_failed"};
  for (const auto& known : kKnownErrors)
    if (code == known.word || type == known.word) {
      result.code = known.code;
      break;
    }
  if (!code.empty())
    result.detail += " [" + code + "]";
  return result;
}

Result<std::string, ChatStreamError> ChatStream::push(std::string_view data) {
  if (trimmed(data) == "[DONE]") {
    done_ = true;
    return std::string();
  }
  const auto document = json::parse(data);
  if (!document || !document->is_object())
    return Unexpected(malformed("not a JSON object in the stream: " + std::string(data)));
  const auto chunk = document->object();
  const auto extension = chunk.object("x_groq");
  for (const auto& holder : {std::optional(chunk), extension}) {
    if (!holder || !holder->has("error"))
      continue;
    if (const auto error = holder->object("error"))
      return Unexpected(read_chat_error(*error));
    if (const auto text = holder->string("error"))
      return Unexpected(ChatStreamError{.code = Code::kUnavailable, .detail = *text});
  }
  read_usage(chunk);
  if (extension)
    read_usage(*extension);

  std::string text;
  if (!chunk.has("choices"))
    return text;  // some servers send pings and usage so
  const auto choices = chunk.array("choices");
  if (!choices)
    return Unexpected(malformed("choices is not an array: " + std::string(data)));
  for (const auto& choice : choices->objects()) {
    if (const auto delta = choice.object("delta")) {
      text += delta->string("content").value_or("");
      for (const auto& call : delta->objects("tool_calls")) read_tool_call(call);
    }
    if (const auto reason = choice.string("finish_reason"))
      finish_reason_ = *reason;
  }
  return text;
}

void ChatStream::read_tool_call(const json::Object& call) {
  const auto index = call.integer("index").value_or(static_cast<std::int64_t>(tool_calls_.size()));
  auto& known = tool_calls_[index];
  if (known.id.empty())
    known.id = call.string("id").value_or("");
  const auto function = call.object("function");
  if (!function)
    return;
  if (known.name.empty())
    known.name = function->string("name").value_or("");
  known.arguments += function->string("arguments").value_or("");
}

void ChatStream::read_usage(const json::Object& chunk) {
  const auto usage = chunk.object("usage");
  if (!usage)
    return;
  usage_.prompt_tokens =
      static_cast<int>(usage->integer("prompt_tokens").value_or(usage_.prompt_tokens));
  usage_.completion_tokens =
      static_cast<int>(usage->integer("completion_tokens").value_or(usage_.completion_tokens));
}

std::vector<ToolCall> ChatStream::tool_calls() const {
  std::vector<ToolCall> calls;
  for (const auto& [index, call] : tool_calls_) {
    calls.push_back(call);
    if (calls.back().arguments.empty())
      calls.back().arguments = "{}";
  }
  return calls;
}

}  // namespace centralita

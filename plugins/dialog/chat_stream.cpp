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

// {"error":{...}}, {"error":"..."}, {"object":"error","message":...}, {"detail":"..."}
std::optional<ChatStreamError> find_error(const json::Object& chunk) {
  if (const auto error = chunk.object("error"))
    return read_chat_error(*error);
  if (const auto text = chunk.string("error"))
    return ChatStreamError{.code = Code::kUnavailable, .detail = *text};
  if (chunk.string("object") == "error")
    return read_chat_error(chunk);
  if (const auto text = chunk.string("detail"); text && !chunk.has("choices"))
    return ChatStreamError{.code = Code::kUnavailable, .detail = *text};
  return std::nullopt;
}

// A string, or an array of parts of which those of type "text" are said.
std::string content_of(const json::Object& delta) {
  if (const auto text = delta.string("content"))
    return *text;
  std::string text;
  for (const auto& part : delta.objects("content"))
    if (part.string("type").value_or("text") == "text")
      text += part.string("text").value_or("");
  return text;
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
  for (const auto& holder : {std::optional(chunk), extension})
    if (const auto error = holder ? find_error(*holder) : std::nullopt)
      return Unexpected(*error);
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
    const auto delta = choice.has("delta") ? choice.object("delta") : choice.object("message");
    if (delta) {
      text += content_of(*delta);
      for (const auto& call : delta->objects("tool_calls")) read_tool_call(call);
    }
    if (const auto reason = choice.string("finish_reason"))
      finish_reason_ = *reason;
  }
  return text;
}

// The call that a piece belongs to: by its index; without one, by its id, and with neither to the
// last. A new id under an index that has one already is another call.
ChatStream::PartOfCall& ChatStream::call_for(const json::Object& part) {
  const auto index = part.integer("index");
  const auto id = part.string("id").value_or("");
  for (auto known = tool_calls_.rbegin(); known != tool_calls_.rend(); ++known) {
    const auto& known_id = known->call.id;
    if (index ? known->index == *index && (id.empty() || known_id.empty() || known_id == id)
              : id.empty() || known_id == id)
      return *known;
  }
  const auto next = static_cast<std::int64_t>(tool_calls_.size());
  return tool_calls_.emplace_back(PartOfCall{index.value_or(next), {.id = id}});
}

void ChatStream::read_tool_call(const json::Object& part) {
  auto& call = call_for(part).call;
  if (call.id.empty())
    call.id = part.string("id").value_or("");
  const auto function = part.object("function");
  if (!function)
    return;
  if (call.name.empty())
    call.name = function->string("name").value_or("");
  if (const auto object = function->object("arguments"))
    call.arguments += object->to_string();
  else
    call.arguments += function->string("arguments").value_or("");
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
  for (const auto& part : tool_calls_) {
    calls.push_back(part.call);
    if (calls.back().arguments.empty())
      calls.back().arguments = "{}";
  }
  return calls;
}

}  // namespace centralita

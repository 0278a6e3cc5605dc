// POST /openai/v1/chat/completions, streamed and whole, and GET /openai/v1/models.
#include "server/sandbox/extractor.h"
#include "server/sandbox/script.h"
#include "server/sandbox/services.h"

#include <algorithm>

namespace centralita::sandbox {
namespace {

constexpr const char* kModels[] = {"openai/gpt-oss-120b",          "openai/gpt-oss-20b",
                                   "openai/gpt-oss-safeguard-20b", "qwen/qwen3.8-27b",
                                   "minimaxai/minimax-m2.7",       "whisper-large-v3",
                                   "whisper-large-v3-turbo",       "sandbox"};
constexpr const char* kRetired[] = {"llama-3.1-8b-instant",
                                    "llama-3.3-70b-versatile",
                                    "qwen/qwen3.6-27b",
                                    "qwen/qwen3-32b",
                                    "meta-llama/llama-4-scout-17b-16e-instruct",
                                    "groq/compound",
                                    "groq/compound-mini"};

struct Completion {
  std::string id = "chatcmpl-" + random_id(32);
  std::string request_id = groq_request_id();
  std::string model;
  std::int64_t created = g_get_real_time() / G_USEC_PER_SEC;
  std::string finish_reason = "stop";
  std::string text;
  std::optional<ScriptCall> call;
  std::string call_id = random_id(9);
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  double seconds = 0;
};

// About what a tokenizer makes of it: a word with the space before it, or the punctuation after.
std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool mark = std::string_view(".,;:!?").find(text[i]) != std::string_view::npos;
    if (tokens.empty() || text[i] == ' ' || mark)
      tokens.emplace_back();
    tokens.back() += text[i];
  }
  return tokens;
}

json::Object usage_of(const Completion& completion) {
  return json::Object()
      .set("queue_time", 0.012)
      .set("prompt_tokens", completion.prompt_tokens)
      .set("prompt_time", static_cast<double>(completion.prompt_tokens) / 20000)
      .set("completion_tokens", completion.completion_tokens)
      .set("completion_time", completion.seconds)
      .set("total_tokens", completion.prompt_tokens + completion.completion_tokens)
      .set("total_time", completion.seconds + static_cast<double>(completion.prompt_tokens) / 20000)
      .set("prompt_tokens_details", json::Object().set("cached_tokens", 0))
      .set("completion_tokens_details", json::Object().set("reasoning_tokens", 0));
}

json::Object call_object(const Completion& completion, bool in_stream) {
  json::Object call;
  call.set("id", completion.call_id)
      .set("type", "function")
      .set("function", json::Object()
                           .set("name", completion.call->name)
                           .set("arguments", completion.call->arguments));
  if (in_stream)
    call.set("index", 0);
  return call;
}

json::Object root_of(const Completion& completion, const char* object) {
  return json::Object()
      .set("id", completion.id)
      .set("object", object)
      .set("created", completion.created)
      .set("model", completion.model)
      .set("system_fingerprint", "fp_sandbox");
}

json::Object chunk(const Completion& completion, const json::Object& delta,
                   std::optional<std::string> finish) {
  return root_of(completion, "chat.completion.chunk")
      .set("choices", json::Array().add(json::Object()
                                            .set("index", 0)
                                            .set("delta", delta)
                                            .set("logprobs", nullptr)
                                            .set("finish_reason", finish)));
}

std::string event(const json::Object& object) { return "data: " + object.to_string() + "\n\n"; }

// A stream under way. It holds itself through its own timer, and ends with the exchange.
struct Stream {
  std::shared_ptr<Exchange> exchange;
  Completion completion;
  std::vector<std::string> tokens;
  std::size_t next = 0;
  std::chrono::nanoseconds interval{0};
  Slot timer;
};

void close_stream(Stream& stream) {
  const auto usage = usage_of(stream.completion);
  stream.exchange->write(
      event(chunk(stream.completion, json::Object(), stream.completion.finish_reason)
                .set("usage", usage)
                .set("x_groq",
                     json::Object().set("id", stream.completion.request_id).set("usage", usage))));
  stream.exchange->write("data: [DONE]\n\n");
  stream.exchange->end();
}

void next_token(const std::shared_ptr<Stream>& stream) {
  auto& s = *stream;
  if (s.exchange->gone())
    return;
  const auto& fault = s.exchange->fault();
  if (s.next == 2 && fault.malformed)
    s.exchange->write("data: {\"id\":\"" + s.completion.id +
                      "\",\"choices\":[{\"delta\":{\"conte\n\n");
  if (s.next == 2 && fault.stream_error) {
    s.exchange->write(
        "data: {\"error\":{\"message\":\"Internal Server "
        "Error\",\"type\":\"internal_server_error\"}}\n\n");
    return s.exchange->end();
  }
  if (s.next == s.tokens.size())
    return close_stream(s);
  s.exchange->write(
      event(chunk(s.completion, json::Object().set("content", s.tokens[s.next++]), {})));
  s.timer = s.exchange->after(s.interval, [stream] { next_token(stream); });
}

void stream_completion(Services& services, std::shared_ptr<Exchange> exchange,
                       Completion completion, std::vector<std::string> tokens,
                       const Headers& headers) {
  const auto stream = std::make_shared<Stream>();
  stream->exchange = exchange;
  stream->completion = std::move(completion);
  stream->tokens = std::move(tokens);
  stream->interval =
      std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / services.latency.tokens_per_second));
  exchange->on_gone = [stream] { stream->timer.reset(); };
  exchange->begin_stream("text/event-stream", headers);
  json::Object role;
  role.set("role", "assistant");
  if (stream->completion.call)
    role.set("content", nullptr);
  else
    role.set("content", "");
  exchange->write(event(
      chunk(stream->completion, role, {})
          .set("x_groq",
               json::Object().set("id", stream->completion.request_id).set("seed", 1106560158))));
  const auto first = std::max(services.latency.chat_first_token,
                              exchange->fault().delay.value_or(std::chrono::milliseconds(0)));
  stream->timer = exchange->after(first, [stream] {
    if (!stream->completion.call)
      return next_token(stream);
    stream->exchange->write(event(chunk(
        stream->completion,
        json::Object().set("tool_calls", json::Array().add(call_object(stream->completion, true))),
        {})));
    close_stream(*stream);
  });
}

std::string whole_body(const Completion& completion) {
  json::Object message;
  message.set("role", "assistant");
  if (completion.call)
    message.set("content", nullptr)
        .set("tool_calls", json::Array().add(call_object(completion, false)));
  else
    message.set("content", completion.text);
  return root_of(completion, "chat.completion")
      .set("choices", json::Array().add(json::Object()
                                            .set("index", 0)
                                            .set("message", message)
                                            .set("logprobs", nullptr)
                                            .set("finish_reason", completion.finish_reason)))
      .set("usage", usage_of(completion))
      .set("service_tier", "on_demand")
      .set("x_groq", json::Object().set("id", completion.request_id))
      .to_string();
}

// `content` may be a string or a list of parts, of which those of type text count.
std::string content_of(const json::Object& message) {
  if (auto text = message.string("content"))
    return *text;
  std::string all;
  for (const auto& part : message.objects("content")) all += part.string("text").value_or("");
  return all;
}

Result<std::vector<ScriptMessage>> messages_of(const json::Object& request) {
  const auto list = request.array("messages");
  if (!list || list->size() == 0)
    return Unexpected("'messages' : minimum number of items is 1");
  std::vector<ScriptMessage> messages;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto* node = list->node(i);
    const auto where = "'messages." + std::to_string(i) + "' : ";
    if (!JSON_NODE_HOLDS_OBJECT(node))
      return Unexpected(where + "value must be an object");
    const json::Object message(json_node_get_object(node));
    const auto role = message.string("role").value_or("");
    if (role != "system" && role != "developer" && role != "user" && role != "assistant" &&
        role != "tool")
      return Unexpected(where + "discriminator property 'role' has invalid value");
    if (role == "tool" && !message.string("tool_call_id"))
      return Unexpected(where + "'tool_call_id' is required");
    if ((role == "user" || role == "system") && !message.has("content"))
      return Unexpected(where + "'content' is required");
    messages.push_back({role == "developer" ? "system" : role, content_of(message)});
  }
  return messages;
}

Result<std::vector<ScriptTool>> tools_of(const json::Object& request) {
  std::vector<ScriptTool> tools;
  for (const auto& tool : request.objects("tools")) {
    const auto function = tool.object("function");
    const auto name = function ? function->string("name") : std::nullopt;
    if (tool.string("type") != "function" || !name || name->empty() || name->size() > 64)
      return Unexpected(
          "'tools' : every tool needs type \"function\" and a function name of 1 to 64 letters");
    tools.push_back(
        {*name, function->string("description").value_or(""), function->object("parameters")});
  }
  if (tools.size() > 128)
    return Unexpected("'tools' : maximum number of items is 128");
  return tools;
}

}  // namespace

std::optional<GroqError> model_error(std::string_view model) {
  if (std::find(std::begin(kRetired), std::end(kRetired), model) != std::end(kRetired)) {
    return GroqError{400,
                     "The model `" + std::string(model) +
                         "` has been decommissioned and is no longer supported. Please refer to "
                         "https://console.groq.com/docs/deprecations for a recommendation on which "
                         "model to use instead.",
                     "invalid_request_error", "model_decommissioned", ""};
  }
  if (std::find(std::begin(kModels), std::end(kModels), model) == std::end(kModels))
    return groq_error(404, model, {});
  return std::nullopt;
}

void handle_models(Services& services, std::shared_ptr<Exchange> exchange) {
  json::Array list;
  for (const auto* model : kModels) {
    const std::string_view name = model;
    const auto slash = name.find('/');
    list.add(
        json::Object()
            .set("id", name)
            .set("object", "model")
            .set("created", 1754407957)
            .set("owned_by", slash == std::string_view::npos ? "sandbox" : name.substr(0, slash))
            .set("active", true)
            .set("context_window", name.starts_with("whisper") ? 448 : 131072)
            .set("max_completion_tokens", name.starts_with("whisper") ? 448 : 65536)
            .set("public_apps", nullptr));
  }
  exchange->answer(200, "application/json",
                   json::Object().set("object", "list").set("data", list).to_string(),
                   services.limits.headers(0));
}

void handle_chat(Services& services, std::shared_ptr<Exchange> exchange) {
  const auto bad = [&](std::string message, std::string param = "") {
    answer_error(*exchange,
                 {400, std::move(message), "invalid_request_error", "", std::move(param)});
  };
  const auto document = json::parse(exchange->body());
  if (!document)
    return bad("request body is not valid JSON: " + document.error());
  if (!document->is_object())
    return bad("request body must be a JSON object");
  const auto request = document->object();
  services.note(Operation::kChat, request);
  const auto model = request.string("model").value_or("");
  if (model.empty())
    return bad("'model' : property is required", "model");
  if (auto error = model_error(model))
    return answer_error(*exchange, *error);
  if (model.starts_with("whisper"))
    return bad("The model `" + model + "` does not support chat completions", "model");
  const auto messages = messages_of(request);
  if (!messages)
    return bad(messages.error(), "messages");
  const auto tools = tools_of(request);
  if (!tools)
    return bad(tools.error(), "tools");
  if (request.integer("n").value_or(1) != 1)
    return bad("'n' : number must be at most 1", "n");
  const bool streamed = request.boolean("stream").value_or(false);
  const auto format = request.object("response_format");
  const auto format_type = format ? format->string("type").value_or("text") : "text";
  if (format_type == "json_schema" && (streamed || !tools->empty()))
    return bad("response_format `json_schema` does not support streaming or tool use",
               "response_format");

  auto choice = ToolChoice::kAuto;
  auto offered = *tools;
  if (const auto word = request.string("tool_choice")) {
    choice = *word == "none"       ? ToolChoice::kNone
             : *word == "required" ? ToolChoice::kRequired
                                   : choice;
  } else if (const auto chosen = request.object("tool_choice")) {
    const auto name =
        chosen->object("function").value_or(json::Object()).string("name").value_or("");
    std::erase_if(offered, [&](const auto& tool) { return tool.name != name; });
    if (offered.empty())
      return bad("'tool_choice' : function `" + name + "` is not among the tools", "tool_choice");
    choice = ToolChoice::kRequired;
  }
  auto reply = script_reply(*messages, offered, choice);
  const auto extracted = format_type == "text" ? std::nullopt : extract(*messages);
  if (extracted)
    reply = {.text = *extracted, .call = std::nullopt};
  else if (format_type != "text" && !reply.call)
    reply.text = json::Object().set("reply", reply.text).to_string();

  Completion completion;
  completion.model = model;
  auto tokens = tokens_of(reply.text);
  const auto most = request.integer("max_completion_tokens")
                        .value_or(request.integer("max_tokens").value_or(65536));
  if (!reply.call && static_cast<std::int64_t>(tokens.size()) > most) {
    tokens.resize(static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
    completion.finish_reason = "length";
  }
  for (const auto& token : tokens) completion.text += token;
  completion.call = reply.call;
  if (reply.call)
    completion.finish_reason = "tool_calls";
  completion.prompt_tokens = static_cast<std::int64_t>(exchange->body().size() / 4);
  completion.completion_tokens =
      static_cast<std::int64_t>(reply.call ? reply.call->arguments.size() / 4 + 8 : tokens.size());
  completion.seconds =
      static_cast<double>(completion.completion_tokens) / services.latency.tokens_per_second;
  const auto headers =
      services.limits.headers(completion.prompt_tokens + completion.completion_tokens);
  if (streamed)
    return stream_completion(services, exchange, std::move(completion), std::move(tokens), headers);
  exchange->set_least_latency(
      services.latency.chat_first_token +
      std::chrono::milliseconds(static_cast<int>(completion.seconds * 1000)));
  exchange->answer(200, "application/json", whole_body(completion), headers);
}

}  // namespace centralita::sandbox

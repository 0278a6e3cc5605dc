#include "plugins/dialog/chat_history.h"

#include "plugins/dialog/token_estimate.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>
#include <array>
#include <optional>

namespace centralita {
namespace {

using Role = ChatMessage::Role;

constexpr std::array<std::pair<Role, const char*>, 4> kRoles = {{{Role::kSystem, "system"},
                                                                 {Role::kUser, "user"},
                                                                 {Role::kAssistant, "assistant"},
                                                                 {Role::kTool, "tool"}}};

const char* name_of(Role role) {
  return std::find_if(kRoles.begin(), kRoles.end(), [role](auto& r) { return r.first == role; })
      ->second;
}

std::optional<Role> role_of(std::string_view name) {
  for (const auto& [role, known] : kRoles)
    if (name == known)
      return role;
  return std::nullopt;
}

std::size_t count_visible(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_blank(c); }));
}

// Where the `visible` first bytes that are not blanks end.
std::size_t after_visible(std::string_view text, std::size_t visible) {
  std::size_t at = 0;
  for (; at < text.size() && visible > 0; ++at) visible -= !is_blank(text[at]);
  return at;
}

Result<ChatMessage> parse_message(const json::Object& object) {
  const auto role = role_of(object.string("role").value_or(""));
  if (!role)
    return Unexpected("its role is not system, user, assistant or tool");
  ChatMessage message{.role = *role, .content = object.string("content").value_or("")};
  for (const auto& call : object.objects("tool_calls")) {
    const auto function = call.object("function");
    const auto id = call.string("id");
    if (!function || !id || !function->string("name"))
      return Unexpected("a tool call needs an id and a function with a name");
    message.tool_calls.push_back(
        {*id, *function->string("name"), function->string("arguments").value_or("{}")});
  }
  message.tool_call_id = object.string("tool_call_id").value_or("");
  if (!object.string("content") && message.tool_calls.empty())
    return Unexpected("it has neither content nor tool calls");
  if (*role != Role::kAssistant && !message.tool_calls.empty())
    return Unexpected("only an assistant message can have tool calls");
  return message;
}

}  // namespace

std::size_t ChatMessage::tokens() const {
  constexpr std::size_t kFrame = 4;  // what a template writes around a message
  auto tokens = kFrame + estimate_tokens(content);
  for (const auto& call : tool_calls)
    tokens += kFrame + estimate_tokens(call.name) + estimate_tokens(call.arguments);
  return tokens;
}

json::Object ChatMessage::to_json() const {
  json::Object object;
  object.set("role", name_of(role));
  if (content.empty() && !tool_calls.empty())
    object.set("content", nullptr);
  else
    object.set("content", content);
  if (!tool_calls.empty()) {
    json::Array calls;
    for (const auto& call : tool_calls)
      calls.add(json::Object()
                    .set("id", call.id)
                    .set("type", "function")
                    .set("function",
                         json::Object().set("name", call.name).set("arguments", call.arguments)));
    object.set("tool_calls", calls);
  }
  if (role == Role::kTool)
    object.set("tool_call_id", tool_call_id);
  return object;
}

void ChatHistory::add_user(std::string_view text) {
  const auto words = trimmed(text);
  if (words.empty())
    return;
  if (ends_with_user())
    messages_.back().content.append(" ").append(words);
  else
    messages_.push_back({.role = Role::kUser, .content = std::string(words)});
}

bool ChatHistory::retract_user(std::string_view text) {
  const auto words = trimmed(text);
  if (words.empty() || !ends_with_user() || !messages_.back().content.ends_with(words))
    return false;
  auto& content = messages_.back().content;
  content = trimmed(std::string_view(content).substr(0, content.size() - words.size()));
  if (content.empty())
    messages_.pop_back();
  return true;
}

void ChatHistory::append_assistant(std::uint32_t turn, std::string_view text) {
  const bool goes_on = !messages_.empty() && messages_.back().role == Role::kAssistant &&
                       messages_.back().turn == turn && messages_.back().tool_calls.empty();
  if (goes_on) {
    messages_.back().content += text;
    return;
  }
  const auto first = text.find_first_not_of(kBlank);
  if (first != std::string_view::npos)
    messages_.push_back(
        {.role = Role::kAssistant, .content = std::string(text.substr(first)), .turn = turn});
}

void ChatHistory::add_tool_calls(std::uint32_t turn, std::vector<ToolCall> calls) {
  const bool goes_on = !messages_.empty() && messages_.back().role == Role::kAssistant &&
                       messages_.back().turn == turn && messages_.back().tool_calls.empty();
  if (!goes_on)
    messages_.push_back({.role = Role::kAssistant, .turn = turn});
  messages_.back().tool_calls = std::move(calls);
}

void ChatHistory::add_tool_result(std::uint32_t turn, std::string_view id,
                                  std::string_view content) {
  messages_.push_back({.role = Role::kTool,
                       .content = std::string(content),
                       .tool_call_id = std::string(id),
                       .turn = turn});
}

std::set<std::string> ChatHistory::unanswered_calls() const {
  std::set<std::string> answered, open;
  for (auto message = messages_.rbegin(); message != messages_.rend(); ++message) {
    if (message->role == Role::kTool)
      answered.insert(message->tool_call_id);
    if (message->tool_calls.empty())
      continue;
    for (const auto& call : message->tool_calls)
      if (!answered.contains(call.id))
        open.insert(call.id);
    break;
  }
  return open;
}

void ChatHistory::close_calls(std::uint32_t turn, std::string_view content) {
  for (const auto& id : unanswered_calls()) {
    add_tool_result(turn, id, content);
    messages_.back().placeholder = true;
  }
}

bool ChatHistory::complete_tool_result(std::string_view id, std::string_view content) {
  const auto found = std::find_if(messages_.rbegin(), messages_.rend(), [id](const auto& message) {
    return message.placeholder && message.tool_call_id == id;
  });
  if (found == messages_.rend())
    return false;
  found->content = content;
  found->placeholder = false;
  return true;
}

bool ChatHistory::has_call(std::string_view id) const {
  return std::any_of(messages_.begin(), messages_.end(), [id](const auto& message) {
    return std::any_of(message.tool_calls.begin(), message.tool_calls.end(),
                       [id](const auto& call) { return call.id == id; });
  });
}

void ChatHistory::cut(std::uint32_t turn, std::string_view heard) {
  auto left = trimmed(heard);
  for (auto& message : messages_) {
    if (message.role != Role::kAssistant || message.turn != turn)
      continue;
    const auto said = count_visible(message.content);
    if (said < count_visible(left)) {
      left = trimmed(left.substr(after_visible(left, said)));
    } else {
      message.content = left;
      left = {};
    }
  }
  std::erase_if(messages_, [turn](const ChatMessage& message) {
    return message.role == Role::kAssistant && message.turn == turn && message.content.empty() &&
           message.tool_calls.empty();
  });
}

bool ChatHistory::ends_with_user() const {
  return !messages_.empty() && messages_.back().role == Role::kUser;
}

std::vector<ChatMessage> ChatHistory::window(std::size_t count, std::size_t tokens) const {
  const auto size = messages_.size();
  const auto whole = [this](std::size_t start) {
    while (start > 0 && messages_[start].role == Role::kTool) --start;
    return start;
  };
  auto start = size - std::min(size, std::max<std::size_t>(count, 1));
  if (start < size)
    start = whole(start);
  const auto kept = [this](std::size_t i, std::size_t from) {
    return i >= from || messages_[i].role == Role::kSystem;
  };
  const auto last = size > 0 ? whole(size - 1) : 0;
  for (; tokens != kAnyNumber && start < last; ++start) {
    std::size_t cost = 0;
    for (std::size_t i = 0; i < size; ++i)
      if (kept(i, start))
        cost += messages_[i].tokens();
    if (cost <= tokens && messages_[start].role != Role::kTool)
      break;
  }
  std::vector<ChatMessage> window;
  for (std::size_t i = 0; i < size; ++i)
    if (kept(i, start))
      window.push_back(messages_[i]);
  return window;
}

std::string ChatHistory::to_json() const {
  json::Array array;
  for (const auto& message : messages_) array.add(message.to_json());
  return array.to_string();
}

Result<ChatHistory> ChatHistory::from_json(std::string_view text) {
  const auto document = json::parse(text);
  if (!document)
    return Unexpected(document.error());
  if (!document->is_array())
    return Unexpected("the history is not an array of messages");
  ChatHistory history;
  const auto array = document->array();
  const auto objects = array.objects();
  if (objects.size() != array.size())
    return Unexpected("a message is not an object");
  const auto close_calls = [&history] { history.close_calls(0, kNoAnswer); };
  for (std::size_t i = 0; i < objects.size(); ++i) {
    auto message = parse_message(objects[i]);
    const auto wrong = [i](const std::string& why) {
      return Unexpected("message " + std::to_string(i) + ": " + why);
    };
    if (!message)
      return wrong(message.error());
    if (message->role != Role::kTool)
      close_calls();
    else if (!history.unanswered_calls().contains(message->tool_call_id))
      return wrong("it answers a tool call that was not made");
    history.messages_.push_back(std::move(*message));
  }
  close_calls();
  return history;
}

}  // namespace centralita

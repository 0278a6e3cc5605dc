// What has been said in a call, as the model is told it.
//
// User and assistant take turns: a user message that follows one nobody answered is joined to it,
// and what the agent said in one turn can be cut to what was heard. The instructions are no part of
// it; chat_request puts them in front.
//
// Texts are UTF-8. Not thread-safe.
#pragma once

#include "plugins/base/json.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct ToolCall {
  std::string id, name;
  std::string arguments;  // JSON as the model wrote it, which may be invalid

  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

struct ChatMessage {
  enum class Role { kSystem, kUser, kAssistant, kTool };

  Role role = Role::kUser;
  std::string content;
  std::vector<ToolCall> tool_calls;  // kAssistant
  std::string tool_call_id;          // kTool
  bool placeholder = false;          // kTool: the result itself has not come
  std::uint32_t turn = 0;  // kAssistant, kTool: the reply it belongs to; 0: of another call

  json::Object to_json() const;
  std::size_t tokens() const;  // by estimate_tokens()

  friend bool operator==(const ChatMessage&, const ChatMessage&) = default;
};

class ChatHistory {
 public:
  void add_user(std::string_view text);
  // Takes the user's last words back; false: the history does not end with them.
  bool retract_user(std::string_view text);
  // More of what the agent says in `turn`.
  void append_assistant(std::uint32_t turn, std::string_view text);
  void add_tool_calls(std::uint32_t turn, std::vector<ToolCall> calls);
  void add_tool_result(std::uint32_t turn, std::string_view id, std::string_view content);
  // Calls of the last message with calls that have no result yet.
  std::set<std::string> unanswered_calls() const;
  // Gives each of them a placeholder.
  static constexpr char kNoAnswer[] = "no answer";
  void close_calls(std::uint32_t turn, std::string_view content);
  // The result takes the place of its placeholder; false: there is none.
  bool complete_tool_result(std::string_view id, std::string_view content);
  bool has_call(std::string_view id) const;

  // Leaves of what the agent said in `turn` only `heard`, which is its beginning, give or take
  // blanks and a mark of interruption; an empty `heard` leaves nothing. Tool calls and results
  // stay.
  void cut(std::uint32_t turn, std::string_view heard);

  bool ends_with_user() const;
  const std::vector<ChatMessage>& messages() const { return messages_; }

  // The last `count` messages (at least one), and as many more as it takes for no tool result to
  // stand without its call; of these, the last that take `tokens` by estimate_tokens(), and in any
  // case the last one with the call it answers. System messages are kept, and count.
  static constexpr std::size_t kAnyNumber = static_cast<std::size_t>(-1);
  std::vector<ChatMessage> window(std::size_t count, std::size_t tokens = kAnyNumber) const;

  // An array of messages as the wire has them.
  std::string to_json() const;
  // The error says which message is wrong and why. Calls without a result get "no answer".
  static Result<ChatHistory> from_json(std::string_view text);

 private:
  std::vector<ChatMessage> messages_;
};

}  // namespace centralita

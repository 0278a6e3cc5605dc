// Reads the events of a streamed chat completion: the data of one server-sent event in, the text it
// brings out. Tool calls, finish reason and usage gather until the end.
//
//   ChatStream stream;
//   auto text = stream.push(data);
//   if (!text) fail(text.error());       // the provider's own error, or not what the protocol says
//   if (stream.done()) ...               // [DONE]: nothing follows
//   if (!stream.whole()) ...             // at the end of the body: it was cut
//
// Reasoning is never text.
#pragma once

#include "plugins/base/provider_error.h"
#include "plugins/dialog/chat_history.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct ChatUsage {
  int prompt_tokens = 0;
  int completion_tokens = 0;
};

struct ChatStreamError {
  ProviderError::Code code = ProviderError::Code::kMalformed;
  std::string detail;
  bool tool_use_failed = false;  // chance: the same request may well succeed
};

class ChatStream {
 public:
  Result<std::string, ChatStreamError> push(std::string_view data);

  bool done() const { return done_; }
  bool whole() const { return done_ || !finish_reason_.empty(); }
  const std::string& finish_reason() const { return finish_reason_; }  // "stop", "length", ...
  const ChatUsage& usage() const { return usage_; }
  // In the order they came. The id is the server's, which may be empty or not unique.
  std::vector<ToolCall> tool_calls() const;

 private:
  void read_tool_call(const json::Object& call);
  void read_usage(const json::Object& chunk);

  bool done_ = false;
  std::string finish_reason_;
  ChatUsage usage_;
  std::map<std::int64_t, ToolCall> tool_calls_;
};

// What an "error" object of this API means.
ChatStreamError read_chat_error(const json::Object& error);

}  // namespace centralita

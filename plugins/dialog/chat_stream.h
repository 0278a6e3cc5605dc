// Reads the events of a streamed chat completion: the data of one server-sent event in, the text it
// brings out. Tool calls, finish reason and usage gather until the end.
//
//   ChatStream stream;
//   auto text = stream.push(data);
//   if (!text) fail(text.error());       // the provider's own error, or not what the protocol says
//   if (stream.done()) ...               // [DONE]: nothing follows
//   if (!stream.whole()) ...             // at the end of the body: it was cut
//
// Reasoning is never text. What servers do differently is understood: answers that are whole
// instead of streamed ("message" for "delta"), content in parts, tool calls without an index or
// with the same one, arguments as an object, errors in four shapes.
#pragma once

#include "plugins/base/provider_error.h"
#include "plugins/dialog/chat_history.h"

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
  struct PartOfCall {
    std::int64_t index = 0;
    ToolCall call;
  };
  PartOfCall& call_for(const json::Object& part);

  std::vector<PartOfCall> tool_calls_;  // in the order they came
};

// What an "error" object of this API means.
ChatStreamError read_chat_error(const json::Object& error);

}  // namespace centralita

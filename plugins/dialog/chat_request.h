// The body of a chat completion request, and the checks of what goes into it.
#pragma once

#include "plugins/dialog/chat_dialect.h"
#include "plugins/dialog/chat_history.h"

#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct ChatRequest {
  std::string model;
  std::string instructions;  // the system message; empty: none
  std::vector<ChatMessage> messages;
  double temperature = 0.7;  // 0-2; 0 is sent too
  int max_tokens = 0;        // of the answer, reasoning included; 0: the provider's own limit
  std::string tools;         // a JSON array, see check_tools(); empty: none
  std::string tool_choice;   // "auto", "none", "required", a function's name or a JSON object
  ChatDialect dialect;
};

std::string to_json(const ChatRequest& request);

// True when `tools` is empty or an array of at most 128 functions as the wire wants them; else the
// error says what is wrong.
Result<bool> check_tools(std::string_view tools);

}  // namespace centralita

// What a server that speaks OpenAI's protocol does not understand of it.
//
// Servers refuse (400, 404, 422, 501) a request with a parameter they do not know, and name it.
// What was refused once is left out, or said in the older way, from then on: for that server and
// model, in the whole process, so that one call pays for it and no other.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

struct ChatDialect {
  bool stream_options = true;         // {"include_usage": true}
  bool max_completion_tokens = true;  // else max_tokens
  bool temperature = true;            // some models take only their own
  bool reasoning = true;              // reasoning_effort, include_reasoning
  bool tool_choice = true;

  // From a refusal: whether there is something to do differently. `status` is HTTP's.
  bool learn(int status, std::string_view body);

  friend bool operator==(const ChatDialect&, const ChatDialect&) = default;
};

// Any thread.
ChatDialect dialect_of(const std::string& url, const std::string& model);
// Keeps it when it learns; false: the refusal is about something else.
bool learn_dialect(const std::string& url, const std::string& model, int status,
                   std::string_view body);

}  // namespace centralita

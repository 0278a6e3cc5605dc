#include "plugins/dialog/chat_dialect.h"

#include "plugins/base/locked.h"

#include <map>
#include <utility>

namespace centralita {
namespace {

using Key = std::pair<std::string, std::string>;
// Of a process's life: an agent's settings are some servers and models, not thousands.
constexpr std::size_t kMaxKnown = 1000;

Locked<std::map<Key, ChatDialect>>& known() {
  static auto* const dialects = new Locked<std::map<Key, ChatDialect>>;  // outlives every thread
  return *dialects;
}

}  // namespace

bool ChatDialect::learn(int status, std::string_view body) {
  if (status != 400 && status != 404 && status != 422 && status != 501)
    return false;
  const auto before = *this;
  const auto names = [body](std::string_view parameter) {
    return body.find(parameter) != body.npos;
  };
  if (names("stream_options") || names("include_usage"))
    stream_options = false;
  if (names("max_completion_tokens") && !names("Use 'max_completion_tokens'"))
    max_completion_tokens = false;
  if (names("reasoning_effort") || names("include_reasoning"))
    reasoning = false;
  if (names("temperature"))
    temperature = false;
  if (names("tool_choice"))
    tool_choice = false;
  return *this != before;
}

ChatDialect dialect_of(const std::string& url, const std::string& model) {
  const auto dialects = known().lock();
  const auto found = dialects->find({url, model});
  return found == dialects->end() ? ChatDialect() : found->second;
}

bool learn_dialect(const std::string& url, const std::string& model, int status,
                   std::string_view body) {
  const auto dialects = known().lock();
  if (dialects->size() >= kMaxKnown)
    dialects->clear();
  auto dialect = (*dialects)[{url, model}];
  const bool learned = dialect.learn(status, body);
  (*dialects)[{url, model}] = dialect;
  return learned;
}

}  // namespace centralita

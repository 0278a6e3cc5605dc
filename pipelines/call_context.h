// What an agent learns from outside while it talks: variables and notes, injected into a call that
// is going on. They are data, whoever wrote them: the instructions name them and llmdialog fills
// their values in at every request, each on one line and without control tokens.
//
//   CallContext context(briefed_agent);
//   if (const auto added = context.add({{"saldo", "120"}}, "Ya pagó"); added) { ... }
//   dialog: instructions = context.instructions(), variables = context.variables()
//
// One thread.
#pragma once

#include "pipelines/agent_config.h"
#include "plugins/base/result.h"
#include "plugins/dialog/variables.h"

#include <string>
#include <vector>

namespace centralita {

class CallContext {
 public:
  static constexpr std::size_t kMostVariables = 50, kMostNotes = 20, kLongest = 2'000;

  explicit CallContext(const AgentConfig& agent);

  // The error is a sentence that says what is wrong; nothing is taken over then. Of notes the
  // newest are kept.
  Result<bool> add(const Variables& values, const std::string& note);

  std::string instructions() const;
  const Variables& variables() const { return variables_; }

 private:
  const std::string instructions_;
  const bool spanish_;
  Variables variables_;
  std::vector<std::string> names_;  // injected, in their order
  std::vector<std::string> notes_;
};

// What is wrong with them, as a sentence; empty: nothing. For who wants to know before there is a
// call.
std::string problem_with_context(const Variables& values, const std::string& note);

}  // namespace centralita

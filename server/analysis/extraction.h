// What is asked of a model about a conversation that is over, and how its answer is read. Pure.
//
//   const auto request = extraction_request(agent, model, call, turns);   // a chat completion
//   const auto data = read_extraction(extraction_schema(agent), body);    // validated
#pragma once

#include "pipelines/agent_config.h"
#include "plugins/base/json.h"
#include "plugins/base/result.h"
#include "server/store/history.h"

#include <string>
#include <vector>

namespace centralita {

// JSON Schema of what is extracted: the agent's own or the usual one (summary, intent,
// extracted_entities, callback_date, next_action; the predecessor's, and the callback), with
// `sentiment` and `success` {reached, reason} where the agent asks for them.
json::Object extraction_schema(const AgentConfig& agent);

// Whether there is anything to extract: somebody has said something to the agent.
bool worth_extracting(const std::vector<store::TurnRow>& turns);

// The body of POST /chat/completions. The conversation is data in it, not instructions.
std::string extraction_request(const AgentConfig& agent, const std::string& model,
                               const store::CallRow& call,
                               const std::vector<store::TurnRow>& turns);

// The object in the completion's answer. The error says what is wrong with it.
Result<std::string> read_extraction(const json::Object& schema, const std::string& body);

}  // namespace centralita

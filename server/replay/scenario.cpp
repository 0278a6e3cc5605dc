#include "server/replay/scenario.h"

#include <glib.h>

#include <algorithm>
#include <functional>
#include <sstream>

namespace centralita::replay {
namespace {

using Kind = CallerStep::Kind;
using Fault = ProviderTiming::Fault;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos)
    return "";
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The first word, and the rest.
std::pair<std::string, std::string> split(const std::string& text) {
  const auto end = text.find_first_of(" \t");
  if (end == std::string::npos)
    return {text, ""};
  return {text.substr(0, end), trimmed(text.substr(end))};
}

struct Bad {
  std::string what;
};

double number(const std::string& text) {
  char* end = nullptr;
  const double value = g_ascii_strtod(text.c_str(), &end);
  if (text.empty() || *end)
    throw Bad{"a number is wanted, not '" + text + "'"};
  return value;
}

milliseconds time(const std::string& text) { return milliseconds(static_cast<long>(number(text))); }

bool truth(const std::string& text) {
  if (text != "true" && text != "false")
    throw Bad{"true or false is wanted, not '" + text + "'"};
  return text == "true";
}

using Setter = std::function<void(AgentConfig&, const std::string&)>;

Setter text_field(std::string AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) { agent.*field = value; };
}
Setter time_field(milliseconds AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) { agent.*field = time(value); };
}
Setter bool_field(bool AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) { agent.*field = truth(value); };
}
// One more of a list; the key is one word.
Setter list_field(std::vector<std::string> AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) { (agent.*field).push_back(value); };
}
Setter map_field(std::map<std::string, std::string> AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) {
    const auto [name, text] = split(value);
    (agent.*field)[name] = text;
  };
}
Setter int_field(int AgentConfig::*field) {
  return [field](AgentConfig& agent, const std::string& value) {
    agent.*field = static_cast<int>(number(value));
  };
}

const std::map<std::string, Setter>& agent_fields() {
  static const std::map<std::string, Setter> fields = {
      {"instructions", text_field(&AgentConfig::instructions)},
      {"first_message", text_field(&AgentConfig::first_message)},
      {"speak_first", bool_field(&AgentConfig::speak_first)},
      {"silence_timeout", time_field(&AgentConfig::silence_timeout)},
      {"endpointing", text_field(&AgentConfig::endpointing)},
      {"endpointing_expects", bool_field(&AgentConfig::endpointing_expects)},
      {"endpointing_min", time_field(&AgentConfig::endpointing_min)},
      {"endpointing_max", time_field(&AgentConfig::endpointing_max)},
      {"merge_window", time_field(&AgentConfig::merge_window)},
      {"barge_in_enabled", bool_field(&AgentConfig::barge_in_enabled)},
      {"idle_timeout", time_field(&AgentConfig::idle_timeout)},
      {"idle_message", text_field(&AgentConfig::idle_message)},
      {"inactivity_max_retries", int_field(&AgentConfig::inactivity_max_retries)},
      {"max_duration", time_field(&AgentConfig::max_duration)},
      {"apology_message", text_field(&AgentConfig::apology_message)},
      {"echo_gate", bool_field(&AgentConfig::echo_gate)},
      {"protect_greeting", bool_field(&AgentConfig::protect_greeting)},
      {"barge_in_confirmation", time_field(&AgentConfig::barge_in_confirmation)},
      {"interruption_threshold", int_field(&AgentConfig::interruption_threshold)},
      {"duration_warning", text_field(&AgentConfig::duration_warning)},
      {"duration_warning_time", time_field(&AgentConfig::duration_warning_time)},
      {"goodbye_message", text_field(&AgentConfig::goodbye_message)},
      {"end_call_enabled", bool_field(&AgentConfig::end_call_enabled)},
      {"schedule_callback_enabled", bool_field(&AgentConfig::schedule_callback_enabled)},
      {"speculation", bool_field(&AgentConfig::speculation)},
      {"max_speculations", int_field(&AgentConfig::max_speculations)},
      {"send_dtmf_enabled", bool_field(&AgentConfig::send_dtmf_enabled)},
      {"transfer_whitelist", map_field(&AgentConfig::transfer_whitelist)},
      {"transfer_message", text_field(&AgentConfig::transfer_message)},
      {"transfer_mode", text_field(&AgentConfig::transfer_mode)},
      {"transfer_ring", time_field(&AgentConfig::transfer_ring)},
      {"filler_delay", time_field(&AgentConfig::filler_delay)},
      {"filler_phrases", list_field(&AgentConfig::filler_phrases)},
      {"filler_for_model", bool_field(&AgentConfig::filler_for_model)},
      {"redact_params", list_field(&AgentConfig::redact_params)},
      {"end_call_phrases", list_field(&AgentConfig::end_call_phrases)},
      {"hallucination_blacklist", list_field(&AgentConfig::hallucination_blacklist)},
      {"input_min_characters", int_field(&AgentConfig::input_min_characters)},
      {"dtmf_timeout", time_field(&AgentConfig::dtmf_timeout)},
  };
  return fields;
}

void set_agent(Scenario& scenario, const std::string& rest) {
  const auto [name, value] = split(rest);
  const auto found = agent_fields().find(name);
  if (found == agent_fields().end())
    throw Bad{"there is no setting '" + name + "'"};
  found->second(scenario.agent, value);
}

void set_provider(ProviderScript& script, const std::string& rest) {
  const auto [first, more] = split(rest);
  if (first == "refused") {
    script.refused = true;
    return;
  }
  if (!first.starts_with('#')) {
    script.delay = time(first);
    if (!more.empty())
      script.pace = number(more);
    return;
  }
  auto& timing = script.only[static_cast<unsigned>(number(first.substr(1)))];
  const auto [word, value] = split(more);
  timing.delay = script.delay;
  if (word == "cut") {
    timing.fault = Fault::kCut;
  } else if (word == "silent") {
    timing.fault = Fault::kSilent;
  } else if (word == "stall") {
    timing.fault = Fault::kStall;
  } else if (word == "garbage") {
    timing.fault = Fault::kGarbage;
  } else if (word == "fail") {
    timing.fault = Fault::kStatus;
    timing.status = static_cast<int>(number(value));
  } else {
    timing.delay = time(word);
  }
}

std::pair<std::string, std::string> split_at(const std::string& text, char mark) {
  const auto at = text.find(mark);
  if (at == std::string::npos)
    return {trimmed(text), ""};
  return {trimmed(text.substr(0, at)), trimmed(text.substr(at + 1))};
}

bool add_answer(Scenario& scenario, const std::string& word, const std::string& rest) {
  ModelAnswer answer;
  std::string what = rest;
  if (word == "reply-to" || word == "tool-for")
    std::tie(answer.to, what) = split_at(rest, '|');
  if (word == "reply" || word == "reply-to")
    answer.text = what;
  else if (word == "tool" || word == "tool-for")
    std::tie(answer.tool, answer.arguments) = split(what);
  else
    return false;
  scenario.answers.push_back(std::move(answer));
  return true;
}

void add_service(Scenario& scenario, const std::string& rest) {
  const auto [name, more] = split(rest);
  const auto [delay, what] = split(more);
  const auto [status, body] = split(what);
  scenario.services[name] = {time(delay), static_cast<int>(number(status)), body};
}

CallerStep step_of(const std::string& word, const std::string& rest, const std::string& line) {
  CallerStep step{.kind = Kind::kWait, .line = line};
  const auto [parameters, words] = split_at(rest, '=');
  const auto [first, more] = split(parameters);
  const auto [second, third] = split(more);
  step.words = words;
  if (word == "say" || word == "over") {
    step.kind = word == "say" ? Kind::kSay : Kind::kOver;
    step.name = first;
    step.level = second.empty() ? 0 : number(second);
  } else if (word == "noise") {
    step.kind = Kind::kNoise;
    step.time = time(first);
    step.level = number(second);
  } else if (word == "tone") {
    step.kind = Kind::kTone;
    step.frequency = number(first);
    step.time = time(second);
    step.level = number(third);
  } else if (word == "wait") {
    step.time = time(first);
  } else if (word == "wait-for-agent") {
    step.kind = Kind::kWaitForAgent;
  } else if (word == "wait-heard") {
    step.kind = Kind::kWaitHeard;
    step.time = time(first);
  } else if (word == "wait-silence") {
    step.kind = Kind::kWaitSilence;
    step.time = first.empty() ? milliseconds(600) : time(first);
  } else if (word == "wait-state") {
    step.kind = Kind::kWaitState;
    step.name = first;
  } else if (word == "context") {
    step.kind = Kind::kContext;
    std::tie(step.value, step.words) = split_at(rest, '|');
    std::tie(step.name, step.value) = split(step.value);
  } else if (word == "dtmf") {
    step.kind = Kind::kDtmf;
    step.name = first;
  } else if (word == "wait-end") {
    step.kind = Kind::kWaitEnd;
  } else if (word == "hang-up") {
    step.kind = Kind::kHangUp;
  } else {
    throw Bad{"unknown word '" + word + "'"};
  }
  return step;
}

void read_line(Scenario& scenario, const std::string& line) {
  const auto [word, rest] = split(line);
  if (word == "agent")
    set_agent(scenario, rest);
  else if (word == "stt")
    set_provider(scenario.stt, rest);
  else if (word == "llm")
    set_provider(scenario.llm, rest);
  else if (word == "tts")
    set_provider(scenario.tts, rest);
  else if (word == "fallback")
    scenario.fallback = true;
  else if (word == "prepared")
    scenario.prepared = true;
  else if (word == "line")
    scenario.line_delay = time(rest);
  else if (word == "echo")
    scenario.echo = {time(split(rest).first), number(split(rest).second)};
  else if (word == "background")
    scenario.background = number(rest);
  else if (word == "carrier")
    scenario.carrier = {time(split(rest).first), split(rest).second};
  else if (word == "other-party")
    scenario.other_party = {time(split(rest).first), split(rest).second};
  else if (word == "service")
    add_service(scenario, rest);
  else if (!add_answer(scenario, word, rest))
    scenario.steps.push_back(step_of(word, rest, line));
}

}  // namespace

ProviderTiming ProviderScript::timing(unsigned request) const {
  const auto found = only.find(request);
  return found == only.end() ? ProviderTiming{.delay = delay} : found->second;
}

SpokenText Scenario::spoken(const std::string& clause) const {
  const auto reply = std::find_if(voice.begin(), voice.end(), [&](const auto& spoken) {
    return spoken.text.find(clause) != std::string::npos;
  });
  if (reply == voice.end())
    return {clause, character};
  // When the first clause came is known, and of the others it does not matter.
  return {clause, reply->character, reply->text.starts_with(clause) ? reply->delay : std::nullopt};
}

Result<Scenario> parse_scenario(const std::string& text) {
  Scenario scenario;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = trimmed(line);
    if (line.empty() || line.starts_with('#'))
      continue;
    try {
      read_line(scenario, line);
    } catch (const Bad& bad) {
      return Unexpected("line " + std::to_string(number) + ": " + bad.what);
    }
  }
  if (scenario.steps.empty())
    return Unexpected(std::string("the caller does nothing"));
  return scenario;
}

}  // namespace centralita::replay

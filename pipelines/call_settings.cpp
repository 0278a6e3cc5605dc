#include "pipelines/call_settings.h"

#include <algorithm>

namespace centralita {

using namespace std::chrono_literals;

Patience::Settings patience_of(const AgentConfig& agent) {
  return {.idle = agent.idle_timeout,
          .nudges = agent.idle_message.empty() ? 0 : agent.inactivity_max_retries,
          .longest = agent.max_duration,
          .warning = agent.duration_warning.empty() ? 0ms : agent.duration_warning_time};
}

DtmfCollector::Settings keys_of(const AgentConfig& agent) {
  return {.pause = agent.dtmf_timeout,
          .terminator = agent.dtmf_terminator.empty() ? '\0' : agent.dtmf_terminator.front()};
}

Interruption interruption_of(const AgentConfig& agent) {
  return {PhraseRules(agent.interruption_phrases, agent.backchannel_phrases,
                      agent.interruption_threshold),
          agent.barge_in_confirmation};
}

Endpointing::Settings endpointing_of(const AgentConfig& agent) {
  return {.adaptive = agent.endpointing == "adaptive",
          .expecting = agent.endpointing_expects,
          .silence = agent.silence_timeout,
          .shortest = agent.endpointing_min,
          .longest = std::max(agent.endpointing_max, agent.endpointing_min),
          .merge_window = agent.merge_window};
}

Filler::Settings filler_of(const AgentConfig& agent) {
  return {.delay = agent.filler_delay,
          .phrases = agent.filler_phrases.empty() ? usual_fillers(agent.voice_language)
                                                  : agent.filler_phrases};
}

WordRules word_rules_of(const AgentConfig& agent) {
  return WordRules({.not_said = agent.hallucination_blacklist,
                    .fewest_letters = agent.input_min_characters,
                    .goodbyes = agent.end_call_phrases});
}

HeardLedger::Time slowest_character_of(const AgentConfig& agent) {
  return std::chrono::duration_cast<HeardLedger::Time>(
      std::chrono::duration<double, std::milli>(90 / std::clamp(agent.voice_speed, 0.5, 2.0)));
}

}  // namespace centralita

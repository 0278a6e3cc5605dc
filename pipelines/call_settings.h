// An agent's settings as the rules of a call want them.
#pragma once

#include "pipelines/agent_config.h"
#include "pipelines/dtmf_collector.h"
#include "pipelines/endpointing.h"
#include "pipelines/filler.h"
#include "pipelines/heard_ledger.h"
#include "pipelines/interruption.h"
#include "pipelines/patience.h"
#include "pipelines/word_rules.h"

namespace centralita {

Patience::Settings patience_of(const AgentConfig& agent);
DtmfCollector::Settings keys_of(const AgentConfig& agent);
Interruption interruption_of(const AgentConfig& agent);
Endpointing::Settings endpointing_of(const AgentConfig& agent);
Filler::Settings filler_of(const AgentConfig& agent);
WordRules word_rules_of(const AgentConfig& agent);
HeardLedger::Time slowest_character_of(const AgentConfig& agent);

}  // namespace centralita

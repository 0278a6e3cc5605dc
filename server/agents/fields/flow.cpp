#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> flow_fields() {
  const Words interruptions = {"Interrupciones", "Interruptions"};
  const Words silence = {"Silencio", "Silence"};
  const Words ending = {"Fin de la llamada", "End of the call"};
  return {
      {.name = "barge_in_enabled",
       .member = &AgentConfig::barge_in_enabled,
       .tab = Tab::kFlow,
       .title = {"Se le puede interrumpir", "Can be interrupted"},
       .help = {"Desactivado, el agente termina de hablar aunque le hablen encima.",
                "Off, the agent finishes speaking even when spoken over."},
       .group = interruptions},
      {.name = "idle_timeout_ms",
       .member = &AgentConfig::idle_timeout,
       .tab = Tab::kFlow,
       .title = {"Espera en silencio", "Wait in silence"},
       .help = {"Silencio de quien llama antes de preguntarle si sigue ahí.",
                "The caller's silence before the agent asks whether they are still there."},
       .group = silence,
       .unit = "ms",
       .low = 1'000,
       .high = 300'000},
      {.name = "idle_message",
       .member = &AgentConfig::idle_message,
       .tab = Tab::kFlow,
       .title = {"Pregunta tras el silencio", "Question after silence"},
       .help = {"Vacío: la llamada termina sin preguntar.", "Empty: the call ends without asking."},
       .group = silence,
       .high = 1'000},
      {.name = "inactivity_max_retries",
       .member = &AgentConfig::inactivity_max_retries,
       .tab = Tab::kFlow,
       .title = {"Preguntas antes de colgar", "Questions before hanging up"},
       .help = {"Cuántas veces se pregunta, sin respuesta, antes de colgar. 0: ninguna.",
                "How often it asks, unanswered, before it hangs up. 0: never."},
       .group = silence,
       .low = 0,
       .high = 10},
      {.name = "max_duration_ms",
       .member = &AgentConfig::max_duration,
       .tab = Tab::kFlow,
       .title = {"Duración máxima", "Longest call"},
       .help = {"La llamada termina al cumplirse.", "The call ends when it is reached."},
       .group = ending,
       .unit = "ms",
       .low = 10'000,
       .high = 14'400'000},
      {.name = "apology_message",
       .member = &AgentConfig::apology_message,
       .tab = Tab::kFlow,
       .title = {"Disculpa", "Apology"},
       .help = {"Se dice antes de colgar cuando un proveedor falla. Vacío: cuelga sin decir nada.",
                "Said before hanging up when a provider fails. Empty: hangs up without a word."},
       .group = ending,
       .high = 1'000},
  };
}

}  // namespace centralita::agents

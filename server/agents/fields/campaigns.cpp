#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> campaigns_fields() {
  return {
      {.name = "outbound_first_message",
       .member = &AgentConfig::outbound_first_message,
       .tab = Tab::kCampaigns,
       .title = {"Saludo al llamar", "Greeting when it calls"},
       .help = {"Lo primero que dice en las llamadas que hace el agente. Vacío: su saludo de "
                "siempre.",
                "What it says first in the calls that the agent places. Empty: its usual "
                "greeting."},
       .high = 1000,
       .widget = "multiline"},
      {.name = "outbound_context",
       .member = &AgentConfig::outbound_context,
       .tab = Tab::kCampaigns,
       .title = {"Contexto de la campaña", "Context of the campaign"},
       .help = {"Por qué llama y qué quiere lograr; se añade a las instrucciones sólo en las "
                "llamadas que hace el agente. Los datos de cada persona llegan como {{variables}} "
                "con la llamada.",
                "Why it calls and what it wants to reach; it is added to the instructions only in "
                "the calls that the agent places. What is known of each person comes as "
                "{{variables}} with the call."},
       .high = 10000,
       .widget = "multiline"},
  };
}

}  // namespace centralita::agents

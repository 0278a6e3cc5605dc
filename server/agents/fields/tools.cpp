#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> tools_fields() {
  return {
      {.name = "end_call_enabled",
       .member = &AgentConfig::end_call_enabled,
       .tab = Tab::kTools,
       .title = {"Puede colgar", "Can hang up"},
       .help = {"El modelo cuelga cuando quien llama se ha despedido.",
                "The model hangs up when the caller has said goodbye."}},
      {.name = "schedule_callback_enabled",
       .member = &AgentConfig::schedule_callback_enabled,
       .tab = Tab::kTools,
       .title = {"Puede anotar una llamada", "Can note a callback"},
       .help = {"El modelo anota cuándo quiere quien llama que le devuelvan la llamada.",
                "The model notes when the caller wants to be called back."}},
      {.name = "tools",
       .member = &AgentConfig::tools,
       .tab = Tab::kTools,
       .title = {"Servicios web", "Web services"},
       .help = {"Lo que el modelo puede consultar o hacer durante la llamada. La clave con que se "
                "firman las peticiones se nombra aquí y está en el entorno del servidor.",
                "What the model can look up or do during the call. The key that requests are "
                "signed with is named here and is in the server's environment."},
       .high = 20,
       .widget = "tools"},
  };
}

}  // namespace centralita::agents

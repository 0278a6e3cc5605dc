#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> tools_fields() {
  const Words transfer = {"Pasar la llamada", "Transfer"};
  const Words waiting = {"Mientras se espera", "While the caller waits"};
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
      {.name = "send_dtmf_enabled",
       .member = &AgentConfig::send_dtmf_enabled,
       .tab = Tab::kTools,
       .title = {"Puede marcar teclas", "Can press keys"},
       .help = {"El modelo pulsa teclas del teléfono, por ejemplo en el menú de una máquina.",
                "The model presses keys of the telephone, for example in a machine's menu."}},
      {.name = "transfer_whitelist",
       .member = &AgentConfig::transfer_whitelist,
       .tab = Tab::kTools,
       .title = {"A quién puede pasar la llamada", "Whom it may transfer to"},
       .help = {"Nombre y número (+525512345678) de cada destino. El modelo elige por el nombre y "
                "nunca marca otro número. Vacío: no puede pasar llamadas.",
                "Name and number (+525512345678) of each destination. The model chooses by the "
                "name and never dials another number. Empty: it cannot transfer calls."},
       .group = transfer,
       .high = 50,
       .item_length = 16,
       .pattern = "^\\+[1-9][0-9]{6,14}$",
       .widget = "variables"},
      {.name = "transfer_message",
       .member = &AgentConfig::transfer_message,
       .tab = Tab::kTools,
       .title = {"Aviso antes de pasar la llamada", "Said before the transfer"},
       .help = {"Lo que oye quien llama antes de que se le pase. Vacío: lo que diga el modelo.",
                "What the caller hears before being transferred. Empty: what the model says."},
       .group = transfer,
       .high = 500},
      {.name = "transfer_mode",
       .member = &AgentConfig::transfer_mode,
       .tab = Tab::kTools,
       .title = {"Cómo se pasa", "How it is transferred"},
       .help = {"Con consulta, primero se llama al destino y quien llama sigue con el agente hasta "
                "que contesten; si no contestan, el agente lo dice y la conversación sigue.",
                "Warm, the destination is called first and the caller stays with the agent until "
                "they answer; when they do not, the agent says so and the conversation goes on."},
       .group = transfer,
       .choices = {{"blind", {"Directo", "Blind"}}, {"warm", {"Con consulta", "Warm"}}}},
      {.name = "transfer_ring_ms",
       .member = &AgentConfig::transfer_ring,
       .tab = Tab::kTools,
       .title = {"Cuánto se llama al destino", "How long the destination is called"},
       .help =
           {"Si en este tiempo no contestan, quien llama sigue con el agente. Solo con consulta.",
            "When they do not answer in this time the caller goes on with the agent. Warm "
            "transfers only."},
       .group = transfer,
       .unit = "ms",
       .low = 5'000,
       .high = 120'000},
      {.name = "filler_delay_ms",
       .member = &AgentConfig::filler_delay,
       .tab = Tab::kTools,
       .title = {"Espera antes de pedir paciencia", "Wait before asking for patience"},
       .help = {"Cuánto silencio hay mientras una herramienta trabaja antes de que el agente diga "
                "algo. 0: nunca dice nada.",
                "How long the line is silent while a tool works before the agent says something. "
                "0: it never does."},
       .group = waiting,
       .unit = "ms",
       .low = 0,
       .high = 9'000},
      {.name = "filler_phrases",
       .member = &AgentConfig::filler_phrases,
       .tab = Tab::kTools,
       .title = {"Frases para la espera", "Phrases for the wait"},
       .help = {"Se dicen por turno, una en cada espera. Vacío: las del idioma de la voz.",
                "Said in turn, one in each wait. Empty: those of the voice's language."},
       .group = waiting,
       .high = 20,
       .item_length = 200,
       .widget = "phrases"},
      {.name = "filler_for_model",
       .member = &AgentConfig::filler_for_model,
       .tab = Tab::kTools,
       .title = {"También si tarda el modelo", "Also when the model is slow"},
       .help = {"Desactivado, solo se pide paciencia mientras trabaja una herramienta.",
                "Off, patience is asked for only while a tool works."},
       .group = waiting},
      {.name = "redact_params",
       .member = &AgentConfig::redact_params,
       .tab = Tab::kTools,
       .title = {"Argumentos que no se guardan", "Arguments that are not kept"},
       .help = {"Los nombres de los argumentos cuyo valor no aparece en el historial ni en los "
                "registros. El servicio los recibe.",
                "Names of arguments whose value is in no history and no log. The service gets "
                "them."},
       .high = 50,
       .item_length = 64,
       .widget = "phrases"},
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

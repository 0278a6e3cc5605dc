#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> analysis_fields() {
  return {
      {.name = "extraction_enabled",
       .member = &AgentConfig::extraction_enabled,
       .tab = Tab::kAnalysis,
       .title = {"Analizar al terminar", "Analyse after the call"},
       .help = {"Al terminar la llamada, un modelo saca de la conversación los datos que se piden.",
                "When the call is over, a model takes what is asked for out of the conversation."}},
      {.name = "extraction_schema",
       .member = &AgentConfig::extraction_schema,
       .tab = Tab::kAnalysis,
       .title = {"Datos que se sacan", "What is taken out"},
       .help = {"JSON Schema de un objeto. Vacío: resumen, intención, nombre, teléfono, correo, "
                "cita, fecha para volver a llamar y siguiente paso.",
                "JSON Schema of an object. Empty: summary, intent, name, telephone, e-mail, "
                "appointment, callback date and next step."},
       .high = 20'000,
       .holds_schema = true,
       .widget = "multiline"},
      {.name = "analysis_prompt",
       .member = &AgentConfig::analysis_prompt,
       .tab = Tab::kAnalysis,
       .title = {"Instrucciones del análisis", "Instructions for the analysis"},
       .help = {"Lo que el modelo debe saber o mirar además, al leer la conversación.",
                "What the model should know or look for besides, when it reads the conversation."},
       .high = 5'000,
       .widget = "multiline"},
      {.name = "success_rubric",
       .member = &AgentConfig::success_rubric,
       .tab = Tab::kAnalysis,
       .title = {"Cuándo es un éxito", "When it is a success"},
       .help = {"Con esto el modelo juzga si la llamada logró su fin, y por qué. Vacío: no juzga.",
                "By this the model judges whether the call reached its aim, and why. Empty: it "
                "does not."},
       .high = 5'000,
       .widget = "multiline"},
      {.name = "sentiment_analysis",
       .member = &AgentConfig::sentiment_analysis,
       .tab = Tab::kAnalysis,
       .title = {"Ánimo de quien llama", "The caller's mood"},
       .help = {"Añade si quien llamó quedó contento, neutral o molesto.",
                "Adds whether the caller was pleased, neutral or annoyed."}},
      {.name = "extraction_model",
       .member = &AgentConfig::extraction_model,
       .tab = Tab::kAnalysis,
       .title = {"Modelo del análisis", "Model of the analysis"},
       .help = {"Identificador en el proveedor. Vacío: el del servidor (GROQ_EXTRACTION_MODEL).",
                "The provider's id. Empty: the server's (GROQ_EXTRACTION_MODEL)."},
       .high = 100,
       .widget = "llm-model"},
      {.name = "pii_redaction_enabled",
       .member = &AgentConfig::pii_redaction_enabled,
       .tab = Tab::kAnalysis,
       .title = {"Ocultar datos personales", "Redact personal data"},
       .help =
           {"En la transcripción guardada, los números de teléfono y de tarjeta y los correos se "
            "sustituyen por lo que son. El modelo oye lo que se dijo.",
            "In the stored transcript telephone and card numbers and e-mail addresses are "
            "replaced by what they are. The model hears what was said."},
       .group = {"Privacidad", "Privacy"}},
      {.name = "retention_days",
       .member = &AgentConfig::retention_days,
       .tab = Tab::kAnalysis,
       .title = {"Días que se guarda una llamada", "Days a call is kept"},
       .help = {"Después se borra con su transcripción y su grabación. 0: lo que diga el servidor "
                "(RETENTION_DAYS).",
                "Then it is deleted with its transcript and its recording. 0: as the server says "
                "(RETENTION_DAYS)."},
       .group = {"Privacidad", "Privacy"},
       .low = 0,
       .high = 3650},
  };
}

}  // namespace centralita::agents

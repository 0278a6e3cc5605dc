#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> connectivity_fields() {
  const Words recording{"Grabación", "Recording"};
  return {
      {.name = "recording",
       .member = &AgentConfig::recording,
       .tab = Tab::kConnectivity,
       .title = {"Grabar la llamada", "Record the call"},
       .help =
           {"Quien llama debe saberlo donde la ley lo pide: dígalo en el saludo. «Este "
            "servidor»: audio estéreo que se escucha en el historial. «La operadora»: lo "
            "graba Twilio o Telnyx y queda en su cuenta.",
            "Callers must be told where the law says so: say it in the greeting. \"This "
            "server\": stereo sound, played from the history. \"The carrier\": Twilio or Telnyx "
            "records and keeps it in your account."},
       .group = recording,
       .choices = {{"off", {"No", "No"}},
                   {"ours", {"Este servidor", "This server"}},
                   {"carrier", {"La operadora", "The carrier"}}}},
      {.name = "noise_suppression",
       .member = &AgentConfig::noise_suppression,
       .tab = Tab::kConnectivity,
       .title = {"Quitar ruido (Telnyx)", "Noise suppression (Telnyx)"},
       .help =
           {"Telnyx limpia la voz de quien llama antes de que llegue aquí; lo cobra aparte. Para "
            "quien llama desde la calle o un coche. Twilio no lo tiene.",
            "Telnyx cleans the caller's voice before it gets here, at a price of its own. For "
            "callers in the street or in a car. Twilio has none."},
       .group = {"Línea", "Line"},
       .choices = {{"server", {"Lo que diga el servidor", "As the server says"}},
                   {"off", {"No", "Off"}},
                   {"Denoiser", {"Denoiser", "Denoiser"}},
                   {"DeepFilterNet", {"DeepFilterNet", "DeepFilterNet"}},
                   {"Krisp", {"Krisp", "Krisp"}},
                   {"AiCoustics", {"AiCoustics", "AiCoustics"}}}},
  };
}

}  // namespace centralita::agents

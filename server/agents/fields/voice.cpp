#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> voice_fields() {
  const Words voice = {"Voz", "Voice"};
  const Words delivery = {"Forma de hablar", "Delivery"};
  const Words fallback = {"Si el servicio falla", "When the service fails"};
  return {
      {.name = "voice_language",
       .member = &AgentConfig::voice_language,
       .tab = Tab::kVoice,
       .title = {"Idioma de la voz", "Voice language"},
       .help =
           {"Idioma y región en que habla, por ejemplo es-MX. Conviene que sea el mismo que el "
            "del reconocimiento.",
            "Language and region it speaks, such as es-MX. Best the same as that of recognition."},
       .group = voice,
       .low = 2,
       .high = 35,
       .pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
       .widget = "language"},
      {.name = "voice_name",
       .member = &AgentConfig::voice_name,
       .tab = Tab::kVoice,
       .title = {"Voz", "Voice"},
       .help = {"Nombre de la voz en Azure, por ejemplo es-MX-DaliaNeural.",
                "Azure's name of the voice, such as es-MX-DaliaNeural."},
       .group = voice,
       .low = 1,
       .high = 100,
       .pattern = "^[A-Za-z0-9:_-]+$",
       .widget = "voice"},
      {.name = "voice_speed",
       .member = &AgentConfig::voice_speed,
       .tab = Tab::kVoice,
       .title = {"Velocidad", "Speed"},
       .help = {"1 es la velocidad natural de la voz; 0.9 se entiende mejor por teléfono.",
                "1 is the voice's natural speed; 0.9 is easier to follow on a telephone."},
       .group = delivery,
       .unit = "x",
       .low = 0.5,
       .high = 2},
      {.name = "voice_pitch",
       .member = &AgentConfig::voice_pitch,
       .tab = Tab::kVoice,
       .title = {"Tono", "Pitch"},
       .help = {"Más grave por debajo de 0, más agudo por encima.",
                "Deeper below 0, higher above."},
       .group = delivery,
       .unit = "semitones",
       .low = -12,
       .high = 12},
      {.name = "voice_volume",
       .member = &AgentConfig::voice_volume,
       .tab = Tab::kVoice,
       .title = {"Volumen", "Volume"},
       .help = {"100 es el volumen natural de la voz; 0 la silencia.",
                "100 is the voice's natural volume; 0 silences it."},
       .group = delivery,
       .unit = "%",
       .low = 0,
       .high = 100},
      {.name = "voice_style",
       .member = &AgentConfig::voice_style,
       .tab = Tab::kVoice,
       .title = {"Estilo", "Style"},
       .help =
           {"Estilo de Azure, por ejemplo cheerful, en las voces que lo tienen. Vacío: el propio "
            "de la voz.",
            "Azure's style, such as cheerful, of the voices that have one. Empty: the voice's "
            "own."},
       .group = delivery,
       .high = 50,
       .pattern = "^[A-Za-z-]*$",
       .widget = "voice-style"},
      {.name = "voice_style_degree",
       .member = &AgentConfig::voice_style_degree,
       .tab = Tab::kVoice,
       .title = {"Intensidad del estilo", "Degree of the style"},
       .help = {"1 es la normal.", "1 is the normal one."},
       .group = delivery,
       .low = 0.01,
       .high = 2},
      {.name = "pronunciation_dictionary",
       .member = &AgentConfig::pronunciation_dictionary,
       .tab = Tab::kVoice,
       .title = {"Pronunciación", "Pronunciation"},
       .help = {"Cómo se lee cada palabra: otra forma de escribirla, o entre barras su sonido en "
                "AFI. Palabras enteras; dan igual mayúsculas.",
                "How each word is read: another spelling, or between slashes its sound in IPA. "
                "Whole words, in any case."},
       .high = 200,
       .item_length = 100,
       .widget = "variables"},
      {.name = "voice_fallback_endpoint",
       .member = &AgentConfig::voice_fallback_endpoint,
       .tab = Tab::kVoice,
       .title = {"Dirección de reserva de la voz", "Voice fallback address"},
       .help =
           {"URL de Azure Speech en otra región, o de otro servicio igual, a la que se pide la voz "
            "cuando el primero falla. Vacía: la de AZURE_SPEECH_FALLBACK_ENDPOINT, o el mismo.",
            "URL of Azure Speech in another region, or of another service like it, that speaks "
            "when the "
            "first one fails. Empty: that of AZURE_SPEECH_FALLBACK_ENDPOINT, or the same one."},
       .group = fallback,
       .high = 300,
       .pattern = kFallbackUrl},
      {.name = "voice_fallback_name",
       .member = &AgentConfig::voice_fallback_name,
       .tab = Tab::kVoice,
       .title = {"Voz de reserva", "Fallback voice"},
       .help =
           {"Voz con la que se habla cuando la primera falla. Vacía: la misma, si hay una "
            "dirección de "
            "reserva; si no, ninguna.",
            "Voice that speaks when the first one fails. Empty: the same, if there is a fallback "
            "address; otherwise none."},
       .group = fallback,
       .high = 100,
       .pattern = "^[A-Za-z0-9:_-]*$",
       .widget = "voice"},
  };
}

}  // namespace centralita::agents

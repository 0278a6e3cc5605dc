#include "server/agents/fields/fields.h"

namespace centralita::agents {

std::vector<Field> ear_fields() {
  const Words recognition = {"Reconocimiento", "Recognition"};
  const Words fallback = {"Si el servicio falla", "When the service fails"};
  const Words turn = {"Fin de turno", "End of turn"};
  return {
      {.name = "stt_language",
       .member = &AgentConfig::stt_language,
       .tab = Tab::kEar,
       .title = {"Idioma que se escucha", "Language listened to"},
       .help =
           {"Idioma de quien llama, por ejemplo es-MX. Al proveedor le llega la parte anterior "
            "al guion.",
            "The caller's language, such as es-MX. The provider gets the part before the hyphen."},
       .group = recognition,
       .low = 2,
       .high = 35,
       .pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
       .widget = "language"},
      {.name = "stt_model",
       .member = &AgentConfig::stt_model,
       .tab = Tab::kEar,
       .title = {"Modelo de reconocimiento", "Recognition model"},
       .help = {"whisper-large-v3-turbo es más rápido; whisper-large-v3 se equivoca algo menos.",
                "whisper-large-v3-turbo is faster; whisper-large-v3 errs a little less."},
       .group = recognition,
       .low = 1,
       .high = 100,
       .widget = "stt-model"},
      {.name = "stt_keywords",
       .member = &AgentConfig::stt_keywords,
       .tab = Tab::kEar,
       .title = {"Palabras que debe oír bien", "Words to be heard right"},
       .help = {"Nombres propios y términos poco comunes, los importantes primero. Caben unas "
                "cincuenta palabras.",
                "Names and uncommon terms, the important ones first. There is room for about fifty "
                "words."},
       .group = recognition,
       .high = 100,
       .item_length = 100,
       .widget = "phrases"},
      {.name = "hallucination_strictness",
       .member = &AgentConfig::hallucination_strictness,
       .tab = Tab::kEar,
       .title = {"Rigor contra lo inventado", "Strictness against inventions"},
       .help = {"Whisper inventa frases en el ruido y el silencio. Más rigor las descarta antes, y "
                "con ellas alguna palabra dicha en voz baja.",
                "Whisper invents sentences in noise and silence. More strictness leaves them out "
                "sooner, and with them some words that were said softly."},
       .group = recognition,
       .choices = {{"off", {"Ninguno", "Off"}},
                   {"lenient", {"Poco", "Lenient"}},
                   {"normal", {"Normal", "Normal"}},
                   {"strict", {"Mucho", "Strict"}}}},
      {.name = "hallucination_blacklist",
       .member = &AgentConfig::hallucination_blacklist,
       .tab = Tab::kEar,
       .title = {"Frases que no se dijeron", "Phrases that were not said"},
       .help = {"Lo que no es más que estas frases cuenta como ruido: ni se contesta ni se guarda. "
                "Dan igual mayúsculas, acentos y puntuación.",
                "What is nothing but these counts as noise: it is neither answered nor kept. Case, "
                "accents and punctuation do not matter."},
       .high = 100,
       .item_length = 100,
       .widget = "phrases"},
      {.name = "input_min_characters",
       .member = &AgentConfig::input_min_characters,
       .tab = Tab::kEar,
       .title = {"Letras que cuentan como palabra", "Letters that count as words"},
       .help = {"Lo que tiene menos letras cuenta como ruido. Con más de 2 se pierde un \"sí\".",
                "What has fewer letters counts as noise. Above 2 a \"no\" is lost."},
       .unit = "letters",
       .low = 0,
       .high = 50},
      {.name = "vad_threshold",
       .member = &AgentConfig::vad_threshold,
       .tab = Tab::kEar,
       .title = {"Umbral de voz", "Speech threshold"},
       .help = {"Probabilidad a partir de la cual un sonido cuenta como voz. Súbalo si el ruido "
                "interrumpe; bájelo si no se oye a quien habla bajo.",
                "Probability above which a sound counts as speech. Raise it when noise interrupts, "
                "lower it when quiet callers are not heard."},
       .group = turn,
       .low = 0.1,
       .high = 0.95},
      {.name = "silence_timeout_ms",
       .member = &AgentConfig::silence_timeout,
       .tab = Tab::kEar,
       .title = {"Silencio que termina el turno", "Silence that ends the turn"},
       .help = {"Corto responde antes; largo deja pensar a quien habla con pausas.",
                "Short answers sooner; long is patient with people who pause."},
       .group = turn,
       .unit = "ms",
       .low = 100,
       .high = 5'000},
      {.name = "endpointing",
       .member = &AgentConfig::endpointing,
       .tab = Tab::kEar,
       .title = {"Cuánto se espera", "How long to wait"},
       .help = {"Fijo espera siempre el mismo silencio. Adaptable aprende las pausas de quien "
                "llama: contesta antes a quien habla seguido y deja terminar a quien habla "
                "despacio.",
                "Fixed always waits for the same silence. Adaptive learns this caller's pauses: "
                "fluent callers are answered sooner and slow ones are let finish."},
       .group = turn,
       .choices = {{"fixed", {"Fijo", "Fixed"}}, {"adaptive", {"Adaptable", "Adaptive"}}}},
      {.name = "endpointing_expects",
       .member = &AgentConfig::endpointing_expects,
       .tab = Tab::kEar,
       .title = {"Según lo que se preguntó", "By what was asked for"},
       .help = {"Espera más cuando se dicta un número, un correo o un nombre, y menos tras un sí o "
                "un no.",
                "Waits longer while a number, an e-mail or a name is dictated, and less after a "
                "yes or a no."},
       .group = turn},
      {.name = "endpointing_min_ms",
       .member = &AgentConfig::endpointing_min,
       .tab = Tab::kAdvanced,
       .title = {"Espera más corta", "Shortest wait"},
       .help = {"Por debajo de esto no baja lo aprendido ni lo esperado.",
                "What is learned or expected goes no lower."},
       .group = turn,
       .unit = "ms",
       .low = 200,
       .high = 5'000},
      {.name = "endpointing_max_ms",
       .member = &AgentConfig::endpointing_max,
       .tab = Tab::kAdvanced,
       .title = {"Espera más larga", "Longest wait"},
       .help = {"Por encima de esto no sube lo aprendido ni lo esperado.",
                "What is learned or expected goes no higher."},
       .group = turn,
       .unit = "ms",
       .low = 200,
       .high = 10'000},
      {.name = "merge_window_ms",
       .member = &AgentConfig::merge_window,
       .tab = Tab::kAdvanced,
       .title = {"Si sigue hablando", "When the caller goes on"},
       .help = {"Quien sigue hablando tan pronto, antes de oír la respuesta, no había terminado: "
                "todo se transcribe y se contesta junto. 0: nunca.",
                "A caller who goes on so soon, before the answer is heard, had not finished: all "
                "of it is transcribed and answered as one. 0: never."},
       .group = turn,
       .unit = "ms",
       .low = 0,
       .high = 3'000},
      {.name = "speculation",
       .member = &AgentConfig::speculation,
       .tab = Tab::kAdvanced,
       .title = {"Preparar la respuesta en las pausas", "Make the reply at pauses"},
       .help = {"En cada pausa se prepara la respuesta por adelantado: se oye antes. Si quien "
                "llama sigue hablando se tira, y los proveedores la cobran igual.",
                "At each pause the reply is made ahead, so that it is heard sooner. When the "
                "caller goes on it is thrown away, and the providers charge it all the same."},
       .group = turn},
      {.name = "max_speculations",
       .member = &AgentConfig::max_speculations,
       .tab = Tab::kAdvanced,
       .title = {"Preparaciones perdidas", "Replies thrown away"},
       .help = {"Cuántas se pueden tirar en una llamada. Después se espera al final del turno.",
                "How many may be thrown away in one call. After that the end of the turn is waited "
                "for."},
       .group = turn,
       .low = 0,
       .high = 1'000},
      {.name = "stt_fallback_endpoint",
       .member = &AgentConfig::stt_fallback_endpoint,
       .tab = Tab::kEar,
       .title = {"Dirección de reserva del reconocimiento", "Recognition fallback address"},
       .help =
           {"URL de otro servicio compatible con OpenAI, sin /audio/transcriptions, al que se "
            "pregunta "
            "cuando el primero falla. Vacía: la de GROQ_FALLBACK_BASE_URL, o el mismo servicio.",
            "URL of another OpenAI-compatible service, without /audio/transcriptions, that is "
            "asked when "
            "the first one fails. Empty: that of GROQ_FALLBACK_BASE_URL, or the same service."},
       .group = fallback,
       .high = 300,
       .pattern = kFallbackUrl},
      {.name = "stt_fallback_model",
       .member = &AgentConfig::stt_fallback_model,
       .tab = Tab::kEar,
       .title = {"Modelo de reconocimiento de reserva", "Fallback recognition model"},
       .help =
           {"Modelo que escucha cuando el primero falla. Vacío: el mismo, si hay una dirección de "
            "reserva; si no, ninguno.",
            "Model that listens when the first one fails. Empty: the same, if there is a fallback "
            "address; otherwise none."},
       .group = fallback,
       .high = 100,
       .widget = "stt-model"},
  };
}

}  // namespace centralita::agents

#include "plugins/azure/synthesis.h"
#include "server/catalogue/catalogue.h"

namespace centralita {
namespace {

constexpr char kSynthesisPath[] = "/cognitiveservices/v1";

struct BuiltIn {
  const char *name, *display;
  bool female;
};

// The voices of the languages that the forms offer first, for when Azure cannot be asked.
constexpr BuiltIn kBuiltInVoices[] = {
    {"es-MX-DaliaNeural", "Dalia", true},      {"es-MX-JorgeNeural", "Jorge", false},
    {"es-MX-NuriaNeural", "Nuria", true},      {"es-US-PalomaNeural", "Paloma", true},
    {"es-US-AlonsoNeural", "Alonso", false},   {"es-ES-ElviraNeural", "Elvira", true},
    {"es-ES-AlvaroNeural", "Álvaro", false},   {"es-CO-SalomeNeural", "Salomé", true},
    {"es-CO-GonzaloNeural", "Gonzalo", false}, {"es-AR-ElenaNeural", "Elena", true},
    {"es-AR-TomasNeural", "Tomás", false},     {"en-US-JennyNeural", "Jenny", true},
    {"en-US-AriaNeural", "Aria", true},        {"en-US-GuyNeural", "Guy", false},
    {"en-GB-SoniaNeural", "Sonia", true},      {"en-GB-RyanNeural", "Ryan", false},
};

json::Array read_voices(const json::Document& document) {
  json::Array voices;
  if (!document.is_array())
    return voices;
  for (const auto& voice : document.array().objects()) {
    const auto name = voice.string("ShortName");
    const auto language = voice.string("Locale");
    if (!name || !language || voice.string("Status").value_or("") == "Deprecated")
      continue;
    json::Array styles;
    if (const auto list = voice.array("StyleList"))
      for (const auto& style : list->strings()) styles.add(style);
    voices.add(json::Object()
                   .set("name", *name)
                   .set("display", voice.string("LocalName").value_or(*name))
                   .set("language", *language)
                   .set("gender", voice.string("Gender").value_or("") == "Male" ? "male" : "female")
                   .set("styles", styles));
  }
  return voices;
}

json::Array built_in_voices() {
  json::Array voices;
  for (const auto& voice : kBuiltInVoices)
    voices.add(json::Object()
                   .set("name", voice.name)
                   .set("display", voice.display)
                   .set("language", std::string(voice.name).substr(0, 5))
                   .set("gender", voice.female ? "female" : "male")
                   .set("styles", json::Array()));
  return voices;
}

}  // namespace

Catalogue::Source azure_voices() {
  const auto settings = SynthesisSettings().resolved();
  auto url = settings.provider.base_url;
  if (const auto at = url.find(kSynthesisPath); at != std::string::npos)
    url.erase(at);
  return {.name = "voices",
          .provider = "azure",
          .url = url + "/cognitiveservices/voices/list",
          .headers = {{"Ocp-Apim-Subscription-Key", settings.provider.api_key}},
          .read = read_voices,
          .built_in = built_in_voices};
}

}  // namespace centralita

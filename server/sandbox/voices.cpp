#include "server/sandbox/voices.h"

#include "plugins/base/json.h"

namespace centralita::sandbox {
namespace {

constexpr VoiceName kVoices[] = {
    {"es-ES-ElviraNeural", "Elvira", "Spanish (Spain)", true},
    {"es-ES-AlvaroNeural", "Alvaro", "Spanish (Spain)", false},
    {"es-ES-AbrilNeural", "Abril", "Spanish (Spain)", true},
    {"es-ES-XimenaNeural", "Ximena", "Spanish (Spain)", true},
    {"es-MX-DaliaNeural", "Dalia", "Spanish (Mexico)", true},
    {"es-MX-JorgeNeural", "Jorge", "Spanish (Mexico)", false},
    {"es-MX-NuriaNeural", "Nuria", "Spanish (Mexico)", true},
    {"es-US-PalomaNeural", "Paloma", "Spanish (United States)", true},
    {"es-US-AlonsoNeural", "Alonso", "Spanish (United States)", false},
    {"es-CO-SalomeNeural", "Salome", "Spanish (Colombia)", true},
    {"es-CO-GonzaloNeural", "Gonzalo", "Spanish (Colombia)", false},
    {"es-AR-ElenaNeural", "Elena", "Spanish (Argentina)", true},
    {"es-AR-TomasNeural", "Tomas", "Spanish (Argentina)", false},
    {"es-CL-CatalinaNeural", "Catalina", "Spanish (Chile)", true},
    {"es-CL-LorenzoNeural", "Lorenzo", "Spanish (Chile)", false},
    {"es-PE-CamilaNeural", "Camila", "Spanish (Peru)", true},
    {"es-PE-AlexNeural", "Alex", "Spanish (Peru)", false},
    {"en-US-JennyNeural", "Jenny", "English (United States)", true},
    {"en-US-AriaNeural", "Aria", "English (United States)", true},
    {"en-US-AvaNeural", "Ava", "English (United States)", true},
    {"en-US-AvaMultilingualNeural", "Ava Multilingual", "English (United States)", true},
    {"en-US-EmmaNeural", "Emma", "English (United States)", true},
    {"en-US-GuyNeural", "Guy", "English (United States)", false},
    {"en-US-DavisNeural", "Davis", "English (United States)", false},
    {"en-US-AndrewNeural", "Andrew", "English (United States)", false},
    {"en-US-BrianNeural", "Brian", "English (United States)", false},
    {"en-GB-SoniaNeural", "Sonia", "English (United Kingdom)", true},
    {"en-GB-RyanNeural", "Ryan", "English (United Kingdom)", false},
};

}  // namespace

std::span<const VoiceName> voices() { return kVoices; }

const VoiceName* voice_named(std::string_view name) {
  for (const auto& voice : kVoices)
    if (voice.name == name)
      return &voice;
  return nullptr;
}

std::string voices_json() {
  json::Array list;
  for (const auto& voice : kVoices) {
    const auto locale = std::string(voice.locale());
    list.add(json::Object()
                 .set("Name", "Microsoft Server Speech Text to Speech Voice (" + locale + ", " +
                                  std::string(voice.name.substr(6)) + ")")
                 .set("DisplayName", voice.display)
                 .set("LocalName", voice.display)
                 .set("ShortName", voice.name)
                 .set("Gender", voice.female ? "Female" : "Male")
                 .set("Locale", locale)
                 .set("LocaleName", voice.locale_name)
                 .set("SampleRateHertz", "24000")
                 .set("VoiceType", "Neural")
                 .set("Status", "GA")
                 .set("WordsPerMinute", "150"));
  }
  return list.to_string();
}

}  // namespace centralita::sandbox

#include "plugins/azure/tts_settings.h"

#include <gst/gst.h>

namespace centralita {
namespace {

using std::chrono::milliseconds;

enum Property {
  PROP_0,
  PROP_TEXT,
  PROP_VOICE,
  PROP_LANGUAGE,
  PROP_RATE,
  PROP_PITCH,
  PROP_VOLUME,
  PROP_STYLE,
  PROP_STYLE_DEGREE,
  PROP_REGION,
  PROP_ENDPOINT,
  PROP_API_KEY,
  PROP_PREFETCH,
  PROP_CONNECT_TIMEOUT,
  PROP_FIRST_BYTE_TIMEOUT,
  PROP_STALL_TIMEOUT,
  N_PROPERTIES
};

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

}  // namespace

bool set_tts_property(TtsSettings& settings, guint id, const GValue* value) {
  auto& synthesis = settings.synthesis;
  switch (id) {
    case PROP_TEXT:
      settings.text = text_of(value);
      break;
    case PROP_VOICE:
      synthesis.voice.name = text_of(value);
      break;
    case PROP_LANGUAGE:
      synthesis.voice.language = text_of(value);
      break;
    case PROP_RATE:
      synthesis.voice.rate = g_value_get_double(value);
      break;
    case PROP_PITCH:
      synthesis.voice.pitch = g_value_get_int(value);
      break;
    case PROP_VOLUME:
      synthesis.voice.volume = g_value_get_int(value);
      break;
    case PROP_STYLE:
      synthesis.voice.style = text_of(value);
      break;
    case PROP_STYLE_DEGREE:
      synthesis.voice.style_degree = g_value_get_double(value);
      break;
    case PROP_REGION:
      synthesis.region = text_of(value);
      break;
    case PROP_ENDPOINT:
      synthesis.endpoint = text_of(value);
      break;
    case PROP_API_KEY:
      synthesis.api_key = text_of(value);
      break;
    case PROP_PREFETCH:
      settings.prefetch = g_value_get_uint(value);
      break;
    case PROP_CONNECT_TIMEOUT:
      synthesis.deadlines.connect = milliseconds(g_value_get_uint(value));
      break;
    case PROP_FIRST_BYTE_TIMEOUT:
      synthesis.deadlines.first_byte = milliseconds(g_value_get_uint(value));
      break;
    case PROP_STALL_TIMEOUT:
      synthesis.deadlines.stall = milliseconds(g_value_get_uint(value));
      break;
    default:
      return false;
  }
  return true;
}

bool get_tts_property(const TtsSettings& settings, guint id, GValue* value) {
  const auto& synthesis = settings.synthesis;
  const auto set_ms = [value](milliseconds duration) {
    g_value_set_uint(value, static_cast<guint>(duration.count()));
  };
  switch (id) {
    case PROP_TEXT:
      g_value_set_string(value, settings.text.c_str());
      break;
    case PROP_VOICE:
      g_value_set_string(value, synthesis.voice.name.c_str());
      break;
    case PROP_LANGUAGE:
      g_value_set_string(value, synthesis.voice.language.c_str());
      break;
    case PROP_RATE:
      g_value_set_double(value, synthesis.voice.rate);
      break;
    case PROP_PITCH:
      g_value_set_int(value, synthesis.voice.pitch);
      break;
    case PROP_VOLUME:
      g_value_set_int(value, synthesis.voice.volume);
      break;
    case PROP_STYLE:
      g_value_set_string(value, synthesis.voice.style.c_str());
      break;
    case PROP_STYLE_DEGREE:
      g_value_set_double(value, synthesis.voice.style_degree);
      break;
    case PROP_REGION:
      g_value_set_string(value, synthesis.region.c_str());
      break;
    case PROP_ENDPOINT:
      g_value_set_string(value, synthesis.endpoint.c_str());
      break;
    case PROP_API_KEY:
      g_value_set_string(value, nullptr);  // a secret goes in and does not come out
      break;
    case PROP_PREFETCH:
      g_value_set_uint(value, settings.prefetch);
      break;
    case PROP_CONNECT_TIMEOUT:
      set_ms(synthesis.deadlines.connect);
      break;
    case PROP_FIRST_BYTE_TIMEOUT:
      set_ms(synthesis.deadlines.first_byte);
      break;
    case PROP_STALL_TIMEOUT:
      set_ms(synthesis.deadlines.stall);
      break;
    default:
      return false;
  }
  return true;
}

void install_tts_properties(GObjectClass* object_class) {
  const TtsSettings defaults;
  const auto& voice = defaults.synthesis.voice;
  const auto& deadlines = defaults.synthesis.deadlines;
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);
  constexpr auto kStartFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                        GST_PARAM_MUTABLE_READY);
  GParamSpec* properties[N_PROPERTIES] = {};
  const auto text = [&](Property id, const char* name, const char* what, const char* initial,
                        GParamFlags flags) {
    properties[id] = g_param_spec_string(name, name, what, initial, flags);
  };
  const auto real = [&](Property id, const char* name, const char* what, double least, double most,
                        double initial) {
    properties[id] = g_param_spec_double(name, name, what, least, most, initial, kFlags);
  };
  const auto integer = [&](Property id, const char* name, const char* what, int least, int most,
                           int initial) {
    properties[id] = g_param_spec_int(name, name, what, least, most, initial, kFlags);
  };
  const auto deadline = [&](Property id, const char* name, const char* what, milliseconds initial) {
    properties[id] = g_param_spec_uint(name, name, what, 1, G_MAXUINT,
                                       static_cast<guint>(initial.count()), kFlags);
  };
  text(PROP_TEXT, "text",
       "Spoken when the element goes to PAUSED with its sink pad unlinked; then the stream ends",
       "", kStartFlags);
  text(PROP_VOICE, "voice", "Azure's short name of the voice", voice.name.c_str(), kFlags);
  text(PROP_LANGUAGE, "language", "Language of the text, BCP 47", voice.language.c_str(), kFlags);
  real(PROP_RATE, "rate", "Speed, as a factor", 0.5, 2.0, voice.rate);
  integer(PROP_PITCH, "pitch", "Semitones above the voice's own pitch", -12, 12, voice.pitch);
  integer(PROP_VOLUME, "volume", "Volume, 0-100", 0, 100, voice.volume);
  text(PROP_STYLE, "style", "Speaking style, such as cheerful; empty: the voice's own", "", kFlags);
  real(PROP_STYLE_DEGREE, "style-degree", "How much of the style", 0.01, 2.0, voice.style_degree);
  text(PROP_REGION, "region", "Azure region of the key; empty: AZURE_SPEECH_REGION, or eastus", "",
       kFlags);
  text(PROP_ENDPOINT, "endpoint",
       "Base URL instead of the region's; empty: AZURE_SPEECH_ENDPOINT, or the region's", "",
       kFlags);
  text(PROP_API_KEY, "api-key",
       "Key of the service; empty: AZURE_SPEECH_KEY. Can be set and not be read", nullptr, kFlags);
  properties[PROP_PREFETCH] = g_param_spec_uint(
      "prefetch", "prefetch",
      "Clauses requested while an earlier one is being received; read at READY to PAUSED", 0, 16,
      defaults.prefetch, kStartFlags);
  deadline(PROP_CONNECT_TIMEOUT, "connect-timeout", "Milliseconds until the service is connected",
           deadlines.connect);
  deadline(PROP_FIRST_BYTE_TIMEOUT, "first-byte-timeout",
           "Milliseconds from then to the first byte of audio", deadlines.first_byte);
  deadline(PROP_STALL_TIMEOUT, "stall-timeout", "Milliseconds between two pieces of audio",
           deadlines.stall);
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

}  // namespace centralita

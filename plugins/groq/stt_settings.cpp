#include "plugins/groq/stt_settings.h"

#include <gst/gst.h>

namespace centralita {
namespace {

using std::chrono::milliseconds;

enum Property {
  PROP_0,
  PROP_MODEL,
  PROP_LANGUAGE,
  PROP_PROMPT,
  PROP_TEMPERATURE,
  PROP_SEGMENTATION,
  PROP_PRE_ROLL,
  PROP_TAIL,
  PROP_MAX_UTTERANCE,
  PROP_MIN_UTTERANCE,
  PROP_PROVIDER,
  N_PROPERTIES = PROP_PROVIDER
};

constexpr ProviderProperties kProvider(PROP_PROVIDER, kGroqTranscription);

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

}  // namespace

GType stt_segmentation_type() {
  static const GEnumValue values[] = {
      {int(Segmentation::kAuto), "One utterance until EOS, or by events once one was seen", "auto"},
      {int(Segmentation::kEvents), "Between speech-start and speech-end events", "events"},
      {int(Segmentation::kEos), "One utterance until EOS", "eos"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CentralitaGroqSttSegmentation", values);
  return type;
}

bool set_stt_property(SttSettings& settings, guint id, const GValue* value) {
  auto& transcription = settings.transcription;
  switch (id) {
    case PROP_MODEL:
      transcription.model = text_of(value);
      break;
    case PROP_LANGUAGE:
      transcription.language = text_of(value);
      break;
    case PROP_PROMPT:
      transcription.prompt = text_of(value);
      break;
    case PROP_TEMPERATURE:
      transcription.temperature = g_value_get_double(value);
      break;
    case PROP_SEGMENTATION:
      settings.utterance.segmentation = Segmentation(g_value_get_enum(value));
      break;
    case PROP_PRE_ROLL:
      settings.utterance.pre_roll = milliseconds(g_value_get_uint(value));
      break;
    case PROP_TAIL:
      settings.utterance.tail = milliseconds(g_value_get_uint(value));
      break;
    case PROP_MAX_UTTERANCE:
      settings.utterance.max = std::chrono::seconds(g_value_get_uint(value));
      break;
    case PROP_MIN_UTTERANCE:
      settings.min_utterance = milliseconds(g_value_get_uint(value));
      break;
    default:
      return kProvider.set(transcription.provider, id, value);
  }
  return true;
}

bool get_stt_property(const SttSettings& settings, guint id, GValue* value) {
  const auto& transcription = settings.transcription;
  const auto set_ms = [value](auto duration) {
    g_value_set_uint(value, static_cast<guint>(duration.count()));
  };
  switch (id) {
    case PROP_MODEL:
      g_value_set_string(value, transcription.model.c_str());
      break;
    case PROP_LANGUAGE:
      g_value_set_string(value, transcription.language.c_str());
      break;
    case PROP_PROMPT:
      g_value_set_string(value, transcription.prompt.c_str());
      break;
    case PROP_TEMPERATURE:
      g_value_set_double(value, transcription.temperature);
      break;
    case PROP_SEGMENTATION:
      g_value_set_enum(value, int(settings.utterance.segmentation));
      break;
    case PROP_PRE_ROLL:
      set_ms(settings.utterance.pre_roll);
      break;
    case PROP_TAIL:
      set_ms(settings.utterance.tail);
      break;
    case PROP_MAX_UTTERANCE:
      set_ms(settings.utterance.max);
      break;
    case PROP_MIN_UTTERANCE:
      set_ms(settings.min_utterance);
      break;
    default:
      return kProvider.get(transcription.provider, id, value);
  }
  return true;
}

void install_stt_properties(GObjectClass* object_class) {
  const SttSettings defaults;
  GParamSpec* properties[N_PROPERTIES] = {};
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);
  constexpr auto kStartFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                        GST_PARAM_MUTABLE_READY);
  const auto text = [&](Property id, const char* name, const char* what, const char* initial) {
    properties[id] = g_param_spec_string(name, name, what, initial, kFlags);
  };
  const auto number = [&](Property id, const char* name, const char* what, guint least, guint most,
                          auto initial, GParamFlags flags) {
    properties[id] = g_param_spec_uint(name, name, what, least, most,
                                       static_cast<guint>(initial.count()), flags);
  };
  text(PROP_MODEL, "model", "Model id of the service", defaults.transcription.model.c_str());
  text(PROP_LANGUAGE, "language",
       "Language of the speech, BCP 47 or ISO 639-1 (es-MX, es); empty: the service guesses", "");
  text(PROP_PROMPT, "prompt", "Words and names to expect, in that language, at most 224 tokens",
       "");
  properties[PROP_TEMPERATURE] = g_param_spec_double(
      "temperature", "temperature", "How freely the service guesses, 0-1", 0, 1, 0, kFlags);
  properties[PROP_SEGMENTATION] = g_param_spec_enum(
      "segmentation", "segmentation", "What an utterance is; read when the stream starts",
      stt_segmentation_type(), int(defaults.utterance.segmentation), kStartFlags);
  number(PROP_PRE_ROLL, "pre-roll",
         "Milliseconds sent from before the start of speech; read when the stream starts", 0, 5000,
         defaults.utterance.pre_roll, kStartFlags);
  number(PROP_TAIL, "tail",
         "Milliseconds sent from after the end of speech, at most what has arrived when it is "
         "announced; read when the stream starts",
         0, 5000, defaults.utterance.tail, kStartFlags);
  number(PROP_MAX_UTTERANCE, "max-utterance",
         "Seconds after which an utterance is cut, and goes on in the next; read when the stream "
         "starts",
         1, 240, defaults.utterance.max, kStartFlags);
  number(PROP_MIN_UTTERANCE, "min-utterance",
         "Milliseconds of speech below which the service is not asked: the transcript is empty", 0,
         10000, defaults.min_utterance, kFlags);
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);
  kProvider.install(object_class, defaults.transcription.provider);
}

}  // namespace centralita

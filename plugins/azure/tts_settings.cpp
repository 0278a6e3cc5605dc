#include "plugins/azure/tts_settings.h"

#include <gst/gst.h>

namespace centralita {
namespace {

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
  PROP_PREFETCH,
  PROP_DICTIONARY,
  PROP_NORMALISE,
  PROP_CACHE,
  PROP_CACHE_DIR,
  PROP_CACHE_SIZE,
  PROP_CACHE_STATS,
  PROP_PROVIDER,
  N_PROPERTIES = PROP_PROVIDER
};

constexpr ProviderProperties kProvider(PROP_PROVIDER, kAzure);

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

enum Normalise { kOff, kAuto };

GType normalise_type() {
  static const GEnumValue values[] = {
      {kOff, "As they are written", "off"},
      {kAuto, "In words, when the language is Spanish or English", "auto"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CentralitaAzureTtsNormalise", values);
  return type;
}

GType cache_type() {
  static const GEnumValue values[] = {
      {int(CachePolicy::kOff), "Every clause is asked for", "off"},
      {int(CachePolicy::kMemory), "Short phrases are kept in memory, for the whole process",
       "memory"},
      {int(CachePolicy::kDisk), "And in cache-dir: what was prepared, or came again", "disk"},
      {int(CachePolicy::kPrepared),
       "What was prepared, in memory and in cache-dir, and nothing else", "prepared"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CentralitaAzureTtsCache", values);
  return type;
}

OwnedStructure cache_stats() {
  const auto stats = PhraseCache::shared().stats();
  return OwnedStructure(gst_structure_new(
      "phrase-cache", "phrases", G_TYPE_UINT64, stats.phrases, "bytes", G_TYPE_UINT64, stats.bytes,
      "hits", G_TYPE_UINT64, stats.hits, "misses", G_TYPE_UINT64, stats.misses, "evicted",
      G_TYPE_UINT64, stats.evicted, nullptr));
}

}  // namespace

Result<bool> set_tts_property(TtsSettings& settings, guint id, const GValue* value) {
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
    case PROP_PREFETCH:
      settings.prefetch = g_value_get_uint(value);
      break;
    case PROP_DICTIONARY: {
      auto dictionary = Dictionary::parse(text_of(value));
      if (!dictionary)
        return Unexpected("The dictionary was not set: " + dictionary.error());
      synthesis.dictionary = std::move(*dictionary);
      settings.dictionary = text_of(value);
      break;
    }
    case PROP_CACHE:
      settings.cache.policy = CachePolicy(g_value_get_enum(value));
      break;
    case PROP_CACHE_DIR:
      settings.cache.folder.path = text_of(value);
      break;
    case PROP_CACHE_SIZE:
      settings.cache.folder.most_bytes = g_value_get_uint64(value);
      break;
    case PROP_NORMALISE:
      synthesis.normalise = g_value_get_enum(value) == kAuto;
      break;
    default:
      return kProvider.set(synthesis.provider, id, value);
  }
  return true;
}

bool get_tts_property(const TtsSettings& settings, guint id, GValue* value) {
  const auto& synthesis = settings.synthesis;
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
    case PROP_PREFETCH:
      g_value_set_uint(value, settings.prefetch);
      break;
    case PROP_DICTIONARY:
      g_value_set_string(value, settings.dictionary.c_str());
      break;
    case PROP_CACHE:
      g_value_set_enum(value, int(settings.cache.policy));
      break;
    case PROP_CACHE_DIR:
      g_value_set_string(value, settings.cache.folder.path.c_str());
      break;
    case PROP_CACHE_SIZE:
      g_value_set_uint64(value, settings.cache.folder.most_bytes);
      break;
    case PROP_CACHE_STATS:
      g_value_take_boxed(value, cache_stats().release());
      break;
    case PROP_NORMALISE:
      g_value_set_enum(value, synthesis.normalise ? kAuto : kOff);
      break;
    default:
      return kProvider.get(synthesis.provider, id, value);
  }
  return true;
}

void install_tts_properties(GObjectClass* object_class) {
  const TtsSettings defaults;
  const auto& voice = defaults.synthesis.voice;
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);
  // Of a clause: the values of its time.
  constexpr auto kControlled = static_cast<GParamFlags>(kFlags | GST_PARAM_CONTROLLABLE);
  constexpr auto kStartFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                        GST_PARAM_MUTABLE_READY);
  GParamSpec* properties[N_PROPERTIES] = {};
  const auto text = [&](Property id, const char* name, const char* what, const char* initial,
                        GParamFlags flags) {
    properties[id] = g_param_spec_string(name, name, what, initial, flags);
  };
  const auto real = [&](Property id, const char* name, const char* what, double least, double most,
                        double initial) {
    properties[id] = g_param_spec_double(name, name, what, least, most, initial, kControlled);
  };
  const auto integer = [&](Property id, const char* name, const char* what, int least, int most,
                           int initial) {
    properties[id] = g_param_spec_int(name, name, what, least, most, initial, kControlled);
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
  properties[PROP_PREFETCH] = g_param_spec_uint(
      "prefetch", "prefetch",
      "Clauses requested while an earlier one is being received; read at READY to PAUSED", 0, 16,
      defaults.prefetch, kStartFlags);
  text(PROP_DICTIONARY, "dictionary",
       "Pronunciations: JSON object of words to an alias (\"...\") or IPA (\"/.../\"); what is not "
       "valid is not taken, with a warning",
       "", kFlags);
  properties[PROP_NORMALISE] = g_param_spec_enum(
      "normalise", "normalise", "Whether numbers, dates, money and the like are sent in words",
      normalise_type(), kAuto, kFlags);
  properties[PROP_CACHE] =
      g_param_spec_enum("cache", "cache", "Where phrases that were spoken before come from",
                        cache_type(), int(defaults.cache.policy), kFlags);
  text(PROP_CACHE_DIR, "cache-dir",
       "Folder of kept phrases, for cache=disk and cache=prepared; made when needed", "", kFlags);
  properties[PROP_CACHE_SIZE] = g_param_spec_uint64(
      "cache-size", "cache-size", "Most bytes in cache-dir; what was used least recently goes", 0,
      G_MAXUINT64, defaults.cache.folder.most_bytes, kFlags);
  properties[PROP_CACHE_STATS] = g_param_spec_boxed(
      "cache-stats", "cache-stats",
      "Of the process's memory: phrases and bytes now; hits, misses and evicted so far",
      GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);
  kProvider.install(object_class, defaults.synthesis.provider);
}

}  // namespace centralita

#include "plugins/groq/stt_settings.h"

#include <gst/gst.h>

namespace centralita {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum Property {
  PROP_0,
  PROP_MODEL,
  PROP_LANGUAGE,
  PROP_PROMPT,
  PROP_KEYWORDS,
  PROP_TEMPERATURE,
  PROP_UPLOAD_FORMAT,
  PROP_VERBOSE_JSON,
  PROP_HALLUCINATION_GATE,
  PROP_RETRIES,
  PROP_MAX_RETRY_WAIT,
  PROP_SEGMENTATION,
  PROP_PRE_ROLL,
  PROP_TAIL,
  PROP_MAX_UTTERANCE,
  PROP_MIN_UTTERANCE,
  PROP_SPECULATIVE,
  PROP_MAX_SPECULATIONS,
  PROP_REOPEN_WINDOW,
  PROP_WARM,
  PROP_SPECULATIONS,
  PROP_SPECULATIONS_WITHDRAWN,
  PROP_PROVIDER,
  N_PROPERTIES = PROP_PROVIDER
};

constexpr ProviderProperties kProvider(PROP_PROVIDER, kGroqTranscription);

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

std::vector<std::string> texts_of(const GValue* array) {
  std::vector<std::string> texts;
  for (guint i = 0; i < gst_value_array_get_size(array); ++i)
    texts.push_back(text_of(gst_value_array_get_value(array, i)));
  return texts;
}

void set_texts(GValue* array, const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    GValue item = G_VALUE_INIT;
    g_value_init(&item, G_TYPE_STRING);
    g_value_set_string(&item, text.c_str());
    gst_value_array_append_and_take_value(array, &item);
  }
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

GType stt_upload_format_type() {
  static const GEnumValue values[] = {
      {int(UploadFormat::kWav), "WAV: no work, no loss", "wav"},
      {int(UploadFormat::kFlac), "FLAC: no loss, two thirds of the bytes", "flac"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CentralitaGroqSttUploadFormat", values);
  return type;
}

GType stt_gate_type() {
  static const GEnumValue values[] = {
      {int(Strictness::kOff), "Everything passes", "off"},
      {int(Strictness::kLenient), "Only what is surely invented is left out", "lenient"},
      {int(Strictness::kNormal), "What is probably invented is left out", "normal"},
      {int(Strictness::kStrict), "What is perhaps invented is left out", "strict"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("CentralitaGroqSttGate", values);
  return type;
}

bool set_stt_property(SttSettings& settings, guint id, const GValue* value) {
  auto& transcription = settings.queue.transcription;
  const auto ms = [value] { return milliseconds(g_value_get_uint(value)); };
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
    case PROP_KEYWORDS:
      transcription.keywords = texts_of(value);
      break;
    case PROP_TEMPERATURE:
      transcription.temperature = g_value_get_double(value);
      break;
    case PROP_UPLOAD_FORMAT:
      transcription.format = UploadFormat(g_value_get_enum(value));
      break;
    case PROP_VERBOSE_JSON:
      transcription.verbose_json = g_value_get_boolean(value);
      break;
    case PROP_HALLUCINATION_GATE:
      transcription.gate = Strictness(g_value_get_enum(value));
      break;
    case PROP_RETRIES:
      transcription.retry.tries = 1 + static_cast<int>(g_value_get_uint(value));
      break;
    case PROP_MAX_RETRY_WAIT:
      transcription.retry.longest_pause = ms();
      break;
    case PROP_SEGMENTATION:
      settings.utterance.segmentation = Segmentation(g_value_get_enum(value));
      break;
    case PROP_PRE_ROLL:
      settings.utterance.pre_roll = ms();
      break;
    case PROP_TAIL:
      settings.utterance.tail = ms();
      break;
    case PROP_MAX_UTTERANCE:
      settings.utterance.max = settings.queue.max_utterance = seconds(g_value_get_uint(value));
      break;
    case PROP_MIN_UTTERANCE:
      settings.queue.min_utterance = ms();
      break;
    case PROP_SPECULATIVE:
      settings.speculative = g_value_get_boolean(value);
      break;
    case PROP_MAX_SPECULATIONS:
      settings.queue.max_speculations = g_value_get_uint(value);
      break;
    case PROP_REOPEN_WINDOW:
      settings.queue.reopen = ms();
      break;
    case PROP_WARM:
      settings.warm = g_value_get_boolean(value);
      break;
    default:
      return kProvider.set(transcription.provider, id, value);
  }
  return true;
}

bool get_stt_property(const SttSettings& settings, const SttCounts& counts, guint id,
                      GValue* value) {
  const auto& transcription = settings.queue.transcription;
  const auto set_count = [value](auto duration) {
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
    case PROP_KEYWORDS:
      set_texts(value, transcription.keywords);
      break;
    case PROP_TEMPERATURE:
      g_value_set_double(value, transcription.temperature);
      break;
    case PROP_UPLOAD_FORMAT:
      g_value_set_enum(value, int(transcription.format));
      break;
    case PROP_VERBOSE_JSON:
      g_value_set_boolean(value, transcription.verbose_json);
      break;
    case PROP_HALLUCINATION_GATE:
      g_value_set_enum(value, int(transcription.gate));
      break;
    case PROP_RETRIES:
      g_value_set_uint(value, static_cast<guint>(transcription.retry.tries - 1));
      break;
    case PROP_MAX_RETRY_WAIT:
      set_count(transcription.retry.longest_pause);
      break;
    case PROP_SEGMENTATION:
      g_value_set_enum(value, int(settings.utterance.segmentation));
      break;
    case PROP_PRE_ROLL:
      set_count(settings.utterance.pre_roll);
      break;
    case PROP_TAIL:
      set_count(settings.utterance.tail);
      break;
    case PROP_MAX_UTTERANCE:
      set_count(settings.utterance.max);
      break;
    case PROP_MIN_UTTERANCE:
      set_count(settings.queue.min_utterance);
      break;
    case PROP_SPECULATIVE:
      g_value_set_boolean(value, settings.speculative);
      break;
    case PROP_MAX_SPECULATIONS:
      g_value_set_uint(value, settings.queue.max_speculations);
      break;
    case PROP_REOPEN_WINDOW:
      set_count(settings.queue.reopen);
      break;
    case PROP_WARM:
      g_value_set_boolean(value, settings.warm);
      break;
    case PROP_SPECULATIONS:
      g_value_set_uint(value, counts.speculations);
      break;
    case PROP_SPECULATIONS_WITHDRAWN:
      g_value_set_uint(value, counts.withdrawn);
      break;
    default:
      return kProvider.get(transcription.provider, id, value);
  }
  return true;
}

void install_stt_properties(GObjectClass* object_class) {
  const SttSettings defaults;
  const auto& transcription = defaults.queue.transcription;
  GParamSpec* properties[N_PROPERTIES] = {};
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_PLAYING);
  // Of an utterance: the values of its end.
  constexpr auto kControlled = static_cast<GParamFlags>(kFlags | GST_PARAM_CONTROLLABLE);
  constexpr auto kStartFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                        GST_PARAM_MUTABLE_READY);
  constexpr auto kReadFlags = static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  const auto text = [&](Property id, const char* name, const char* what, const char* initial) {
    properties[id] = g_param_spec_string(name, name, what, initial, kFlags);
  };
  const auto number = [&](Property id, const char* name, const char* what, guint least, guint most,
                          auto initial, GParamFlags flags) {
    properties[id] =
        g_param_spec_uint(name, name, what, least, most, static_cast<guint>(initial), flags);
  };
  const auto yes_or_no = [&](Property id, const char* name, const char* what, bool initial) {
    properties[id] = g_param_spec_boolean(name, name, what, initial, kFlags);
  };
  text(PROP_MODEL, "model", "Model id of the service", transcription.model.c_str());
  text(PROP_LANGUAGE, "language",
       "Language of the speech, BCP 47 or ISO 639-1 (es-MX, es); empty: the service guesses", "");
  text(PROP_PROMPT, "prompt",
       "What was said before, or words to expect, in that language; the last 224 tokens count", "");
  properties[PROP_KEYWORDS] = gst_param_spec_array(
      "keywords", "keywords",
      "Names and words to be heard right, the important ones first: they stand before the prompt, "
      "as many as there is room for in 224 tokens",
      g_param_spec_string("keyword", "keyword", "One of them", "", kFlags), kFlags);
  properties[PROP_TEMPERATURE] = g_param_spec_double(
      "temperature", "temperature", "How freely the service guesses, 0-1", 0, 1, 0, kControlled);
  properties[PROP_UPLOAD_FORMAT] = g_param_spec_enum(
      "upload-format", "upload-format",
      "How the audio is sent. A WAV file that is too large (413) is sent again as FLAC",
      stt_upload_format_type(), int(transcription.format), kFlags);
  yes_or_no(PROP_VERBOSE_JSON, "verbose-json",
            "Ask for segments with their scores; off, the gate knows the text and the audio only",
            transcription.verbose_json);
  properties[PROP_HALLUCINATION_GATE] =
      g_param_spec_enum("hallucination-gate", "hallucination-gate",
                        "How readily text is left out that was invented and not said",
                        stt_gate_type(), int(transcription.gate), kFlags);
  number(PROP_RETRIES, "retries",
         "How often a request is made again that failed in a way that may pass (429, 5xx, "
         "timeouts, a lost connection)",
         0, 10, transcription.retry.tries - 1, kFlags);
  number(PROP_MAX_RETRY_WAIT, "max-retry-wait",
         "Milliseconds before it at most; a service that asks for a longer wait is not waited for",
         0, 600000, transcription.retry.longest_pause.count(), kFlags);
  properties[PROP_SEGMENTATION] = g_param_spec_enum(
      "segmentation", "segmentation", "What an utterance is; read when the stream starts",
      stt_segmentation_type(), int(defaults.utterance.segmentation), kStartFlags);
  number(PROP_PRE_ROLL, "pre-roll",
         "Milliseconds sent from before the start of speech; read when the stream starts", 0, 5000,
         defaults.utterance.pre_roll.count(), kStartFlags);
  number(PROP_TAIL, "tail",
         "Milliseconds sent from after the end of speech, at most what has arrived when it is "
         "announced; read when the stream starts",
         0, 5000, defaults.utterance.tail.count(), kStartFlags);
  number(PROP_MAX_UTTERANCE, "max-utterance",
         "Seconds after which an utterance is cut, in a quiet place before, and goes on in the "
         "next; read when the stream starts",
         1, 240, defaults.utterance.max.count(), kStartFlags);
  number(PROP_MIN_UTTERANCE, "min-utterance",
         "Milliseconds of speech below which the service is not asked, unless it is clearly a "
         "voice: the transcript is empty",
         0, 10000, defaults.queue.min_utterance.count(), kControlled);
  yes_or_no(PROP_SPECULATIVE, "speculative",
            "Ask for the utterance so far at a probable end of speech (speech-pause)",
            defaults.speculative);
  number(PROP_MAX_SPECULATIONS, "max-speculations", "Such requests for one utterance, at most", 0,
         100, defaults.queue.max_speculations, kControlled);
  number(PROP_REOPEN_WINDOW, "reopen-window",
         "Milliseconds after the end of an utterance in which merge-next can make the next one go "
         "with it; its audio is kept so long",
         0, 60000, defaults.queue.reopen.count(), kControlled);
  yes_or_no(PROP_WARM, "warm",
            "Open the connection when the stream starts, and again when speech starts, if it was "
            "closed meanwhile",
            defaults.warm);
  properties[PROP_SPECULATIONS] = g_param_spec_uint(
      "speculations", "speculations", "Speculative requests made since the stream started", 0,
      G_MAXUINT, 0, kReadFlags);
  properties[PROP_SPECULATIONS_WITHDRAWN] = g_param_spec_uint(
      "speculations-withdrawn", "speculations-withdrawn",
      "Of these, requests whose answer was of no use", 0, G_MAXUINT, 0, kReadFlags);
  g_object_class_install_properties(object_class, N_PROPERTIES, properties);
  kProvider.install(object_class, transcription.provider);
}

}  // namespace centralita

#include "plugins/vad/vad_settings.h"

#include <gst/gst.h>

#include <algorithm>

namespace centralita {
namespace {

enum Property {
  PROP_0,
  PROP_MODEL,
  PROP_THRESHOLD,
  PROP_THRESHOLD_OFF,
  PROP_CONFIRMATION_TIME,
  PROP_HANGOVER,
  PROP_ONSET_TIME,
  PROP_PAUSE_TIME,
  PROP_PRE_ROLL,
  PROP_MIN_LEVEL,
  N_PROPERTIES
};

constexpr guint kMaxMs = 60000;

// The setting that a property of whole milliseconds stands for.
guint VadSettings::*milliseconds(guint id) {
  switch (id) {
    case PROP_CONFIRMATION_TIME:
      return &VadSettings::confirmation_ms;
    case PROP_HANGOVER:
      return &VadSettings::hangover_ms;
    case PROP_ONSET_TIME:
      return &VadSettings::onset_ms;
    case PROP_PAUSE_TIME:
      return &VadSettings::pause_ms;
    case PROP_PRE_ROLL:
      return &VadSettings::pre_roll_ms;
    default:
      return nullptr;
  }
}

float VadSettings::*number(guint id) {
  switch (id) {
    case PROP_THRESHOLD:
      return &VadSettings::threshold_on;
    case PROP_THRESHOLD_OFF:
      return &VadSettings::threshold_off;
    case PROP_MIN_LEVEL:
      return &VadSettings::min_level_dbfs;
    default:
      return nullptr;
  }
}

}  // namespace

SpeechSettings VadSettings::detector(unsigned rate) const {
  const auto samples = [&](guint ms) { return guint64{ms} * rate / 1000; };
  return {.threshold_on = threshold_on,
          .threshold_off = std::min(threshold_off, threshold_on),
          .confirmation = samples(confirmation_ms),
          .hangover = samples(hangover_ms),
          .onset = samples(onset_ms),
          .pause = samples(pause_ms)};
}

std::string VadSettings::model_path() const {
  if (!model.empty())
    return model;
  const char* from_environment = g_getenv("SILERO_VAD_MODEL");
  return from_environment && *from_environment ? from_environment
                                               : CENTRALITA_DATADIR "/silero_vad.onnx";
}

bool VadSettings::set(guint id, const GValue* value) {
  if (id == PROP_MODEL) {
    const char* path = g_value_get_string(value);
    model = path ? path : "";
  } else if (const auto ms = milliseconds(id)) {
    this->*ms = g_value_get_uint(value);
  } else if (const auto member = number(id)) {
    this->*member = static_cast<float>(g_value_get_double(value));
  } else {
    return false;
  }
  return true;
}

bool VadSettings::get(guint id, GValue* value) const {
  if (id == PROP_MODEL)
    g_value_set_string(value, model_path().c_str());
  else if (const auto ms = milliseconds(id))
    g_value_set_uint(value, this->*ms);
  else if (const auto member = number(id))
    g_value_set_double(value, this->*member);
  else
    return false;
  return true;
}

void VadSettings::install_properties(GObjectClass* klass) {
  constexpr auto kPlaying =
      static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                               GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE);
  constexpr auto kReady = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                   GST_PARAM_MUTABLE_READY);
  const VadSettings defaults;
  const auto ms = [&](guint id, const char* name, const char* nick, const char* blurb) {
    return g_param_spec_uint(name, nick, blurb, 0, kMaxMs, defaults.*milliseconds(id), kPlaying);
  };
  GParamSpec* specs[N_PROPERTIES] = {};
  /**
   * CentralitaVoiceVad:model:
   *
   * Path of the weights, silero_vad.onnx. Unset: the environment variable SILERO_VAD_MODEL, else
   * the file installed with the plugin. Read once in the life of a process, by the first element
   * that goes to READY; all elements share it.
   */
  specs[PROP_MODEL] =
      g_param_spec_string("model", "Model", "Path of silero_vad.onnx", nullptr, kReady);
  /**
   * CentralitaVoiceVad:threshold:
   *
   * Probability from which on 32 ms of audio count as speech.
   */
  specs[PROP_THRESHOLD] =
      g_param_spec_double("threshold", "Threshold", "Probability that counts as speech", 0, 1,
                          defaults.threshold_on, kPlaying);
  /**
   * CentralitaVoiceVad:threshold-off:
   *
   * Probability below which 32 ms of audio count as silence; what lies between this and
   * #CentralitaVoiceVad:threshold goes on being what was before it. No effect above the threshold.
   */
  specs[PROP_THRESHOLD_OFF] =
      g_param_spec_double("threshold-off", "Threshold off", "Probability that counts as silence", 0,
                          1, defaults.threshold_off, kPlaying);
  /**
   * CentralitaVoiceVad:confirmation-time:
   *
   * Milliseconds of speech, from where it set in, before its start is declared.
   */
  specs[PROP_CONFIRMATION_TIME] = ms(PROP_CONFIRMATION_TIME, "confirmation-time",
                                     "Confirmation time", "Milliseconds of speech before a start");
  /**
   * CentralitaVoiceVad:hangover:
   *
   * Milliseconds of silence, from where speech broke off, before its end is declared.
   */
  specs[PROP_HANGOVER] =
      ms(PROP_HANGOVER, "hangover", "Hangover", "Milliseconds of silence before an end");
  /**
   * CentralitaVoiceVad:onset-time:
   *
   * Milliseconds of speech before `speech-probable`, in advance of a start that may still be
   * rejected. 0: none. No effect from #CentralitaVoiceVad:confirmation-time on.
   */
  specs[PROP_ONSET_TIME] = ms(PROP_ONSET_TIME, "onset-time", "Onset time",
                              "Milliseconds of speech before a probable start; 0: not said");
  /**
   * CentralitaVoiceVad:pause-time:
   *
   * Milliseconds of silence before `speech-pause`, in advance of an end that may still not come. 0:
   * none. No effect from #CentralitaVoiceVad:hangover on.
   */
  specs[PROP_PAUSE_TIME] = ms(PROP_PAUSE_TIME, "pause-time", "Pause time",
                              "Milliseconds of silence before a probable end; 0: not said");
  /**
   * CentralitaVoiceVad:pre-roll:
   *
   * Milliseconds by which starts are said to lie before the first voiced sample, for who cuts audio
   * by them; never before the end of the speech before or the beginning of the stream.
   */
  specs[PROP_PRE_ROLL] =
      ms(PROP_PRE_ROLL, "pre-roll", "Pre-roll", "Milliseconds by which starts are moved back");
  /**
   * CentralitaVoiceVad:min-level:
   *
   * Level, in dBFS, below which 32 ms of audio are silence whatever they sound like; the network is
   * not run for them.
   */
  specs[PROP_MIN_LEVEL] =
      g_param_spec_double("min-level", "Minimum level", "dBFS below which all is silence", -127, 0,
                          defaults.min_level_dbfs, kPlaying);
  g_object_class_install_properties(klass, N_PROPERTIES, specs);
}

}  // namespace centralita

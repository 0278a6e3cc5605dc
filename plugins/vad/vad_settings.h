// The properties of voicevad, as GObject shows them and as the stream uses them.
#pragma once

#include "plugins/vad/speech_detector.h"

#include <glib-object.h>

#include <string>

namespace centralita {

struct VadSettings {
  std::string model;  // empty: SILERO_VAD_MODEL, then the installed file
  float threshold_on = 0.5f;
  float threshold_off = 0.35f;
  guint confirmation_ms = 96;
  guint hangover_ms = 300;
  guint onset_ms = 32;
  guint pause_ms = 160;
  guint pre_roll_ms = 0;
  float min_level_dbfs = -65;

  // In samples at that rate.
  SpeechSettings detector(unsigned rate) const;
  // Of the weights: the first of those named above that is set.
  std::string model_path() const;

  static void install_properties(GObjectClass* klass);
  // False: there is no such property.
  bool set(guint id, const GValue* value);
  bool get(guint id, GValue* value) const;
};

}  // namespace centralita

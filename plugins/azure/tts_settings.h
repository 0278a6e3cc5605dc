// What azurettssrc can be told: its settings and the properties that set them.
#pragma once

#include "plugins/azure/synthesis.h"

#include <string>

namespace centralita {

struct TtsSettings {
  SynthesisSettings synthesis;
  std::string text;
  unsigned prefetch = 2;
};

void install_tts_properties(GObjectClass* object_class);

// False when there is no property of that id.
bool set_tts_property(TtsSettings& settings, guint id, const GValue* value);
bool get_tts_property(const TtsSettings& settings, guint id, GValue* value);

}  // namespace centralita

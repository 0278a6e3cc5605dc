// What azurettssrc can be told: its settings and the properties that set them.
#pragma once

#include "plugins/azure/phrase_source.h"

#include "plugins/base/result.h"

#include <string>

namespace centralita {

struct TtsSettings {
  SynthesisSettings synthesis;
  CacheSettings cache;
  std::string text;
  unsigned prefetch = 2;
  std::string dictionary;  // as it was set; what it says is in synthesis
};

void install_tts_properties(GObjectClass* object_class);

// False when there is no property of that id. The error says why a value is not taken.
Result<bool> set_tts_property(TtsSettings& settings, guint id, const GValue* value);
bool get_tts_property(const TtsSettings& settings, guint id, GValue* value);

}  // namespace centralita

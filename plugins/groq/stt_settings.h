// What groqsttsink can be told: its settings and the properties that set them.
#pragma once

#include "plugins/groq/transcription.h"
#include "plugins/groq/utterance_buffer.h"

namespace centralita {

struct SttSettings {
  TranscriptionSettings transcription;
  UtteranceBuffer::Settings utterance;
  std::chrono::milliseconds min_utterance{120};
};

GType stt_segmentation_type();
void install_stt_properties(GObjectClass* object_class);

// False when there is no property of that id.
bool set_stt_property(SttSettings& settings, guint id, const GValue* value);
bool get_stt_property(const SttSettings& settings, guint id, GValue* value);

}  // namespace centralita

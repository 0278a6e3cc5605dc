// What groqsttsink can be told: its settings and the properties that set them.
#pragma once

#include "plugins/groq/transcription_queue.h"
#include "plugins/groq/utterance_buffer.h"

namespace centralita {

struct SttSettings {
  QueueSettings queue;
  UtteranceBuffer::Settings utterance;
  bool speculative = false;
  bool warm = true;
};

// Read only, of the stream since it started.
struct SttCounts {
  unsigned speculations = 0;
  unsigned withdrawn = 0;  // of these
};

GType stt_segmentation_type();
GType stt_upload_format_type();
GType stt_gate_type();
void install_stt_properties(GObjectClass* object_class);

// False when there is no property of that id.
bool set_stt_property(SttSettings& settings, guint id, const GValue* value);
bool get_stt_property(const SttSettings& settings, const SttCounts& counts, guint id,
                      GValue* value);

}  // namespace centralita

#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_VOICE_VAD (centralita_voice_vad_get_type())
G_DECLARE_FINAL_TYPE(CentralitaVoiceVad, centralita_voice_vad, CENTRALITA, VOICE_VAD,
                     GstBaseTransform)
GST_ELEMENT_REGISTER_DECLARE(voicevad);

G_END_DECLS

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_SPEECH_GATE (centralita_speech_gate_get_type())
G_DECLARE_FINAL_TYPE(CentralitaSpeechGate, centralita_speech_gate, CENTRALITA, SPEECH_GATE,
                     GstElement)
GST_ELEMENT_REGISTER_DECLARE(speechgate)

G_END_DECLS

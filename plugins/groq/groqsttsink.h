// The element is described in groqsttsink.cpp.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_GROQ_STT_SINK (centralita_groq_stt_sink_get_type())
G_DECLARE_FINAL_TYPE(CentralitaGroqSttSink, centralita_groq_stt_sink, CENTRALITA, GROQ_STT_SINK,
                     GstElement)
GST_ELEMENT_REGISTER_DECLARE(groqsttsink);

G_END_DECLS

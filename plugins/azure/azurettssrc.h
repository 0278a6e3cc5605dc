// The element is described in azurettssrc.cpp.
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_AZURE_TTS_SRC (centralita_azure_tts_src_get_type())
G_DECLARE_FINAL_TYPE(CentralitaAzureTtsSrc, centralita_azure_tts_src, CENTRALITA, AZURE_TTS_SRC,
                     GstElement)
GST_ELEMENT_REGISTER_DECLARE(azurettssrc);

G_END_DECLS

#include "plugins/vad/speechgate.h"
#include "plugins/vad/voicevad.h"

#define PACKAGE "centralita"

static gboolean plugin_init(GstPlugin* plugin) {
  return GST_ELEMENT_REGISTER(voicevad, plugin) && GST_ELEMENT_REGISTER(speechgate, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, centralitavad, "Voice activity",
                  plugin_init, CENTRALITA_VERSION, "LGPL", "centralita",
                  "https://centralita.invalid")

#define PACKAGE "centralita"

#include "plugins/azure/azurettssrc.h"

static gboolean plugin_init(GstPlugin* plugin) { return GST_ELEMENT_REGISTER(azurettssrc, plugin); }

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, centralitaazure,
                  "Text to speech with Azure Speech", plugin_init, CENTRALITA_VERSION, "LGPL",
                  "centralita", "https://centralita.invalid")

#include "plugins/law/law.h"

#define PACKAGE "centralita"

static gboolean plugin_init(GstPlugin* plugin) { return centralita_law_register(plugin); }

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, centralitalaw,
                  "G.711 fused with the change of rate", plugin_init, CENTRALITA_VERSION, "LGPL",
                  "centralita", "https://centralita.invalid")

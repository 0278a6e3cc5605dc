#include "plugins/dialog/llmdialog.h"

#define PACKAGE "centralita"

static gboolean plugin_init(GstPlugin* plugin) { return GST_ELEMENT_REGISTER(llmdialog, plugin); }

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, centralitadialog,
                  "Dialog with a language model", plugin_init, CENTRALITA_VERSION, "LGPL",
                  "centralita", "https://centralita.invalid")

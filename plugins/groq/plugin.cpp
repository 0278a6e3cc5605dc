#define PACKAGE "centralita"

#include "plugins/groq/groqsttsink.h"

static gboolean plugin_init(GstPlugin* plugin) { return GST_ELEMENT_REGISTER(groqsttsink, plugin); }

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, centralitagroq,
                  "Speech to text with Groq or any server of the same protocol", plugin_init,
                  CENTRALITA_VERSION, "LGPL", "centralita", "https://centralita.invalid")

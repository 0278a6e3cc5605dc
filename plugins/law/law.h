// The four elements mulawtopcm, pcmtomulaw, alawtopcm and pcmtoalaw: one implementation
// (CentralitaLaw) and a type of its own for each.
#pragma once

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_LAW (centralita_law_get_type())
G_DECLARE_DERIVABLE_TYPE(CentralitaLaw, centralita_law, CENTRALITA, LAW, GstBaseTransform)

struct _CentralitaLawClass {
  GstBaseTransformClass parent_class;
  gconstpointer spec;  // what makes this type: see law.cpp
};

// Registers all four with `plugin`.
gboolean centralita_law_register(GstPlugin* plugin);

G_END_DECLS

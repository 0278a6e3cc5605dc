#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define CENTRALITA_TYPE_LLM_DIALOG (centralita_llm_dialog_get_type())
G_DECLARE_FINAL_TYPE(CentralitaLlmDialog, centralita_llm_dialog, CENTRALITA, LLM_DIALOG, GstElement)
GST_ELEMENT_REGISTER_DECLARE(llmdialog);

G_END_DECLS

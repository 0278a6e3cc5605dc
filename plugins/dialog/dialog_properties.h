// The properties of llmdialog that are settings.
#pragma once

#include "plugins/base/locked.h"
#include "plugins/dialog/dialog_settings.h"

namespace centralita {

// The first property id that is free.
inline constexpr guint kDialogProperties = 32;

void install_dialog_properties(GObjectClass* object_class);
// False when the id is none of these; the error says why the value was not taken.
Result<bool> set_dialog_property(Locked<DialogSettings>& settings, guint id, const GValue* value);
bool get_dialog_property(const DialogSettings& settings, guint id, GValue* value);

}  // namespace centralita

// Holds a GDateTime.
#pragma once

#include "plugins/base/ref.h"

namespace centralita {

template <>
struct RefTraits<GDateTime> {
  static void ref(GDateTime* p) { g_date_time_ref(p); }
  static void unref(GDateTime* p) { g_date_time_unref(p); }
};

}  // namespace centralita

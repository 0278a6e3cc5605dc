// A property that follows the stream's time in steps, as an application makes it with GStreamer's
// controller library.
#pragma once

#include "plugins/base/ref.h"

#include <gst/controller/controller.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace centralita::test {

// `steps`: from that stream time on, that value.
inline void control(GstElement* element, const char* property,
                    std::initializer_list<std::pair<GstClockTime, double>> steps) {
  const auto source = Ref<GObject>::adopt(G_OBJECT(gst_interpolation_control_source_new()));
  g_object_set(source.get(), "mode", GST_INTERPOLATION_MODE_NONE, nullptr);
  for (const auto& [time, value] : steps)
    gst_timed_value_control_source_set(GST_TIMED_VALUE_CONTROL_SOURCE(source.get()), time, value);
  ASSERT_TRUE(gst_object_add_control_binding(
      GST_OBJECT_CAST(element),
      gst_direct_control_binding_new_absolute(GST_OBJECT_CAST(element), property,
                                              GST_CONTROL_SOURCE(source.get()))));
}

}  // namespace centralita::test

// Properties that follow a GstControlSource (gst_object_add_control_binding), for elements that are
// no GstBaseTransform: at each buffer they take the values of its stream time.
#pragma once

#include <gst/gst.h>

namespace centralita {

// From the streaming thread, in the chain function. `pad`: the sink pad of `element` that `buffer`
// came by. Does nothing where nothing is controlled, or the time is not known.
void take_controlled_values(GstObject* element, GstPad* pad, GstBuffer* buffer);

}  // namespace centralita

#include "plugins/base/controlled_values.h"

#include "plugins/base/ref.h"

namespace centralita {

void take_controlled_values(GstObject* element, GstPad* pad, GstBuffer* buffer) {
  if (!gst_object_has_active_control_bindings(element) || !GST_BUFFER_PTS_IS_VALID(buffer))
    return;
  const auto event = Ref<GstEvent>::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  if (!event)
    return;
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event.get(), &segment);
  if (segment->format != GST_FORMAT_TIME)
    return;
  const auto time = gst_segment_to_stream_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (GST_CLOCK_TIME_IS_VALID(time))
    gst_object_sync_values(element, time);
}

}  // namespace centralita

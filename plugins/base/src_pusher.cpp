#include "plugins/base/src_pusher.h"

#include <algorithm>

namespace centralita {
namespace {

template <typename T>
Ref<GstMiniObject> as_item(Ref<T> object) {
  return Ref<GstMiniObject>::adopt(GST_MINI_OBJECT_CAST(object.release()));
}

// Running time by the element's clock; GST_CLOCK_TIME_NONE without one, or before PLAYING.
GstClockTime running_time_now(GstElement* element) {
  GST_OBJECT_LOCK(element);
  const bool playing = GST_STATE(element) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK(element);
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(element));
  return clock && playing ? gst_element_get_current_running_time(element) : GST_CLOCK_TIME_NONE;
}

}  // namespace

void SrcPusher::start(Mode mode) {
  {
    const std::lock_guard lock(mutex_);
    mode_ = mode;
    running_ = true;
  }
  stream_started_ = false;
  need_segment_ = true;
  discont_ = true;
  next_pts_ = 0;
  if (mode == Mode::kTask)
    gst_pad_start_task(pad_, task_loop, this, nullptr);
}

void SrcPusher::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!running_)
      return;
    running_ = false;
    queue_.clear();
  }
  wake_.notify_all();
  if (mode_ == Mode::kTask)
    gst_pad_stop_task(pad_);
}

void SrcPusher::set_caps(Ref<GstCaps> caps) { enqueue(as_item(std::move(caps))); }
void SrcPusher::push(Ref<GstBuffer> buffer) { enqueue(as_item(std::move(buffer))); }
void SrcPusher::push_event(Ref<GstEvent> event) { enqueue(as_item(std::move(event))); }
void SrcPusher::post_message(Ref<GstMessage> message) { enqueue(as_item(std::move(message))); }

void SrcPusher::enqueue(Item item) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_)
      return;
    if (mode_ == Mode::kTask) {
      queue_.push_back(std::move(item));
      wake_.notify_all();
      return;
    }
  }
  deliver(item);
}

void SrcPusher::task_loop(gpointer data) noexcept {
  auto* self = static_cast<SrcPusher*>(data);
  Item item;
  {
    std::unique_lock lock(self->mutex_);
    self->wake_.wait(lock, [&] { return !self->running_ || !self->queue_.empty(); });
    if (!self->running_) {
      gst_pad_pause_task(self->pad_);
      return;
    }
    item = std::move(self->queue_.front());
    self->queue_.pop_front();
    self->delivering_ = std::this_thread::get_id();
  }
  self->deliver(item);
  {
    const std::lock_guard lock(self->mutex_);
    self->delivering_ = {};
  }
  self->wake_.notify_all();
}

void SrcPusher::deliver(const Item& item) {
  auto* object = item.get();
  if (GST_IS_MESSAGE(object)) {
    gst_element_post_message(element(), gst_message_ref(GST_MESSAGE_CAST(object)));
    return;
  }
  if (!stream_started_) {
    stream_started_ = true;
    const OwnedString id(gst_pad_create_stream_id(pad_, element(), nullptr));
    auto* event = gst_event_new_stream_start(id.get());
    gst_event_set_group_id(event, gst_util_group_id_next());
    gst_pad_push_event(pad_, event);
  }
  if (GST_IS_CAPS(object)) {
    gst_pad_push_event(pad_, gst_event_new_caps(GST_CAPS_CAST(object)));
  } else if (GST_IS_EVENT(object)) {
    begin_segment();
    if (GST_EVENT_TYPE(object) == GST_EVENT_GAP)
      discont_ = true;
    gst_pad_push_event(pad_, gst_event_ref(GST_EVENT_CAST(object)));
  } else {
    begin_segment();
    deliver_buffer(Ref<GstBuffer>::share(GST_BUFFER_CAST(object)));
  }
}

void SrcPusher::begin_segment() {
  if (!need_segment_.exchange(false))
    return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad_, gst_event_new_segment(&segment));
}

void SrcPusher::deliver_buffer(Ref<GstBuffer> buffer) {
  auto* writable = gst_buffer_make_writable(buffer.release());
  if (!GST_BUFFER_PTS_IS_VALID(writable)) {
    const auto now = running_time_now(element());
    if (GST_CLOCK_TIME_IS_VALID(now) && now > next_pts_) {
      next_pts_ = now;
      discont_ = true;
    }
    GST_BUFFER_PTS(writable) = next_pts_;
  }
  if (GST_BUFFER_DURATION_IS_VALID(writable))
    next_pts_ = GST_BUFFER_PTS(writable) + GST_BUFFER_DURATION(writable);
  if (discont_.exchange(false))
    GST_BUFFER_FLAG_SET(writable, GST_BUFFER_FLAG_DISCONT);
  check(gst_pad_push(pad_, writable));
}

void SrcPusher::check(GstFlowReturn flow) {
  // An unlinked pad is allowed (the text may be read from the messages), a flush is no failure.
  if (flow >= GST_FLOW_OK || flow == GST_FLOW_NOT_LINKED || flow == GST_FLOW_FLUSHING ||
      flow == GST_FLOW_EOS)
    return;
  GST_ELEMENT_FLOW_ERROR(element(), flow);
}

void SrcPusher::flush() {
  gst_pad_push_event(pad_, gst_event_new_flush_start());
  {
    std::unique_lock lock(mutex_);
    // The newest caps are no data: what comes after the flush needs them.
    Item caps;
    for (auto& item : queue_)
      if (GST_IS_CAPS(item.get()))
        caps = std::move(item);
    queue_.clear();
    if (caps)
      queue_.push_back(std::move(caps));
    // FLUSH_START makes a push under way come back. Only then may FLUSH_STOP go, or an item that
    // the task had taken before would come out behind it. (The task itself may flush, from a push.)
    wake_.wait(lock, [&] {
      return delivering_ == std::thread::id() || delivering_ == std::this_thread::get_id();
    });
  }
  need_segment_ = true;
  discont_ = true;
  gst_pad_push_event(pad_, gst_event_new_flush_stop(FALSE));
}

}  // namespace centralita

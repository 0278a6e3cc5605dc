// SrcPusher is the producing end of an element that gets its data from the network: it pushes
// buffers and events out of a source pad, and owns the stream-start, caps and segment that must go
// before.
//
// Two ways, chosen at start():
//   kInline  push() goes down the pipeline at once, on the calling thread, which must be the
//            IoContext's. For an application that offered its own context and whose pipeline never
//            blocks (the server's shards): no thread, no queue.
//   kTask    push() queues, and the pad's own streaming task pushes. For gst-launch and anybody
//   whose
//            pipeline may block in a sink: the shared I/O thread never waits for a clock.
//
//   pusher.start(Mode::kTask);
//   pusher.set_caps(caps);
//   pusher.push(std::move(buffer));
//   pusher.push_event(eos);       // in its place among the buffers
//   pusher.flush();               // FLUSH_START, forget what is queued, FLUSH_STOP; any thread
//
// Buffers without PTS get one: the running time they follow on at. After a pause the stream goes on
// "now" by the element's clock, marked DISCONT, so that a live sink does not drop it as late.
#pragma once

#include "plugins/base/ref.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace centralita {

class SrcPusher {
 public:
  enum class Mode { kInline, kTask };

  // The pad belongs to the element that owns this object.
  explicit SrcPusher(GstPad* pad) : pad_(pad) {}
  ~SrcPusher() { stop(); }
  SrcPusher(const SrcPusher&) = delete;
  SrcPusher& operator=(const SrcPusher&) = delete;

  // READY -> PAUSED, after the pad has been activated.
  void start(Mode mode);
  // PAUSED -> READY: nothing is pushed when it returns. Not from the pad's own task.
  void stop();

  // Caps of what is pushed from now on; pushed before the next buffer.
  void set_caps(Ref<GstCaps> caps);
  void push(Ref<GstBuffer> buffer);
  void push_event(Ref<GstEvent> event);
  // At once, past everything queued. For events that are not serialized.
  void push_out_of_band(Ref<GstEvent> event) { gst_pad_push_event(pad_, event.release()); }
  // A message that is posted when everything pushed before it has gone down.
  void post_message(Ref<GstMessage> message);

  void flush();

 private:
  using Item = Ref<GstMiniObject>;  // buffer, event, caps or message

  void enqueue(Item item);
  void deliver(const Item& item);
  void deliver_buffer(Ref<GstBuffer> buffer);
  void begin_segment();
  void check(GstFlowReturn flow);
  static void task_loop(gpointer self) noexcept;
  GstElement* element() const { return GST_ELEMENT_CAST(GST_OBJECT_PARENT(pad_)); }

  GstPad* const pad_;
  Mode mode_ = Mode::kInline;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;      // kTask, locked
  bool running_ = false;        // locked
  std::thread::id delivering_;  // locked: the task's thread while it pushes an item

  // The pushing thread only (kInline: the I/O thread; kTask: the pad's task).
  bool stream_started_ = false;
  std::atomic<bool> need_segment_ = true;
  std::atomic<bool> discont_ = true;
  GstClockTime next_pts_ = 0;
};

template <>
struct RefTraits<GstMiniObject> : MiniObjectTraits {};

}  // namespace centralita

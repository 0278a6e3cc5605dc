// callsink: the end of a call's pipeline where the agent's audio goes out, in frames paced by a
// timer of the call's I/O context. It never blocks, prerolls or waits for a clock.
//
// Everything happens on the I/O context's thread: the pipeline must push there too (see SrcPusher's
// kInline mode). The listener is told in the order of the wire; it may not change the pipeline's
// state from inside a call.
#pragma once

#include "plugins/base/clause.h"

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

G_BEGIN_DECLS
#define CENTRALITA_TYPE_CALL_SINK (centralita_call_sink_get_type())
G_DECLARE_FINAL_TYPE(CentralitaCallSink, centralita_call_sink, CENTRALITA, CALL_SINK, GstElement)
GST_ELEMENT_REGISTER_DECLARE(callsink);
G_END_DECLS

namespace centralita {

class CallSinkListener {
 public:
  using Time = std::chrono::nanoseconds;  // of the I/O context's clock (IoContext::now)

  virtual ~CallSinkListener() = default;
  virtual void on_frame(std::span<const std::uint8_t> frame, Time play_begins) = 0;
  virtual void on_clause_begins(const ClauseStart& clause, Time play_begins) = 0;
  virtual void on_clause_ends(ClauseTag tag, Time play_ends) = 0;
  virtual void on_reply_ends(std::uint32_t turn, Time play_ends) = 0;
  // A flush came through the pipeline. `far_end_plays`: it has audio that must be dropped too.
  virtual void on_cleared(bool far_end_plays) = 0;
};

// Keeps what is queued from being sent, from the next frame on, or sends on from the very next
// sample. A flush lets go by itself. On the I/O thread, in PAUSED and PLAYING.
void call_sink_hold(GstElement* sink, bool held);

// Audio that does not come through the pipeline, in the sink's format, after what is queued. With
// `as` it is that clause, and the whole of its reply; without, it belongs to none, and the listener
// is told of its frames alone. On the I/O thread, in PAUSED and PLAYING.
void call_sink_play(GstElement* sink, std::span<const std::uint8_t> audio, const ClauseStart* as);

// Before PAUSED; the listener outlives the element's PAUSED state.
void call_sink_set_listener(GstElement* sink, CallSinkListener* listener);

}  // namespace centralita

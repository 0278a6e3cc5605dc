// The trace of a call, after the W3C's Trace Context: the one of the request that announced it, or
// one that is made of the call's own id, so that every server, log line and record knows it without
// being told. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

// 32 hexadecimal digits, never all zero. `call_id`: the call's session_id; of a call that was
// remembered also its carrier's id.
std::string trace_id_of(std::string_view call_id);

// That id stands for that trace from now on. The newest some thousands of them are kept.
void remember_trace(std::string_view call_id, std::string_view trace_id);

// Of an id that was remembered; empty: it was not.
std::string remembered_trace(std::string_view call_id);

// The trace that the headers `traceparent` and `tracestate` of a request name, empty when they name
// none. What the state was is remembered with it.
std::string announced_trace(std::string_view traceparent, std::string_view tracestate);

// What goes on with that trace beside its id; empty: nothing.
std::string tracestate_of(std::string_view trace_id);

}  // namespace centralita

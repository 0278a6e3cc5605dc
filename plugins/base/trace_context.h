// W3C Trace Context (https://www.w3.org/TR/trace-context/), as far as one process needs it: which
// trace a request belongs to. A trace id is 32 lower-case hexadecimal digits, never all zero; an
// empty one is none.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

// The trace id in a `traceparent` header; empty when it is none that the standard knows.
std::string trace_id_in(std::string_view traceparent);

// What goes on of a `tracestate` header (several of them joined by commas): the list as it is, or
// as many members from its front as fit into 512 characters; empty when it is none that the
// standard knows.
std::string tracestate_in(std::string_view tracestate);

// A `traceparent` for a request of that trace, with a new parent id. Any thread.
std::string new_traceparent(std::string_view trace_id);

}  // namespace centralita

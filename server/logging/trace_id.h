// The trace of a call, after the W3C's Trace Context: one trace id a call, made of the call's own
// id, so that every instance, log line and record knows it without being told.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

// 32 hexadecimal digits, never all zero.
std::string trace_id_of(std::string_view session_id);

}  // namespace centralita

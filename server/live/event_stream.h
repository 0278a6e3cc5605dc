// What happens in the calls as server-sent events (WHATWG HTML, 9.2), one stream a viewer.
//
// A stream begins with "reset" and one "call" for each call there is, or, for a viewer who says
// what it got last (Last-Event-ID), with what it missed. A comment every 15 seconds keeps proxies
// from taking it for dead. A viewer that does not keep up is cut off, and comes back by itself.
// Main thread only.
#pragma once

#include "server/http_exchange.h"
#include "server/live/live_calls.h"

namespace centralita {

void stream_events(LiveCalls& calls, const IoContext& io, HttpExchange& exchange);

}  // namespace centralita

// POST /api/v1/calls/{id}/context: tells a call that is going on what it could not know before.
#pragma once

#include "server/media_stream/stream_order.h"
#include "server/router.h"

#include <functional>
#include <string>

namespace centralita {

// False: there is no live call with that session_id or carrier's id.
using OrderLiveCall = std::function<bool(const std::string& id, StreamOrder order)>;

void add_context_handler(Router& router, OrderLiveCall order);

}  // namespace centralita

// POST /api/v1/calls/{id}/context: tells a call that is going on, on this server or another, what
// it could not know before.
#pragma once

#include "server/live/call_orders.h"
#include "server/media_stream/stream_order.h"
#include "server/router.h"

#include <functional>
#include <string>

namespace centralita {

// False: this server has no live call with that session_id or carrier's id.
using OrderLiveCall = std::function<bool(const std::string& id, StreamOrder order)>;

void add_context_handler(Router& router, CallOrders& orders, OrderLiveCall order);

}  // namespace centralita

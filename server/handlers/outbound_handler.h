// Placing calls and steering live ones:
//   POST /api/v1/calls                 {to, agent, carrier, from, variables, client_state,
//                                       voicemail, ring_seconds} -> 202 {session_id, carrier}
//   POST /api/v1/live-calls/{id}       {"action": "hang-up" | "transfer" | "dtmf", ...}; the id is
//                                      the call's session_id or the carrier's own, and the call may
//                                      be another server's
//   POST /admin/test-call-twilio, /admin/test-call-telnyx, /api/v1/calls/test-outbound   {to}:
//                                      the predecessor's names
#pragma once

#include "server/live/call_orders.h"
#include "server/router.h"
#include "server/store/store.h"
#include "server/telephony/phone_calls.h"
#include "server/telephony/public_address.h"

namespace centralita {

void add_outbound_handler(Router& router, const PublicAddress& address, PhoneCalls& calls,
                          CallOrders& orders, store::Store& store);

}  // namespace centralita

// POST /api/v1/telnyx/call-control: what Telnyx tells of its calls.
#pragma once

#include "server/router.h"
#include "server/telephony/phone_calls.h"
#include "server/telephony/public_address.h"

namespace centralita {

// Signed requests alone are read, each event once; the answer is given before anything is done.
void add_telnyx_handler(Router& router, const TelnyxSettings& settings,
                        const PublicAddress& address, const IoContext& io, PhoneHost& host,
                        PhoneCalls& calls);

}  // namespace centralita

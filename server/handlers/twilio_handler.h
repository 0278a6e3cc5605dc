// Twilio's webhooks, each with its signature verified before it is read:
//   GET|POST /api/v1/twilio/incoming-call   what to do with a call, answered with TwiML
//   POST     /api/v1/twilio/call-status     ringing, answered, completed, busy, ...
//   POST     /api/v1/twilio/amd             who has answered an outbound call
//   POST     /api/v1/twilio/recording-status  what Twilio has recorded
//   POST     /api/v1/twilio/stream-status   what becomes of the media stream
#pragma once

#include "server/router.h"
#include "server/telephony/phone_calls.h"
#include "server/telephony/public_address.h"

namespace centralita {

void add_twilio_handler(Router& router, const TwilioSettings& settings,
                        const PublicAddress& address, const IoContext& io, PhoneHost& host,
                        PhoneCalls& calls);

}  // namespace centralita

// GET|POST /api/v1/twilio/incoming-call: Twilio asks what to do with a call.
#pragma once

#include "server/router.h"
#include "server/settings.h"
#include "server/store/store.h"
#include "server/stream_grants.h"

#include <functional>
#include <string>

namespace centralita {

// `public_base_url`: how Twilio reaches us; asked at each request, as the port is known late.
void add_twilio_handler(Router& router, const Settings& settings,
                        std::function<std::string()> public_base_url, StreamGrants& grants,
                        store::Store& store);

}  // namespace centralita

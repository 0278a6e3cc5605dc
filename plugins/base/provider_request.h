// A request to a service whose health is watched: as HttpStream::start(), with the latency of its
// first byte noted, and, when that is wished, hedged.
//
// Hedging: a request whose first byte is later than 95 % of the service's is sent a second time.
// The one whose successful answer begins first is listened to, the other is dropped; what fails
// while the other may still succeed is not heard of. To the service it is two requests, to the
// caller of this function one.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/provider_health.h"

#include <memory>

namespace centralita {

Slot start_provider_request(const IoContext& io, std::shared_ptr<ProviderHealth::Request> health,
                            bool hedge, HttpRequest request, HttpHandlers handlers);

}  // namespace centralita

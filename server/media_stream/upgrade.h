// Turning an HTTP request into a WebSocket that lives on a shard.
#pragma once

#include "plugins/base/soup_ref.h"

#include <functional>

namespace centralita {

// Answers the WebSocket handshake of `message` (400 when it is none) and then hands the connection
// itself to `take`, on the main thread, after the 101 answer has been written. No extension and no
// sub-protocol is accepted. Returns whether the handshake was right.
bool upgrade_to_websocket(SoupServerMessage* message,
                          std::function<void(Ref<GIOStream>, Ref<GUri>)> take);

}  // namespace centralita

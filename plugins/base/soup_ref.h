// The types of libsoup that Ref can hold.
#pragma once

#include "plugins/base/ref.h"

#include <libsoup/soup.h>

namespace centralita {

// clang-format off
template <> struct RefTraits<GSocket> : GObjectTraits {};
template <> struct RefTraits<SoupSession> : GObjectTraits {};
template <> struct RefTraits<SoupMessage> : GObjectTraits {};
template <> struct RefTraits<SoupServer> : GObjectTraits {};
template <> struct RefTraits<SoupServerMessage> : GObjectTraits {};
template <> struct RefTraits<SoupWebsocketConnection> : GObjectTraits {};
// clang-format on

}  // namespace centralita

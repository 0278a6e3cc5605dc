// The calls that go on: who, in what state, what was said last; all of it as it happens; and their
// sound.
#pragma once

#include "server/live/live_calls.h"
#include "server/media_stream/session.h"
#include "server/router.h"
#include "server/store/store.h"

namespace centralita {

// Runs a function on the shard of a stream, with its session, or with none when it is over by then.
// False: there is no such stream here.
using OnSession =
    std::function<bool(const std::string& session_id, std::function<void(MediaSession*)>)>;

void add_live_handler(Router& router, LiveCalls& calls, const IoContext& io, store::Store& store,
                      OnSession on_session);

}  // namespace centralita

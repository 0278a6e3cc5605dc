// What the start message of a media stream settles: how the far end is spoken to, and how what it
// says is to be read.
#pragma once

#include "server/media_stream/caller_audio.h"
#include "server/media_stream/stream_message.h"
#include "server/media_stream/wire.h"

#include <memory>
#include <optional>
#include <string>

namespace centralita {

struct StreamAgreement {
  // Why the stream's format is none that is spoken here, for people; empty: it is one.
  std::string mistake;
  std::unique_ptr<Wire>
      wire;  // refers to the caller's byte order; with a mistake there may be none
  std::optional<CallerAudio> caller;  // without a mistake
};

// `client_type`: "twilio", "telnyx" or "browser".
StreamAgreement agree_on_stream(const std::string& client_type, const StreamMessage& start,
                                const TelnyxSettings& telnyx);

}  // namespace centralita

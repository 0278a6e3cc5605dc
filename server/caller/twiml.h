// The TwiML that answers a voice webhook, as far as a voice agent uses it.
#pragma once

#include "plugins/base/result.h"
#include "server/caller/wire_twilio.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::caller {

struct TwimlStream {
  std::string url;
  Parameters parameters;
};

struct TwimlVerb {
  std::string name;    // "Connect", "Say", "Reject", "Hangup", ...: any element under Response
  std::string text;    // of Say, without the white space around it
  std::string reason;  // of Reject
  std::optional<TwimlStream> stream;  // of Connect
};

struct Twiml {
  std::vector<TwimlVerb> verbs;  // in order

  // What the caller meets first: a stream to connect to, or why there is none ("rejected: busy").
  Result<TwimlStream> stream() const;
  // For people: 'Say "Hello", Connect ws://host/path (2 parameters), Hangup'.
  std::string summary() const;
};

// The error is a sentence that says where: "Error on line 3 char 9: ...".
Result<Twiml> parse_twiml(std::string_view text);

}  // namespace centralita::caller

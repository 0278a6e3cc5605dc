// One-time permissions to open a media stream: issued when a call is announced (a carrier's
// webhook, the simulator's start), taken once when its stream begins, gone after a minute
// unless told otherwise. Any thread.
#pragma once

#include "plugins/base/locked.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace centralita {

// What was known of the call when the permission was given.
struct StreamGrant {
  std::string client_type;       // "twilio", "browser"
  std::string provider_call_id;  // the stream must be of this call; empty: not known yet
  std::string from_number, to_number;
  std::string session_id;                        // of the call; empty: the stream's own id
  std::string agent;                             // by name; empty: who answers to_number
  std::string profile;                           // of the agent; empty: the client type's
  std::map<std::string, std::string> variables;  // for the agent's {{name}}s
  std::string direction = "inbound";
  std::string trace_id;  // of the request that announced the call; empty: it named none
};

class StreamGrants {
 public:
  static constexpr std::chrono::seconds kLifetime{60};

  // `lifetime`: longer for a call that has yet to ring.
  std::string issue(StreamGrant grant, std::chrono::seconds lifetime = kLifetime);
  // Empty for a token that is unknown, used or too old.
  std::optional<StreamGrant> take(const std::string& token);

 private:
  struct Entry {
    StreamGrant grant;
    std::chrono::steady_clock::time_point until;
  };
  Locked<std::map<std::string, Entry>> grants_;
};

}  // namespace centralita

// Whether a document may be written: every mistake at once, each with the place where it is and the
// reason, in the words of who wrote it.
#pragma once

#include "plugins/base/json.h"
#include "server/agents/language.h"

#include <string>
#include <vector>

namespace centralita::agents {

struct Mistake {
  std::string path;  // JSON Pointer (RFC 6901) into what was sent: "/profiles/twilio/voice_speed"
  std::string code;  // value.h's, "unknown", "not-in-a-profile", "missing"
  std::string message;  // a phrase that follows the path: "must be from 0.5 to 2; it is 9"
};

// `body`: {"name", "shared", "profiles"}, all optional but the name when `is_new`. Null takes a
// setting away. Empty: it may be written.
std::vector<Mistake> check_write(const json::Object& body, bool is_new, Language language);

// A name of an agent; empty: it will do.
std::vector<Mistake> check_name(const json::Object& body, bool required, Language language);

}  // namespace centralita::agents

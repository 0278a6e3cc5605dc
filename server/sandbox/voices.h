// The Azure voices that the sandbox answers for, and the offline voice that speaks for each.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace centralita::sandbox {

struct VoiceName {
  std::string_view name;         // "es-MX-DaliaNeural"
  std::string_view display;      // "Dalia"
  std::string_view locale_name;  // "Spanish (Mexico)"
  bool female;

  std::string_view locale() const { return name.substr(0, 5); }
  bool spanish() const { return name.starts_with("es"); }
};

std::span<const VoiceName> voices();
const VoiceName* voice_named(std::string_view name);  // nullptr: unknown
std::string voices_json();                            // the body of voices/list

}  // namespace centralita::sandbox

// {{name}} in a text, filled in from a JSON object.
//
//   auto values = parse_variables(R"({"nombre": "Ana", "citas": 3})");
//   auto filled = fill_variables("Hola, {{nombre}}.", *values);     // "Hola, Ana."
//
// A name is letters, digits, "_", "-" and "."; blanks inside the braces do not matter. A name
// nobody has set is left out of the text and listed. Anything else in braces is text.
//
// Values are data that comes from outside (a caller's name from a database): they are put in once
// and not read again, as one line, and without the control tokens ("<|im_start|>") with which some
// models mark who speaks. They may still say anything; instructions should treat them so.
#pragma once

#include "plugins/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

using Variables = std::map<std::string, std::string, std::less<>>;

// Members are strings, numbers, booleans or null (empty). The error says which is not.
Result<Variables> parse_variables(std::string_view json);

struct FilledText {
  std::string text;
  std::vector<std::string> unknown;
};
FilledText fill_variables(std::string_view text, const Variables& values);

}  // namespace centralita

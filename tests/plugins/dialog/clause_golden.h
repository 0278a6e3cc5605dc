// What agents say, and where a voice may pause: checked by hand.
#pragma once

#include <string>
#include <vector>

namespace centralita::testing {

struct ClauseGolden {
  const char* text;
  std::vector<std::string> clauses;  // without the white space around them
};

extern const std::vector<ClauseGolden> kSpanishClauses, kEnglishClauses;

}  // namespace centralita::testing

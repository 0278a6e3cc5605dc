// Two calls' decisions beside each other: a recorded one's and its replay's.
#pragma once

#include "server/replay/recorded_call.h"

#include <optional>
#include <string>
#include <vector>

namespace centralita::replay {

// A decision as it was and as it is in the replay.
struct Compared {
  std::optional<milliseconds> before, after;
  std::string what;
};
// Turns and events of both in the order of time, the same ones beside each other.
std::vector<Compared> compare(const RecordedCall& before, const RecordedCall& after);
// As a table, with a summary; `differences`: only lines that are not the same within 100 ms.
std::string to_text(const std::vector<Compared>& lines, bool differences);

}  // namespace centralita::replay

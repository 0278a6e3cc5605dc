#include "server/replay/timeline.h"

#include <array>
#include <cstdio>

namespace centralita::replay {

void Timeline::add(const char* source, const std::string& text) {
  std::array<char, 64> head;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now()).count();
  std::snprintf(head.data(), head.size(), "%8lld  %-8s ", static_cast<long long>(ms), source);
  text_ += head.data() + text + '\n';
}

}  // namespace centralita::replay

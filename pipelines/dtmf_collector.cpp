#include "pipelines/dtmf_collector.h"

#include <string_view>
#include <utility>

namespace centralita {

std::optional<std::string> DtmfCollector::press(char key) {
  if (key >= 'a' && key <= 'd')
    key = static_cast<char>(key - 'a' + 'A');
  if (std::string_view("0123456789*#ABCD").find(key) == std::string_view::npos)
    return std::nullopt;
  if (settings_.terminator != '\0' && key == settings_.terminator)
    return std::exchange(keys_, {});
  keys_ += key;
  return keys_.size() >= settings_.most ? finish() : std::nullopt;
}

std::optional<std::string> DtmfCollector::finish() {
  if (keys_.empty())
    return std::nullopt;
  return std::exchange(keys_, {});
}

}  // namespace centralita

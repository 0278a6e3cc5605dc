#include "plugins/base/sse_parser.h"

#include <utility>

namespace centralita {

std::vector<std::string> SseParser::push(std::string_view bytes) {
  std::vector<std::string> events;
  while (!bytes.empty() && !overflowed_) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (line_.size() + data_.size() > max_event_) {
      overflowed_ = true;
      break;
    }
    if (end == std::string_view::npos)
      break;
    after_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    end_line(events);
  }
  return events;
}

std::vector<std::string> SseParser::finish() {
  std::vector<std::string> events;
  if (!overflowed_)
    end_event(events);
  line_.clear();
  return events;
}

void SseParser::end_line(std::vector<std::string>& events) {
  const std::string whole = std::exchange(line_, {});
  std::string_view line = whole;
  if (std::exchange(first_line_, false) && line.starts_with("\xEF\xBB\xBF"))
    line.remove_prefix(3);
  if (line.empty())
    return end_event(events);
  const auto colon = line.find(':');
  if (line.substr(0, colon) != "data")
    return;
  auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  if (std::exchange(has_data_, true))
    data_ += '\n';
  data_ += value;
}

void SseParser::end_event(std::vector<std::string>& events) {
  auto data = std::exchange(data_, {});
  if (std::exchange(has_data_, false) && !data.empty())
    events.push_back(std::move(data));
}

}  // namespace centralita

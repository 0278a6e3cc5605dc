// Server-sent events (text/event-stream), as far as the providers use them: bytes in, the data of
// each event out.
//
//   SseParser parser;
//   for (const std::string& data : parser.push(bytes)) ...   // "[DONE]", "{...}"
//   if (parser.overflowed()) ...                             // the peer is not to be trusted
//   for (const std::string& data : parser.finish()) ...      // at the end of the body
//
// The bytes may be cut anywhere, inside a UTF-8 character or between \r and \n too. Lines end with
// \n, \r\n or \r; comments (":"), unknown fields, event, id and retry are skipped; one space after
// the colon is not part of the value; several data lines of one event are joined with \n; an event
// without data is none. Events are values and not callbacks, so that whoever reads them may drop
// the parser on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

class SseParser {
 public:
  static constexpr std::size_t kDefaultMaxEvent = 1024 * 1024;

  // `max_event`: bytes that one event may have, line under way included.
  explicit SseParser(std::size_t max_event = kDefaultMaxEvent) : max_event_(max_event) {}

  std::vector<std::string> push(std::string_view bytes);
  std::vector<std::string> push(std::span<const std::uint8_t> bytes) {
    return push(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }

  // The event whose last line is whole but whose blank line never came: some servers close right
  // after "data: [DONE]\n". A line that was cut in the middle is dropped.
  std::vector<std::string> finish();

  // An event was larger than allowed. Nothing is parsed from then on.
  bool overflowed() const { return overflowed_; }

 private:
  void end_line(std::vector<std::string>& events);
  void end_event(std::vector<std::string>& events);

  const std::size_t max_event_;
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;   // a \n that follows belongs to it
  bool first_line_ = true;  // may begin with a byte order mark
  bool overflowed_ = false;
};

}  // namespace centralita

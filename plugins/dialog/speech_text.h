// Leaves of a model's answer what a voice can say.
//
//   SpeechText filter;
//   splitter.push(filter.push(token));
//   splitter.push(filter.finish());
//
// Dropped: <think>...</think> and its like with what they contain, HTML tags, code (fenced blocks
// that name a programming language), emphasis, headings, bullets, rules, table bars, emoji,
// citation marks, link targets, the scheme of a URL. Kept: the words of all of it, list numbers,
// blocks fenced without a language (some models wrap a whole answer so), and every sign that is not
// markup: 3 * 4, snake_case, #1, -5, a < b. Runs of blanks become one.
//
// A construct may be cut anywhere by the tokens: text that could still turn out to be markup is
// held back until that is clear, some hundreds of bytes at most. The result does not depend on the
// cuts.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace centralita {

class SpeechText {
 public:
  std::string push(std::string_view token);
  // What was held back. The filter is as new afterwards.
  std::string finish();
  // What the answer has said since the last time that it waits for ("digits 10" of <expect digits
  // 10>); empty: nothing.
  std::string take_expectation() { return std::exchange(expected_, {}); }

 private:
  std::string consume(bool final);
  // Each looks at the start of rest_ and takes some of it; false: it takes more text to decide.
  bool step();
  bool skip_thoughts();
  bool skip_code();
  bool line_start(bool& taken);
  bool tag();
  bool backticks();
  bool emphasis();
  bool link();
  bool keycap();
  bool scheme(bool& taken);
  bool plain();

  bool hold() const { return !final_; }
  std::size_t run_length() const;  // of the first byte of rest_
  void drop(std::size_t bytes);
  void keep(std::size_t bytes);
  void put(std::string_view visible);
  void new_line();
  void unwrap(std::size_t all, std::string_view inner);

  enum class Mode { kSpeech, kThoughts, kCode };

  std::string pending_;    // not looked at yet
  std::string_view rest_;  // of pending_, while consuming
  std::string out_;
  std::string expected_;
  bool final_ = false;

  Mode mode_ = Mode::kSpeech;
  std::string thoughts_end_;    // "</think>"
  bool in_open_fence_ = false;  // a fence without a language: its text is speech
  bool line_start_ = true;
  bool blank_pending_ = false;
  bool dropped_since_blank_ = false;
  char before_ = '\n';  // the last byte read, dropped ones included
  char last_out_ = '\n';
};

}  // namespace centralita

// CSV as RFC 4180 has it: lines end with CRLF, a cell that needs it is in quotes.
//
// A cell that a spreadsheet would take for a formula ("=1+1", "+52...", "@sum") is led by an
// apostrophe, which spreadsheets do not show: what callers say and who they say they are reaches
// the cells, and must stay text.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

class CsvLine {
 public:
  CsvLine& add(std::string_view cell);
  CsvLine& add_number(double number, int decimals = 0);
  CsvLine& skip() { return add_plain(""); }
  std::string take();  // with its end; the next line begins

 private:
  CsvLine& add_plain(std::string_view cell);
  std::string line_;
  bool first_ = true;
};

}  // namespace centralita

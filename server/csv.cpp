#include "server/csv.h"

#include <glib.h>

#include <cstdio>
#include <utility>

namespace centralita {
namespace {

// What begins a formula in Excel, LibreOffice or Google Sheets, full-width signs included, and the
// blanks that some of them skip before it.
bool is_formula(std::string_view cell) {
  if (cell.empty())
    return false;
  if (std::string_view("=+-@\t\r\n").find(cell.front()) != std::string_view::npos)
    return true;
  for (const std::string_view wide : {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"})
    if (cell.substr(0, wide.size()) == wide)
      return true;
  return false;
}

}  // namespace

CsvLine& CsvLine::add(std::string_view cell) {
  return is_formula(cell) ? add_plain("'" + std::string(cell)) : add_plain(cell);
}

CsvLine& CsvLine::add_number(double number, int decimals) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  char format[8];
  std::snprintf(format, sizeof format, "%%.%df", decimals);
  g_ascii_formatd(text, sizeof text, format, number);
  return add_plain(text);
}

CsvLine& CsvLine::add_plain(std::string_view cell) {
  if (!std::exchange(first_, false))
    line_ += ',';
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    line_ += cell;
    return *this;
  }
  line_ += '"';
  for (const char c : cell) {
    if (c == '"')
      line_ += '"';
    line_ += c;
  }
  line_ += '"';
  return *this;
}

std::string CsvLine::take() {
  first_ = true;
  return std::exchange(line_, {}) + "\r\n";
}

}  // namespace centralita

#include "server/privacy/pii.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

namespace centralita {
namespace {

constexpr int kLocalNumberDigits = 7;  // a local telephone number

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}
bool is_mail(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
         c == '%' || c == '+' || c == '-';
}

bool passes_luhn(const std::string& digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int d = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1)
      d = d > 4 ? 2 * d - 9 : 2 * d;
    sum += d;
  }
  return sum % 10 == 0;
}

const char* kind_of(const std::string& digits) {
  const bool card = digits.size() >= 13 && digits.size() <= 19 && passes_luhn(digits);
  return card ? "[card]" : "[number]";
}

// --- What is written ---------------------------------------------------------

std::string without_mails(std::string_view text) {
  std::string result;
  std::size_t done = 0;
  for (auto at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    auto begin = at, end = at + 1;
    while (begin > done && is_mail(text[begin - 1])) --begin;
    while (end < text.size() && is_mail(text[end]) && text[end] != '_' && text[end] != '%') ++end;
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const auto domain = text.substr(at + 1, end > at + 1 ? end - at - 1 : 0);
    if (begin == at || domain.find('.') == domain.npos)
      continue;
    result.append(text.substr(done, begin - done)).append("[e-mail]");
    done = end;
  }
  return result.append(text.substr(done));
}

// 2026-11-27, 27/11/2026, 27-11-26
bool is_date(std::string_view text) {
  std::vector<std::size_t> lengths = {0};
  char separator = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      ++lengths.back();
    } else if ((c == '-' || c == '/' || c == '.') && (!separator || separator == c)) {
      separator = c;
      lengths.push_back(0);
    } else {
      return false;
    }
  }
  if (lengths.size() != 3 || lengths[1] > 2)
    return false;
  return (lengths[0] == 4 && lengths[2] <= 2) ||
         (lengths[0] <= 2 && (lengths[2] == 4 || lengths[2] == 2));
}

// Digits with at most two signs of a telephone number between them: "+52 (55) 1234-5678".
std::string without_numbers(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const bool plus = text[i] == '+' || text[i] == '(';
    const bool part_of_word = i > 0 && (is_letter(text[i - 1]) || text[i - 1] == '_' ||
                                        (text[i - 1] == '-' && i > 1 && is_letter(text[i - 2])));
    if (!(is_digit(text[i]) || plus) || part_of_word) {
      result += text[i];
      if (is_digit(text[i]))  // the rest of the word's number too
        while (i + 1 < text.size() && is_digit(text[i + 1])) result += text[++i];
      ++i;
      continue;
    }
    std::string digits;
    auto end = i, last = i;
    for (int between = 0; end < text.size() && between <= 2; ++end) {
      if (is_digit(text[end])) {
        digits += text[end];
        between = 0;
        last = end + 1;
      } else if (std::string_view(" -.()/+").find(text[end]) != std::string_view::npos) {
        between += digits.empty() ? 0 : 1;
      } else {
        break;
      }
    }
    const bool goes_on = last < text.size() && (is_letter(text[last]) || text[last] == '_');
    if (digits.size() < kLocalNumberDigits || goes_on || is_date(text.substr(i, last - i))) {
      const auto upto = std::max(last, i + 1);
      result.append(text.substr(i, upto - i));
      i = upto;
    } else {
      result += kind_of(digits);
      i = last;
    }
  }
  return result;
}

// --- What is spoken ----------------------------------------------------------

// Of a word how it is dictated: 0-9, 10-29, the tens; -1 joins two ("y", "and").
const std::map<std::string_view, int>& number_words() {
  static const std::map<std::string_view, int> kWords = {
      {"cero", 0},         {"uno", 1},         {"una", 1},
      {"un", 1},           {"dos", 2},         {"tres", 3},
      {"cuatro", 4},       {"cinco", 5},       {"seis", 6},
      {"siete", 7},        {"ocho", 8},        {"nueve", 9},
      {"diez", 10},        {"once", 11},       {"doce", 12},
      {"trece", 13},       {"catorce", 14},    {"quince", 15},
      {"dieciséis", 16},   {"dieciseis", 16},  {"diecisiete", 17},
      {"dieciocho", 18},   {"diecinueve", 19}, {"veinte", 20},
      {"veintiuno", 21},   {"veintidós", 22},  {"veintidos", 22},
      {"veintitrés", 23},  {"veintitres", 23}, {"veinticuatro", 24},
      {"veinticinco", 25}, {"veintiséis", 26}, {"veintiseis", 26},
      {"veintisiete", 27}, {"veintiocho", 28}, {"veintinueve", 29},
      {"treinta", 30},     {"cuarenta", 40},   {"cincuenta", 50},
      {"sesenta", 60},     {"setenta", 70},    {"ochenta", 80},
      {"noventa", 90},     {"y", -1},          {"zero", 0},
      {"oh", 0},           {"one", 1},         {"two", 2},
      {"three", 3},        {"four", 4},        {"five", 5},
      {"six", 6},          {"seven", 7},       {"eight", 8},
      {"nine", 9},         {"ten", 10},        {"eleven", 11},
      {"twelve", 12},      {"thirteen", 13},   {"fourteen", 14},
      {"fifteen", 15},     {"sixteen", 16},    {"seventeen", 17},
      {"eighteen", 18},    {"nineteen", 19},   {"twenty", 20},
      {"thirty", 30},      {"forty", 40},      {"fifty", 50},
      {"sixty", 60},       {"seventy", 70},    {"eighty", 80},
      {"ninety", 90},      {"and", -1}};
  return kWords;
}

struct Word {
  std::size_t begin, end;
  std::string text;  // in lower case, as far as ASCII goes
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_letter(text[i]) && !is_digit(text[i])) {
      ++i;
      continue;
    }
    Word word{.begin = i, .end = i, .text = {}};
    while (word.end < text.size() && (is_letter(text[word.end]) || is_digit(text[word.end])))
      word.text += static_cast<char>(std::tolower(static_cast<unsigned char>(text[word.end++])));
    i = word.end;
    words.push_back(std::move(word));
  }
  return words;
}

// Between two words of one thing that is dictated there is a blank, perhaps with a comma or a dot:
// "1,250" and "2026-11-27" are one thing each already.
bool is_joint(std::string_view between) {
  return between.size() <= 3 && between.find(' ') != between.npos &&
         between.find_first_not_of(" ,.") == between.npos;
}

// The digits of words[at] and those joined to it; `at` is moved behind them.
std::string digits_at(const std::vector<Word>& words, std::size_t& at) {
  const auto& word = words[at].text;
  if (std::all_of(word.begin(), word.end(), is_digit)) {
    ++at;
    return word;
  }
  const auto found = number_words().find(word);
  if (found == number_words().end() || found->second < 0)
    return "";
  int value = found->second;
  ++at;
  if (value < 20 || value % 10 != 0)
    return std::to_string(value);
  // "cincuenta y cinco", "fifty five"
  auto next = at;
  const bool joined = next < words.size() && (words[next].text == "y" || words[next].text == "and");
  next += joined ? 1 : 0;
  if (next < words.size()) {
    const auto unit = number_words().find(words[next].text);
    const bool spanish = value >= 30 && joined;
    if (unit != number_words().end() && unit->second > 0 && unit->second < 10 &&
        (spanish || (!joined && word.ends_with("ty")))) {
      at = next + 1;
      value += unit->second;
    }
  }
  return std::to_string(value);
}

std::string without_spoken_numbers(std::string_view text) {
  const auto words = words_of(text);
  std::string result;
  std::size_t done = 0;
  for (std::size_t i = 0; i < words.size();) {
    std::string digits;
    auto at = i;
    std::size_t end = 0;
    bool spoken = false;
    while (at < words.size()) {
      if (at > i && !is_joint(text.substr(words[at - 1].end, words[at].begin - words[at - 1].end)))
        break;
      auto next = at;
      // "cinco, y luego" ends it; "cinco y seis" goes on.
      if (at > i && (words[at].text == "y" || words[at].text == "and") && at + 1 < words.size())
        ++next;
      const auto more = digits_at(words, next);
      if (more.empty())
        break;
      spoken |= is_letter(text[words[next - 1].begin]);
      digits += more;
      at = next;
      end = words[at - 1].end;
    }
    if (spoken && digits.size() >= kLocalNumberDigits) {
      result.append(text.substr(done, words[i].begin - done)).append(kind_of(digits));
      done = end;
      i = at;
    } else {
      i = std::max(at, i + 1);
    }
  }
  return result.append(text.substr(done));
}

bool is_at(const std::string& word) { return word == "arroba" || word == "at"; }
bool is_dot(const std::string& word) {
  return word == "punto" || word == "dot" || word == "guion" || word == "guión" ||
         word == "underscore" || word == "dash";
}

// "juan punto pérez arroba correo punto com": what is before the at with its dots, and after it up
// to the last part of the domain. Without a dot after it, "at" is a word like any other.
std::string without_spoken_mails(std::string_view text) {
  const auto words = words_of(text);
  std::string result;
  std::size_t done = 0;
  for (std::size_t i = 1; i + 3 < words.size() + 1; ++i) {
    const bool article =
        i + 1 < words.size() && (words[i + 1].text == "the" || words[i + 1].text == "a");
    if (!is_at(words[i].text) || article || i + 3 >= words.size() || !is_dot(words[i + 2].text))
      continue;
    auto first = i - 1;
    while (first >= 2 && is_dot(words[first - 1].text)) first -= 2;
    auto last = i + 3;
    while (last + 2 < words.size() && is_dot(words[last + 1].text)) last += 2;
    if (words[first].begin < done)
      continue;
    result.append(text.substr(done, words[first].begin - done)).append("[e-mail]");
    done = words[last].end;
    i = last;
  }
  return result.append(text.substr(done));
}

}  // namespace

std::string without_pii(std::string_view text) {
  return without_numbers(without_spoken_numbers(without_spoken_mails(without_mails(text))));
}

}  // namespace centralita

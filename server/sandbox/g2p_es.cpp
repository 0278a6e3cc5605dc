#include "server/sandbox/g2p_es.h"

#include "plugins/base/ref.h"

#include <algorithm>

namespace centralita::sandbox {
namespace {

// A letter in the folded alphabet: ASCII, with 'N' for ñ, 'W' for ü (a u that is heard after g),
// and 'I' and 'U' for accented í and ú, which make no diphthong.
std::string folded(std::string_view word) {
  const OwnedString lower(g_utf8_strdown(word.data(), static_cast<gssize>(word.size())));
  std::string letters;
  for (const char* at = lower.get(); *at; at = g_utf8_next_char(at)) {
    switch (g_utf8_get_char(at)) {
      case U'á':
        letters += 'a';
        break;
      case U'é':
        letters += 'e';
        break;
      case U'í':
        letters += 'I';
        break;
      case U'ó':
        letters += 'o';
        break;
      case U'ú':
        letters += 'U';
        break;
      case U'ü':
        letters += 'W';
        break;
      case U'ñ':
        letters += 'N';
        break;
      default:
        if (g_ascii_isalpha(*at))
          letters += *at;
    }
  }
  return letters;
}

bool is_in(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_vowel(char c) { return is_in(c, "aeiouIUW"); }
bool is_front(char c) { return is_in(c, "eiI"); }

struct Choice {
  const char* mid_e;  // e inside a word
  const char* o;
  const char* a;
};

std::string pronounce(const std::string& w, const Choice& choice) {
  std::vector<std::string> phones;
  const auto add = [&](const char* phone) { phones.emplace_back(phone); };
  const auto at = [&](std::size_t i) { return i < w.size() ? w[i] : '\0'; };
  for (std::size_t i = 0; i < w.size(); ++i) {
    const char c = w[i];
    const char next = at(i + 1);
    const char before = i > 0 ? w[i - 1] : '\0';
    const bool between_vowels = is_vowel(before) && is_vowel(next);
    switch (c) {
      case 'a':
        if (next == 'u') {
          add("AW");
          ++i;
        } else if (next == 'i' || (next == 'y' && !is_vowel(at(i + 2)))) {
          add("AY");
          ++i;
        } else {
          add(choice.a);
        }
        break;
      case 'e':
        if (next == 'i' || (next == 'y' && !is_vowel(at(i + 2)))) {
          add("EY");
          ++i;
        } else {
          add(choice.mid_e);
        }
        break;
      case 'o':
        if (next == 'i' || (next == 'y' && !is_vowel(at(i + 2)))) {
          add("OY");
          ++i;
        } else {
          add(choice.o);
        }
        break;
      case 'i':
        add(is_vowel(next) && i > 0 ? "Y" : "IY");
        break;
      case 'I':
        add("IY");
        break;
      case 'u':
      case 'W':
        add(is_vowel(next) ? "W" : "UW");
        break;
      case 'U':
        add("UW");
        break;
      case 'y':
        add(is_vowel(next) ? "Y" : "IY");
        break;
      case 'b':
      case 'v':
        add(between_vowels ? "V" : "B");
        break;
      case 'c':
        if (next == 'h') {
          add("CH");
          ++i;
        } else {
          add(is_front(next) ? "S" : "K");
        }
        break;
      case 'd':
        add(between_vowels || (is_vowel(before) && !next) ? "DH" : "D");
        break;
      case 'f':
        add("F");
        break;
      case 'g':
        if (is_front(next)) {
          add("HH");
        } else {
          add("G");
          if (next == 'u' && is_front(at(i + 2)))
            ++i;
        }
        break;
      case 'h':
        break;
      case 'j':
        add("HH");
        break;
      case 'k':
        add("K");
        break;
      case 'l':
        if (next == 'l') {
          add("Y");
          ++i;
        } else {
          add("L");
        }
        break;
      case 'm':
        add("M");
        break;
      case 'n':
        add(is_in(next, "gjkq") || (next == 'c' && !is_front(at(i + 2))) ? "NG" : "N");
        break;
      case 'N':
        add("N");
        add("Y");
        break;
      case 'p':
        add("P");
        break;
      case 'q':
        add("K");
        if (next == 'u')
          ++i;
        break;
      case 'r':
        if (next == 'r')
          ++i;
        add("R");
        break;
      case 's':
      case 'z':
        add("S");
        break;
      case 't':
        add("T");
        break;
      case 'w':
        add("W");
        break;
      case 'x':
        if (i > 0)
          add("K");
        add("S");
        break;
      default:
        break;
    }
  }
  std::string text;
  for (const auto& phone : phones) text += (text.empty() ? "" : " ") + phone;
  return text;
}

}  // namespace

std::vector<std::string> spanish_pronunciations(std::string_view word) {
  const auto letters = folded(word);
  std::vector<std::string> all;
  for (const Choice& choice :
       {Choice{"EH", "OW", "AA"}, Choice{"EY", "AO", "AA"}, Choice{"EH", "AO", "AH"}}) {
    auto phones = pronounce(letters, choice);
    if (!phones.empty() && std::find(all.begin(), all.end(), phones) == all.end())
      all.push_back(std::move(phones));
  }
  return all;
}

}  // namespace centralita::sandbox

#include "plugins/azure/normalise/number_words.h"

namespace centralita::normalise::spanish {
namespace {

constexpr const char* kSmall[] = {
    "cero",         "uno",         "dos",        "tres",        "cuatro",     "cinco",
    "seis",         "siete",       "ocho",       "nueve",       "diez",       "once",
    "doce",         "trece",       "catorce",    "quince",      "dieciséis",  "diecisiete",
    "dieciocho",    "diecinueve",  "veinte",     "veintiuno",   "veintidós",  "veintitrés",
    "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve"};
constexpr const char* kTens[] = {"",          "",        "",        "treinta", "cuarenta",
                                 "cincuenta", "sesenta", "setenta", "ochenta", "noventa"};
// Without their last vowel, which is the gender's.
constexpr const char* kHundreds[] = {
    "",         "ciento",    "doscient",  "trescient", "cuatrocient",
    "quinient", "seiscient", "setecient", "ochocient", "novecient"};

enum class One { kWhole, kBeforeNoun };

std::string below_hundred(unsigned n, Gender gender, One one) {
  if (n % 10 == 1 && n != 11) {
    const bool feminine = gender == Gender::kFeminine;
    if (n == 1)
      return feminine ? "una" : one == One::kBeforeNoun ? "un" : "uno";
    if (n == 21)
      return feminine ? "veintiuna" : one == One::kBeforeNoun ? "veintiún" : "veintiuno";
    return std::string(kTens[n / 10]) + " y " + below_hundred(1, gender, one);
  }
  if (n < 30)
    return kSmall[n];
  return std::string(kTens[n / 10]) + (n % 10 ? std::string(" y ") + kSmall[n % 10] : "");
}

std::string below_thousand(unsigned n, Gender gender, One one) {
  if (n < 100)
    return below_hundred(n, gender, one);
  if (n == 100)
    return "cien";
  std::string words = kHundreds[n / 100];
  if (n >= 200)
    words += gender == Gender::kFeminine ? "as" : "os";
  return n % 100 ? words + " " + below_hundred(n % 100, gender, one) : words;
}

std::string below_million(std::uint64_t n, Gender gender, One one) {
  const auto thousands = static_cast<unsigned>(n / 1000), rest = static_cast<unsigned>(n % 1000);
  std::string words;
  if (thousands == 1)
    words = "mil";
  else if (thousands > 1)
    words = below_thousand(thousands, gender, One::kBeforeNoun) + " mil";
  if (rest > 0 || thousands == 0)
    words += (words.empty() ? "" : " ") + below_thousand(rest, gender, one);
  return words;
}

// Millions are masculine nouns themselves.
std::string of_millions(std::uint64_t n, const char* one, const char* many) {
  return n == 1 ? std::string("un ") + one
                : below_million(n, Gender::kMasculine, One::kBeforeNoun) + " " + many;
}

constexpr const char* kOrdinals[] = {"",      "primer", "segund", "tercer", "cuart",
                                     "quint", "sext",   "séptim", "octav",  "noven"};
constexpr const char* kOrdinalTens[] = {
    "",          "décim",       "vigésim",   "trigésim", "cuadragésim", "quincuagésim",
    "sexagésim", "septuagésim", "octogésim", "nonagésim"};
constexpr const char* kOrdinalHundreds[] = {"",
                                            "centésim",
                                            "ducentésim",
                                            "tricentésim",
                                            "cuadringentésim",
                                            "quingentésim",
                                            "sexcentésim",
                                            "septingentésim",
                                            "octingentésim",
                                            "noningentésim"};

}  // namespace

std::string cardinal(std::uint64_t n, Gender gender, bool before_noun) {
  const auto one = before_noun ? One::kBeforeNoun : One::kWhole;
  const auto billions = n / 1'000'000'000'000, millions = n / 1'000'000 % 1'000'000,
             rest = n % 1'000'000;
  std::string words;
  const auto add = [&words](const std::string& more) {
    words += (words.empty() ? "" : " ") + more;
  };
  if (billions > 0)
    add(of_millions(billions, "billón", "billones"));
  if (millions > 0)
    add(of_millions(millions, "millón", "millones"));
  if (rest > 0 || n == 0)
    add(below_million(rest, gender, one));
  return words;
}

std::string ordinal(std::uint64_t n, Gender gender, bool before_noun) {
  if (n == 0 || n > 999)
    return cardinal(n, gender, before_noun);
  const char* ending = gender == Gender::kFeminine ? "a" : "o";
  std::string words;
  const auto add = [&](const std::string& stem) {
    words += (words.empty() ? "" : " ") + stem + ending;
  };
  if (n >= 100)
    add(kOrdinalHundreds[n / 100]);
  const auto tens = n / 10 % 10, ones = n % 10;
  if (tens == 1 && ones == 1)
    add("undécim");
  else if (tens == 1 && ones == 2)
    add("duodécim");
  else if (tens == 1 && ones > 2)
    add("decimo" + std::string(ones == 7 ? "séptim" : kOrdinals[ones]));
  else {
    if (tens > 0)
      add(kOrdinalTens[tens]);
    if (ones > 0)
      add(kOrdinals[ones]);
  }
  const bool cut = ones == 1 || ones == 3;
  if (before_noun && gender == Gender::kMasculine && cut && !(tens == 1 && ones == 1))
    words.pop_back();
  return words;
}

}  // namespace centralita::normalise::spanish

// How one language says what the rules find. One object per language and region, without state.
#pragma once

#include "plugins/azure/normalise/number_words.h"
#include "plugins/azure/normalise/numeral.h"

#include <memory>

namespace centralita::normalise {

// What is counted, for languages where the number agrees with it.
struct Counted {
  Gender gender = Gender::kMasculine;
  bool noun_follows = false;
};

struct Date {
  unsigned day = 1;                // 1-31
  unsigned month = 1;              // 1-12
  std::optional<unsigned> year{};  // all of it
  bool article_before = false;     // English: "on the 24 November"
};

struct Time {
  enum class Half { kNone, kMorning, kAfternoon };
  unsigned hour = 0;  // as written
  std::optional<unsigned> minute{}, second{};
  Half half = Half::kNone;  // a. m., p. m.
};

struct Amount {
  Numeral number;
  std::string magnitude;  // as it is said: "mil", "millones", "million"; empty: none
};

class Language {
 public:
  static std::unique_ptr<Language> of(const Locale& locale);  // null without a tongue
  virtual ~Language() = default;

  std::string number(const Numeral& numeral, Counted counted) const;
  // "cero cero siete"
  std::string digits(std::string_view digits) const;
  // What the words after a number say of it.
  virtual Counted counted(std::string_view before, std::string_view after) const = 0;

  virtual std::string cardinal(std::uint64_t n, Counted counted) const = 0;
  virtual std::string ordinal(std::uint64_t n, std::string_view suffix) const = 0;
  virtual std::string fraction(unsigned numerator, unsigned denominator) const = 0;
  virtual std::string date(const Date& date) const = 0;
  virtual std::string time(const Time& time) const = 0;
  // `code`: ISO 4217. Nothing when the language has no name for it.
  virtual std::optional<std::string> money(const Amount& amount, std::string_view code) const = 0;
  // `symbol`: "km", "°C". Nothing for what is no unit.
  virtual std::optional<std::string> measure(const Numeral& number,
                                             std::string_view symbol) const = 0;
  // Of a telephone number: the digits that are said together.
  virtual std::string phone_group(std::string_view digits) const = 0;
  // Of an address: what is said for a character that is no letter or digit; empty: nothing.
  virtual std::string_view symbol(char c) const = 0;

  // 1-12, from a name or its abbreviation in lower case; 0: none.
  virtual unsigned month(std::string_view name) const = 0;
  virtual std::string_view months() const = 0;  // full names; alternatives, for a pattern
  virtual std::string_view short_months() const = 0;
  virtual std::string_view magnitudes() const = 0;  // alternatives
  virtual std::string magnitude(std::string_view written) const = 0;
  virtual std::string_view currency_of_dollar_sign() const = 0;
  virtual std::string_view currency_names() const = 0;  // alternatives, plural and singular
  virtual std::string_view units() const = 0;           // alternatives

  struct Words {
    const char *minus, *percent, *range, *at, *plus, *number, *degrees;
  };
  virtual const Words& words() const = 0;

 protected:
  // What is said after the word for the decimal sign.
  virtual std::string decimals(std::string_view fraction) const = 0;
  virtual const char* decimal_sign() const = 0;
};

std::unique_ptr<Language> make_spanish(const Locale& locale);
std::unique_ptr<Language> make_english(const Locale& locale);

}  // namespace centralita::normalise

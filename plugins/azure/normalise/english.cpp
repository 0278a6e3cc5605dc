#include "plugins/azure/normalise/language.h"
#include "plugins/azure/normalise/patterns.h"
#include "plugins/azure/normalise/tables.h"

namespace centralita::normalise {
namespace {

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

constexpr Currency kCurrencies[] = {
    {"USD", "dollar", "dollars", "cent", "cents"},
    {"CAD", "Canadian dollar", "Canadian dollars", "cent", "cents"},
    {"AUD", "Australian dollar", "Australian dollars", "cent", "cents"},
    {"EUR", "euro", "euros", "cent", "cents"},
    {"GBP", "pound", "pounds", "penny", "pence"},
    {"MXN", "peso", "pesos", "centavo", "centavos"},
    {"COP", "peso", "pesos", "centavo", "centavos"},
    {"ARS", "peso", "pesos", "centavo", "centavos"},
    {"CLP", "peso", "pesos", "centavo", "centavos"},
    {"JPY", "yen", "yen", "sen", "sen"},
    {"CHF", "franc", "francs", "centime", "centimes"},
    {"BRL", "real", "reais", "centavo", "centavos"},
    {"INR", "rupee", "rupees", "paisa", "paise"},
};

constexpr Unit kUnits[] = {
    {"km/h", "kilometer per hour", "kilometers per hour"},
    {"mph", "mile per hour", "miles per hour"},
    {"m/s", "meter per second", "meters per second"},
    {"km²", "square kilometer", "square kilometers"},
    {"km2", "square kilometer", "square kilometers"},
    {"m²", "square meter", "square meters"},
    {"m2", "square meter", "square meters"},
    {"m³", "cubic meter", "cubic meters"},
    {"m3", "cubic meter", "cubic meters"},
    {"sq ft", "square foot", "square feet"},
    {"km", "kilometer", "kilometers"},
    {"m", "meter", "meters"},
    {"cm", "centimeter", "centimeters"},
    {"mm", "millimeter", "millimeters"},
    {"mi", "mile", "miles"},
    {"ft", "foot", "feet"},
    {"yd", "yard", "yards"},
    {"kg", "kilogram", "kilograms"},
    {"g", "gram", "grams"},
    {"mg", "milligram", "milligrams"},
    {"lb", "pound", "pounds"},
    {"lbs", "pound", "pounds"},
    {"oz", "ounce", "ounces"},
    {"gal", "gallon", "gallons"},
    {"l", "liter", "liters"},
    {"L", "liter", "liters"},
    {"ml", "milliliter", "milliliters"},
    {"mL", "milliliter", "milliliters"},
    {"°C", "degree Celsius", "degrees Celsius"},
    {"°F", "degree Fahrenheit", "degrees Fahrenheit"},
    {"ºC", "degree Celsius", "degrees Celsius"},
    {"ºF", "degree Fahrenheit", "degrees Fahrenheit"},
    {"°", "degree", "degrees"},
    {"h", "hour", "hours"},
    {"hr", "hour", "hours"},
    {"hrs", "hour", "hours"},
    {"min", "minute", "minutes"},
    {"mins", "minute", "minutes"},
    {"s", "second", "seconds"},
    {"sec", "second", "seconds"},
    {"ms", "millisecond", "milliseconds"},
    {"KB", "kilobyte", "kilobytes"},
    {"kB", "kilobyte", "kilobytes"},
    {"MB", "megabyte", "megabytes"},
    {"GB", "gigabyte", "gigabytes"},
    {"TB", "terabyte", "terabytes"},
    {"kbps", "kilobit per second", "kilobits per second"},
    {"Mbps", "megabit per second", "megabits per second"},
    {"Gbps", "gigabit per second", "gigabits per second"},
    {"Hz", "hertz", "hertz"},
    {"kHz", "kilohertz", "kilohertz"},
    {"MHz", "megahertz", "megahertz"},
    {"GHz", "gigahertz", "gigahertz"},
    {"W", "watt", "watts"},
    {"kW", "kilowatt", "kilowatts"},
    {"kWh", "kilowatt hour", "kilowatt hours"},
    {"V", "volt", "volts"},
    {"kcal", "kilocalorie", "kilocalories"},
    {"px", "pixel", "pixels"},
};

class English final : public Language {
 public:
  explicit English(Locale locale) : locale_(std::move(locale)), units_(alternatives(kUnits)) {}

  Counted counted(std::string_view, std::string_view) const override { return {}; }

  std::string cardinal(std::uint64_t n, Counted) const override {
    return english::cardinal(n, with_and());
  }

  std::string ordinal(std::uint64_t n, std::string_view) const override {
    return english::ordinal(n, with_and());
  }

  std::string fraction(unsigned numerator, unsigned denominator) const override {
    const std::string part = denominator == 2   ? "half"
                             : denominator == 4 ? "quarter"
                                                : english::ordinal(denominator, false);
    const std::string many = denominator == 2 ? "halves" : part + "s";
    return english::cardinal(numerator, false) + " " + (numerator == 1 ? part : many);
  }

  std::string date(const Date& date) const override {
    const auto day = english::ordinal(date.day, false);
    const std::string month = kMonths[date.month - 1];
    auto words = locale_.american ? month + " " + day
                                  : (date.article_before ? "" : "the ") + day + " of " + month;
    if (date.year)
      words += ", " + english::year(*date.year, with_and());
    return words;
  }

  std::string time(const Time& time) const override {
    const auto cardinal = [](unsigned n) { return english::cardinal(n, false); };
    const auto counted = [&](unsigned n, const char* unit) {
      return cardinal(n) + " " + unit + (n == 1 ? "" : "s");
    };
    const std::string half = time.half == Time::Half::kNone      ? ""
                             : time.half == Time::Half::kMorning ? " a.m."
                                                                 : " p.m.";
    if (time.second)
      return counted(time.hour, "hour") + ", " + counted(time.minute.value_or(0), "minute") +
             " and " + counted(*time.second, "second") + half;
    const auto minute = time.minute.value_or(0);
    if (minute > 0)
      return cardinal(time.hour) + (minute < 10 ? " oh " : " ") + cardinal(minute) + half;
    if (!half.empty())
      return cardinal(time.hour) + half;
    if (time.hour == 0)
      return "midnight";
    return cardinal(time.hour) + (time.hour <= 12 ? " o'clock" : " hundred hours");
  }

  std::optional<std::string> money(const Amount& amount, std::string_view code) const override {
    const auto* currency = find_by(kCurrencies, code, &Currency::code);
    if (!currency)
      return std::nullopt;
    const auto& n = amount.number;
    if (!amount.magnitude.empty())
      return number(n, {}) + " " + amount.magnitude + " " + currency->many;
    const auto cents = hundredths(n.fraction);
    const auto value = n.value();
    if (!cents || !value)
      return number(n, {}) + " " + currency->many;
    const std::string sign = n.negative ? "minus " : "";
    const auto minor = *cents == 0 ? std::string()
                                   : english::cardinal(*cents, false) + " " +
                                         (*cents == 1 ? currency->cent : currency->cents);
    if (*value == 0 && !minor.empty())
      return sign + minor;
    const auto major = sign + english::cardinal(*value, with_and()) + " " +
                       (*value == 1 ? currency->one : currency->many);
    return minor.empty() ? major : major + " and " + minor;
  }

  std::optional<std::string> measure(const Numeral& n, std::string_view symbol) const override {
    const auto* unit = find_by(kUnits, symbol, &Unit::symbol);
    if (!unit)
      return std::nullopt;
    std::string name = n.is_one() ? unit->one : unit->many;
    if (!locale_.american)
      for (const std::string_view end : {"meter", "liter"})
        if (const auto at = name.find(end); at != std::string::npos)
          name.replace(at + end.size() - 2, 2, "re");
    return number(n, {}) + " " + name;
  }

  std::string phone_group(std::string_view group) const override {
    if (group.size() == 3 && group.ends_with("00") && group[0] != '0')
      return english::cardinal(static_cast<unsigned>(group[0] - '0') * 100, false);
    return digits(group);
  }

  std::string_view symbol(char c) const override {
    switch (c) {
      case '.':
        return "dot";
      case '@':
        return "at";
      case '-':
        return "dash";
      case '_':
        return "underscore";
      case '/':
        return "slash";
      case '+':
        return "plus";
      case '=':
        return "equals";
      case '&':
        return "and";
      case '?':
        return "question mark";
      case '#':
        return "hash";
      case '%':
        return "percent";
      case ':':
        return "colon";
      case '~':
        return "tilde";
      default:
        return "";
    }
  }

  unsigned month(std::string_view name) const override {
    for (unsigned i = 0; i < 12; ++i)
      if (name.substr(0, 3) == lower_case(kMonths[i]).substr(0, 3))
        return i + 1;
    return 0;
  }
  std::string_view months() const override {
    return "January|February|March|April|May|June|July|August|September|October|November|December";
  }
  std::string_view short_months() const override {
    return "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec";
  }
  std::string_view magnitudes() const override {
    return "hundred|thousand|million|billion|trillion|bn|k|K|M|B";
  }
  std::string magnitude(std::string_view written) const override {
    if (written == "k" || written == "K")
      return "thousand";
    if (written == "M")
      return "million";
    if (written == "B" || written == "bn")
      return "billion";
    return lower_case(written);
  }
  std::string_view currency_of_dollar_sign() const override { return "USD"; }
  std::string_view currency_names() const override {
    return "dollars|dollar|bucks|euros|euro|pounds|pound|pesos|peso|yen";
  }
  std::string_view units() const override { return units_; }

  const Words& words() const override {
    static constexpr Words kWords{.minus = "minus",
                                  .percent = "percent",
                                  .range = "to",
                                  .at = "at",
                                  .plus = "plus",
                                  .number = "number",
                                  .degrees = "degrees"};
    return kWords;
  }

 protected:
  std::string decimals(std::string_view fraction) const override { return digits(fraction); }
  const char* decimal_sign() const override { return "point"; }

 private:
  bool with_and() const { return !locale_.american; }

  const Locale locale_;
  const std::string units_;
};

}  // namespace

std::unique_ptr<Language> make_english(const Locale& locale) {
  return std::make_unique<English>(locale);
}

}  // namespace centralita::normalise

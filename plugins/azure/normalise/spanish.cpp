#include "plugins/azure/normalise/language.h"
#include "plugins/azure/normalise/patterns.h"
#include "plugins/azure/normalise/spanish_nouns.h"
#include "plugins/azure/normalise/tables.h"

namespace centralita::normalise {
namespace {

constexpr auto kFem = Gender::kFeminine;

constexpr const char* kMonths[] = {"enero",      "febrero", "marzo",     "abril",
                                   "mayo",       "junio",   "julio",     "agosto",
                                   "septiembre", "octubre", "noviembre", "diciembre"};

constexpr Currency kCurrencies[] = {
    {"MXN", "peso", "pesos", "centavo", "centavos"},
    {"ARS", "peso", "pesos", "centavo", "centavos"},
    {"CLP", "peso", "pesos", "centavo", "centavos"},
    {"COP", "peso", "pesos", "centavo", "centavos"},
    {"UYU", "peso", "pesos", "centésimo", "centésimos"},
    {"DOP", "peso", "pesos", "centavo", "centavos"},
    {"USD", "dólar", "dólares", "centavo", "centavos"},
    {"CAD", "dólar canadiense", "dólares canadienses", "centavo", "centavos"},
    {"EUR", "euro", "euros", "céntimo", "céntimos"},
    {"GBP", "libra", "libras", "penique", "peniques", kFem},
    {"PEN", "sol", "soles", "céntimo", "céntimos"},
    {"GTQ", "quetzal", "quetzales", "centavo", "centavos"},
    {"BRL", "real", "reales", "centavo", "centavos"},
    {"JPY", "yen", "yenes", "sen", "senes"},
    {"CHF", "franco", "francos", "céntimo", "céntimos"},
};

constexpr Unit kUnits[] = {
    {"km/h", "kilómetro por hora", "kilómetros por hora"},
    {"m/s", "metro por segundo", "metros por segundo"},
    {"km²", "kilómetro cuadrado", "kilómetros cuadrados"},
    {"km2", "kilómetro cuadrado", "kilómetros cuadrados"},
    {"m²", "metro cuadrado", "metros cuadrados"},
    {"m2", "metro cuadrado", "metros cuadrados"},
    {"m³", "metro cúbico", "metros cúbicos"},
    {"m3", "metro cúbico", "metros cúbicos"},
    {"cm²", "centímetro cuadrado", "centímetros cuadrados"},
    {"km", "kilómetro", "kilómetros"},
    {"hm", "hectómetro", "hectómetros"},
    {"m", "metro", "metros"},
    {"cm", "centímetro", "centímetros"},
    {"mm", "milímetro", "milímetros"},
    {"kg", "kilo", "kilos"},
    {"g", "gramo", "gramos"},
    {"gr", "gramo", "gramos"},
    {"mg", "miligramo", "miligramos"},
    {"t", "tonelada", "toneladas", kFem},
    {"lb", "libra", "libras", kFem},
    {"oz", "onza", "onzas", kFem},
    {"l", "litro", "litros"},
    {"L", "litro", "litros"},
    {"lt", "litro", "litros"},
    {"ml", "mililitro", "mililitros"},
    {"mL", "mililitro", "mililitros"},
    {"cl", "centilitro", "centilitros"},
    {"ha", "hectárea", "hectáreas", kFem},
    {"°C", "grado Celsius", "grados Celsius"},
    {"°F", "grado Fahrenheit", "grados Fahrenheit"},
    {"ºC", "grado Celsius", "grados Celsius"},
    {"ºF", "grado Fahrenheit", "grados Fahrenheit"},
    {"°", "grado", "grados"},
    {"h", "hora", "horas", kFem},
    {"hrs", "hora", "horas", kFem},
    {"hr", "hora", "horas", kFem},
    {"min", "minuto", "minutos"},
    {"s", "segundo", "segundos"},
    {"seg", "segundo", "segundos"},
    {"ms", "milisegundo", "milisegundos"},
    {"KB", "kilobyte", "kilobytes"},
    {"kB", "kilobyte", "kilobytes"},
    {"MB", "megabyte", "megabytes"},
    {"GB", "gigabyte", "gigabytes"},
    {"TB", "terabyte", "terabytes"},
    {"kbps", "kilobit por segundo", "kilobits por segundo"},
    {"Mbps", "megabit por segundo", "megabits por segundo"},
    {"Gbps", "gigabit por segundo", "gigabits por segundo"},
    {"Hz", "hercio", "hercios"},
    {"kHz", "kilohercio", "kilohercios"},
    {"MHz", "megahercio", "megahercios"},
    {"GHz", "gigahercio", "gigahercios"},
    {"W", "vatio", "vatios"},
    {"kW", "kilovatio", "kilovatios"},
    {"kWh", "kilovatio hora", "kilovatios hora"},
    {"V", "voltio", "voltios"},
    {"A", "amperio", "amperios"},
    {"kcal", "kilocaloría", "kilocalorías", kFem},
    {"cal", "caloría", "calorías", kFem},
    {"px", "píxel", "píxeles"},
    {"mdp", "millón de pesos", "millones de pesos"},
    {"mdd", "millón de dólares", "millones de dólares"},
    {"hp", "caballo de fuerza", "caballos de fuerza"},
};

class Spanish final : public Language {
 public:
  explicit Spanish(Locale locale) : locale_(std::move(locale)), units_(alternatives(kUnits)) {}

  Counted counted(std::string_view before, std::string_view after) const override {
    // A number that names its noun does not count the word after it: "el 21 llega".
    static constexpr std::string_view kNames[] = {
        "el",     "la",         "número",   "opción", "página", "calle",
        "piso",   "capítulo",   "artículo", "sala",   "puerta", "extensión",
        "código", "habitación", "línea",    "nivel",  "siglo",  "año"};
    const auto name = last_word(before);
    if (std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames))
      return {};
    auto noun = next_word(after);
    const bool thousands = noun == "mil";
    if (thousands) {
      noun = next_word(after.substr(1 + noun.size()));
      const auto gender = spanish::gender_of(noun);
      return {gender.value_or(Gender::kMasculine), true};
    }
    const auto gender = spanish::gender_of(noun);
    return {gender.value_or(Gender::kMasculine), gender.has_value()};
  }

  std::string cardinal(std::uint64_t n, Counted counted) const override {
    return spanish::cardinal(n, counted.gender, counted.noun_follows);
  }

  std::string ordinal(std::uint64_t n, std::string_view suffix) const override {
    const bool feminine = suffix.ends_with("ª") || suffix.ends_with('a');
    const bool cut = suffix.ends_with("er") || suffix.ends_with("ᵉʳ");
    return spanish::ordinal(n, feminine ? kFem : Gender::kMasculine, cut);
  }

  std::string fraction(unsigned numerator, unsigned denominator) const override {
    static constexpr const char* kParts[] = {"",       "",       "medio", "tercio",
                                             "cuarto", "quinto", "sexto", "séptimo",
                                             "octavo", "noveno", "décimo"};
    return spanish::cardinal(numerator, Gender::kMasculine, true) + " " + kParts[denominator] +
           (numerator > 1 ? "s" : "");
  }

  std::string date(const Date& date) const override {
    const auto day =
        date.day == 1 && locale_.american ? std::string("primero") : spanish::cardinal(date.day);
    auto words = day + " de " + kMonths[date.month - 1];
    if (date.year)
      words += " de " + spanish::cardinal(*date.year);
    return words;
  }

  std::string time(const Time& time) const override {
    const auto feminine = [](unsigned n) { return spanish::cardinal(n, kFem); };
    const auto counted = [](unsigned n, const char* unit, Gender gender) {
      return spanish::cardinal(n, gender, true) + " " + unit + (n == 1 ? "" : "s");
    };
    if (time.second)
      return counted(time.hour, "hora", kFem) + ", " +
             counted(time.minute.value_or(0), "minuto", Gender::kMasculine) + " y " +
             counted(*time.second, "segundo", Gender::kMasculine) + half_of(time);
    const auto minute = time.minute.value_or(0);
    const bool by_the_clock = time.hour >= 1 && time.hour <= 12;
    auto words = feminine(time.hour);
    if (minute == 0)
      words += time.half == Time::Half::kNone && (!by_the_clock || !time.minute)
                   ? (time.hour == 1 ? " hora" : " horas")
                   : "";
    else if (by_the_clock && minute == 15)
      words += " y cuarto";
    else if (by_the_clock && minute == 30)
      words += " y media";
    else if (by_the_clock && minute < 30)
      words += " y " + spanish::cardinal(minute);
    else
      words += (minute < 10 ? " cero " : " ") + spanish::cardinal(minute);
    return words + half_of(time);
  }

  std::optional<std::string> money(const Amount& amount, std::string_view code) const override {
    const auto* currency = find_by(kCurrencies, code, &Currency::code);
    if (!currency)
      return std::nullopt;
    const auto& n = amount.number;
    if (!amount.magnitude.empty()) {
      const bool thousands = amount.magnitude == "mil";
      auto counted = number(n, {thousands ? currency->gender : Gender::kMasculine, true});
      if (thousands && n.is_one())
        counted.clear();
      return counted + (counted.empty() ? "" : " ") + amount.magnitude +
             (thousands || amount.magnitude.ends_with(" mil") ? " " : " de ") + currency->many;
    }
    const auto cents = hundredths(n.fraction);
    const auto value = n.value();
    if (!cents || !value)
      return number(n, {}) + " " + currency->many;
    const std::string sign = n.negative ? "menos " : "";
    const auto minor = *cents == 0 ? std::string()
                                   : spanish::cardinal(*cents, Gender::kMasculine, true) + " " +
                                         (*cents == 1 ? currency->cent : currency->cents);
    if (*value == 0 && !minor.empty())
      return sign + minor;
    const bool millions = *value > 0 && *value % 1'000'000 == 0;
    auto words = sign + spanish::cardinal(*value, currency->gender, true) +
                 (millions ? " de " : " ") + (*value == 1 ? currency->one : currency->many);
    return minor.empty() ? words : words + " con " + minor;
  }

  std::optional<std::string> measure(const Numeral& n, std::string_view symbol) const override {
    const auto* unit = find_by(kUnits, symbol, &Unit::symbol);
    if (!unit)
      return std::nullopt;
    return number(n, {unit->gender, true}) + " " + (n.is_one() ? unit->one : unit->many);
  }

  // Pairs, as numbers are dictated; three digits one by one, and four as two pairs.
  std::string phone_group(std::string_view group) const override {
    if (group.size() == 3 && group.ends_with("00") && group[0] != '0')
      return spanish::cardinal(static_cast<unsigned>(group[0] - '0') * 100);
    if (group.size() % 2 == 1 || group.size() > 4)
      return digits(group);
    std::string words;
    for (; !group.empty(); group.remove_prefix(2)) {
      const auto n =
          static_cast<unsigned>(group[0] - '0') * 10 + static_cast<unsigned>(group[1] - '0');
      words +=
          (words.empty() ? "" : " ") + (n < 10 ? digits(group.substr(0, 2)) : spanish::cardinal(n));
    }
    return words;
  }

  std::string_view symbol(char c) const override {
    switch (c) {
      case '.':
        return "punto";
      case '@':
        return "arroba";
      case '-':
        return "guion";
      case '_':
        return "guion bajo";
      case '/':
        return locale_.american ? "diagonal" : "barra";
      case '+':
        return "más";
      case '=':
        return "igual a";
      case '&':
        return "y";
      case '?':
        return "interrogación";
      case '#':
        return "almohadilla";
      case '%':
        return "por ciento";
      case ':':
        return "dos puntos";
      case '~':
        return "tilde";
      default:
        return "";
    }
  }

  unsigned month(std::string_view name) const override {
    if (name.starts_with("set"))
      return 9;
    for (unsigned i = 0; i < 12; ++i)
      if (name.substr(0, 3) == std::string_view(kMonths[i]).substr(0, 3))
        return i + 1;
    return 0;
  }
  std::string_view months() const override {
    return "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|"
           "noviembre|diciembre";
  }
  std::string_view short_months() const override {
    return "ene|feb|mar|abr|may|jun|jul|ago|sept|sep|oct|nov|dic";
  }
  std::string_view magnitudes() const override {
    return "mil millones|mil|millones|millón|mdp|mdd|M|K|k|billones|billón";
  }
  std::string magnitude(std::string_view written) const override {
    if (written == "k" || written == "K")
      return "mil";
    if (written == "M" || written == "mdp" || written == "mdd")
      return "millones";
    return lower_case(written);
  }
  std::string_view currency_of_dollar_sign() const override {
    struct Region {
      std::string_view region, code;
    };
    static constexpr Region kRegions[] = {{"MX", "MXN"}, {"AR", "ARS"}, {"CL", "CLP"},
                                          {"CO", "COP"}, {"UY", "UYU"}, {"DO", "DOP"}};
    const auto* found = find_by(kRegions, locale_.region, &Region::region);
    return found ? found->code : "USD";
  }
  std::string_view currency_names() const override {
    return "pesos mexicanos|pesos|peso|dólares|dólar|euros|euro|libras|libra|yenes|soles|"
           "M\\.N\\.|m\\.n\\.";
  }
  std::string_view units() const override { return units_; }

  const Words& words() const override {
    static constexpr Words kWords{.minus = "menos",
                                  .percent = "por ciento",
                                  .range = "a",
                                  .at = "arroba",
                                  .plus = "más",
                                  .number = "número",
                                  .degrees = "grados"};
    return kWords;
  }

 protected:
  // "catorce", "cero cinco", "ciento veinticinco"; longer ones digit by digit.
  std::string decimals(std::string_view fraction) const override {
    if (fraction.size() > 3)
      return digits(fraction);
    const auto significant = fraction.find_first_not_of('0');
    if (significant == std::string_view::npos)
      return digits(fraction);
    std::string words = digits(fraction.substr(0, significant));
    std::uint64_t value = 0;
    for (const char c : fraction) value = value * 10 + static_cast<unsigned>(c - '0');
    return words + (words.empty() ? "" : " ") + spanish::cardinal(value);
  }
  const char* decimal_sign() const override { return locale_.decimal == ',' ? "coma" : "punto"; }

 private:
  std::string half_of(const Time& time) const {
    if (time.half == Time::Half::kNone)
      return "";
    if (time.half == Time::Half::kMorning)
      return time.hour == 12 ? " de la noche"
             : time.hour < 6 ? " de la madrugada"
                             : " de la mañana";
    const unsigned night = locale_.american ? 7 : 9;
    return time.hour == 12 ? " del mediodía" : time.hour < night ? " de la tarde" : " de la noche";
  }

  const Locale locale_;
  const std::string units_;
};

}  // namespace

std::unique_ptr<Language> make_spanish(const Locale& locale) {
  return std::make_unique<Spanish>(locale);
}

}  // namespace centralita::normalise

#include "plugins/azure/normalise/rules.h"

namespace centralita::normalise {
namespace {

// Between a blank or an opening mark and a digit: the sign of a number and not a hyphen.
constexpr char kMinus[] = R"((?<minus>(?:(?<=[\s(¿¡])|^)[-−])?)";

unsigned roman(std::string_view letters) {
  const auto value = [](char c) -> unsigned {
    switch (c) {
      case 'I':
        return 1;
      case 'V':
        return 5;
      case 'X':
        return 10;
      case 'L':
        return 50;
      default:
        return 100;
    }
  };
  unsigned sum = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const auto v = value(letters[i]);
    const bool less = i + 1 < letters.size() && v < value(letters[i + 1]);
    sum = less ? sum - v : sum + v;
  }
  return sum;
}

class NumberRules final : public Rules {
 public:
  explicit NumberRules(const Tools& tools)
      : locale_(tools.locale),
        language_(*tools.language),
        spanish_(locale_.tongue == Tongue::kSpanish),
        percent_(std::string(kNumberBegins) + kMinus + "(?<amount>" + numeral_pattern(locale_) +
                 R"()[  ]?%)"),
        // "10-15%": the sign is of both.
        shared_percent_(std::string(kNumberBegins) + "(?<amount>" + numeral_pattern(locale_) +
                        R"()(?<gap>[-–])(?<second>)" + numeral_pattern(locale_) + R"() ?%)"),
        measure_(std::string(kNumberBegins) + kMinus + "(?<amount>" + numeral_pattern(locale_) +
                 R"()[  ]?(?<unit>)" + std::string(language_.units()) +
                 R"()(?![\p{L}\d²³/])(?<stop>\.)?)"),
        decade_(R"((?<![\d\p{L}.,])(?<year>(?:1[1-9]|20)?[2-9]0)'?s(?!\p{L}))"),
        feet_(R"((?<![\d\p{L}])(?<feet>\d)['′] ?(?<inches>1[01]|\d)(?:["″]|''))"),
        per_(R"((?<=[\d€%])/(?<per>)" +
             std::string(spanish_ ? "mes|año|día|hora|noche|semana|persona"
                                  : "month|mo|year|yr|day|hour|hr|night|week|person") +
             R"()\b\.?)"),
        ordinal_(
            std::string(kNumberBegins) +
            (spanish_
                 ? R"((?<number>\d{1,4})\.?(?<suffix>er|ᵉʳ|º|ª|(?:[rtvm]o|[rtvm]a|do|da|no|na)(?!\p{L})))"
                 : R"((?<number>\d{1,3}(?:,\d{3})+|\d{1,6})(?<suffix>st|nd|rd|th))") +
            R"((?![\p{L}\d]))"),
        fraction_(std::string(kNumberBegins) +
                  R"((?:(?<whole>\d{1,3}) )?(?<top>\d{1,2})/(?<bottom>\d{1,2}))" + kNumberEnds),
        round_the_clock_(R"((?<!\d)24/7(?!\d))"),
        hash_(std::string(R"((?<![\p{L}\d&])(?:#|[Nn]\.?[º°]|[Nn][úu]m\.|(?<=\s)No\.) ?(?=\d))")),
        roman_(
            R"((?<lead>(?i:siglo|capítulo|tomo|volumen|chapter|volume) )(?<roman>[IVXLC]+)(?![\p{L}\d.]))"),
        times_(R"((?<=\d) ?[x×] ?(?=\d))"),
        plain_(std::string(kNumberBegins) + kMinus + "(?<amount>" + numeral_pattern(locale_) + ")" +
               kNumberEnds + R"((?!-\p{L})(?!\.\p{L}))") {}

  void apply(Claims& claims) const override {
    claims.apply(round_the_clock_, [this](const Match&) {
      return language_.cardinal(24, {}) + " " + language_.cardinal(7, {});
    });
    if (!spanish_) {
      claims.apply(decade_, [](const Match& m) { return decade(m["year"]); });
      claims.apply(feet_, [this](const Match& m) {
        return said(m["feet"], {}) + " foot " + said(m["inches"], {});
      });
    }
    claims.apply(per_, [this](const Match& m) { return per(m); });
    claims.apply(shared_percent_, [this](const Match& m) {
      return said(m["amount"], {}) + " " + language_.words().range + " " + said(m["second"], {}) +
             " " + language_.words().percent;
    });
    claims.apply(percent_, [this](const Match& m) {
      return language_.number(numeral(m), {}) + " " + language_.words().percent;
    });
    claims.apply(measure_, [this](const Match& m) {
      auto words = language_.measure(numeral(m), m["unit"]);
      if (words && !m["stop"].empty() && ends_sentence(m.after()))
        *words += ".";
      return words;
    });
    claims.apply(ordinal_, [this](const Match& m) -> std::optional<std::string> {
      const auto number = parse_numeral(m["number"], locale_).value();
      if (!number || *number == 0)
        return std::nullopt;
      return language_.ordinal(*number, m["suffix"]);
    });
    claims.apply(fraction_, [this](const Match& m) { return fraction(m); });
    claims.apply(hash_,
                 [this](const Match&) { return language_.words().number + std::string(" "); });
    claims.apply(roman_, [this](const Match& m) {
      return std::string(m["lead"]) + language_.cardinal(roman(m["roman"]), {});
    });
    if (spanish_)
      claims.apply(times_, [](const Match&) { return std::string(" por "); });
    else
      claims.apply(times_, [](const Match&) { return std::string(" by "); });
    claims.apply(plain_, [this](const Match& m) {
      return language_.number(numeral(m), language_.counted(m.before(), m.after())) +
             of_millions(m);
    });
  }

 private:
  // "nineteen nineties"
  static std::string decade(std::string_view year) {
    std::uint64_t n = 0;
    for (const char c : year) n = n * 10 + static_cast<unsigned>(c - '0');
    auto words = english::year(n, false);
    words.pop_back();
    return words + "ies";
  }

  std::string per(const Match& match) const {
    const auto unit = match["per"];
    if (spanish_)
      return " por " + std::string(unit);
    return std::string(" per ") + (unit == "mo"   ? "month"
                                   : unit == "yr" ? "year"
                                   : unit == "hr" ? "hour"
                                                  : std::string(unit));
  }

  Numeral numeral(const Match& match) const {
    auto numeral = parse_numeral(match["amount"], locale_);
    numeral.negative = !match["minus"].empty();
    return numeral;
  }
  std::string said(std::string_view written, Counted counted) const {
    return language_.number(parse_numeral(written, locale_), counted);
  }

  // "un millón de pesos"
  std::string of_millions(const Match& match) const {
    const auto number = numeral(match);
    const auto value = number.value();
    const bool round =
        spanish_ && number.fraction.empty() && value && *value > 0 && *value % 1'000'000 == 0;
    return round && language_.counted(match.before(), match.after()).noun_follows ? " de" : "";
  }

  std::optional<std::string> fraction(const Match& match) const {
    const auto number = [&](const char* group) {
      return static_cast<unsigned>(Numeral{.whole = std::string(match[group])}.value().value_or(0));
    };
    const auto top = number("top"), bottom = number("bottom");
    if (top == 0 || bottom < 2 || bottom > 10 || top >= bottom)
      return std::nullopt;
    auto words = language_.fraction(top, bottom);
    if (!match["whole"].empty()) {
      const bool half = top == 1 && bottom == 2;
      const std::string joint =
          spanish_ ? (half ? " y medio" : " y " + words) : (half ? " and a half" : " and " + words);
      return language_.cardinal(number("whole"), {}) + joint;
    }
    return words;
  }

  const Locale& locale_;
  const Language& language_;
  const bool spanish_;
  const Pattern percent_, shared_percent_, measure_, decade_, feet_, per_, ordinal_, fraction_,
      round_the_clock_, hash_, roman_, times_, plain_;
};

}  // namespace

std::unique_ptr<Rules> number_rules(const Tools& tools) {
  return std::make_unique<NumberRules>(tools);
}

}  // namespace centralita::normalise

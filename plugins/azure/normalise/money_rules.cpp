#include "plugins/azure/normalise/rules.h"

namespace centralita::normalise {
namespace {

struct Code {
  std::string_view written;
  std::string_view code;  // empty: of the dollar sign
};
constexpr Code kCodes[] = {
    {"$", ""},         {"€", "EUR"},
    {"£", "GBP"},      {"¥", "JPY"},
    {"US$", "USD"},    {"U$S", "USD"},
    {"MX$", "MXN"},    {"C$", "CAD"},
    {"A$", "AUD"},     {"R$", "BRL"},
    {"S/", "PEN"},     {"₹", "INR"},
    {"USD", "USD"},    {"EUR", "EUR"},
    {"GBP", "GBP"},    {"MXN", "MXN"},
    {"COP", "COP"},    {"ARS", "ARS"},
    {"CLP", "CLP"},    {"PEN", "PEN"},
    {"CAD", "CAD"},    {"JPY", "JPY"},
    {"CHF", "CHF"},    {"BRL", "BRL"},
    {"UYU", "UYU"},    {"GTQ", "GTQ"},
    {"DOP", "DOP"},    {"AUD", "AUD"},
    {"INR", "INR"},    {"pesos", "MXN"},
    {"peso", "MXN"},   {"dólares", "USD"},
    {"dólar", "USD"},  {"euros", "EUR"},
    {"euro", "EUR"},   {"libras", "GBP"},
    {"libra", "GBP"},  {"yenes", "JPY"},
    {"soles", "PEN"},  {"dollars", "USD"},
    {"dollar", "USD"}, {"bucks", "USD"},
    {"pounds", "GBP"}, {"pound", "GBP"},
    {"yen", "JPY"},    {"pesos mexicanos", "MXN"},
    {"M.N.", "MXN"},   {"m.n.", "MXN"},
};
constexpr char kSigns[] = R"(US\$|U\$S|MX\$|C\$|A\$|R\$|S/|\$|€|£|¥|₹)";
constexpr char kIso[] = "USD|EUR|GBP|MXN|COP|ARS|CLP|PEN|CAD|JPY|CHF|BRL|UYU|GTQ|DOP|AUD|INR";

class MoneyRules final : public Rules {
 public:
  explicit MoneyRules(const Tools& tools)
      : locale_(tools.locale),
        language_(*tools.language),
        sign_first_(R"((?<![\p{L}\d])(?<minus>[-−])?(?<sign>)" + std::string(kSigns) + "|" + kIso +
                    R"() ?(?<amount>)" + numeral_pattern(locale_) + ")" + magnitude() +
                    R"((?: (?<name>)" + kIso + "|" + std::string(language_.currency_names()) +
                    R"()(?!\p{L}))?)" + ends()),
        sign_last_(std::string(kNumberBegins) + R"((?<minus>(?<![\d\p{L}])[-−])?(?<amount>)" +
                   numeral_pattern(locale_) + ")" + magnitude() +
                   R"((?: ?(?<sign>[$€£¥])| (?<name>)" + kIso + "|M\\.N\\." + R"())(?![\p{L}\d]))"),
        named_(std::string(kNumberBegins) + R"((?<amount>)" + numeral_pattern(locale_) + ")" +
               R"( (?<name>)" + std::string(language_.currency_names()) + R"()(?!\p{L}))") {}

  void apply(Claims& claims) const override {
    claims.apply(sign_first_, [this](const Match& m) { return amount(m); });
    claims.apply(sign_last_, [this](const Match& m) { return amount(m); });
    // "12.50 pesos": cents and not a decimal fraction. Whole ones are numbers like others.
    claims.apply(named_, [this](const Match& m) -> std::optional<std::string> {
      const auto number = parse_numeral(m["amount"], locale_);
      if (number.fraction.size() != 2)
        return std::nullopt;
      return amount(m);
    });
  }

 private:
  std::string magnitude() const {
    return R"((?: ?(?<magnitude>)" + std::string(language_.magnitudes()) +
           R"()(?!\p{L})(?: de(?= ))?)?)";
  }
  static std::string ends() { return R"((?![\p{L}\d]))"; }

  std::optional<std::string> amount(const Match& match) const {
    Amount amount{.number = parse_numeral(match["amount"], locale_)};
    amount.number.negative = !match["minus"].empty();
    const auto magnitude = match["magnitude"];
    if (!magnitude.empty())
      amount.magnitude = language_.magnitude(magnitude);
    auto code = code_of(match["sign"]);
    if (const auto name = code_of(match["name"]); !name.empty() && !is_word(match["name"], code))
      code = name;
    if (magnitude == "mdd")
      code = "USD";
    if (amount.magnitude == "millones" && amount.number.is_one())
      amount.magnitude = "millón";
    if (amount.magnitude == "millón" && !amount.number.is_one())
      amount.magnitude = "millones";
    return language_.money(amount, code);
  }

  // "$100 pesos" in Colombia are pesos of there, whatever the table says of the word.
  bool is_word(std::string_view name, std::string_view code) const {
    const bool peso =
        name.starts_with("peso") || name.starts_with("M.N") || name.starts_with("m.n");
    return peso && language_.currency_of_dollar_sign() != "USD" && !code.empty();
  }

  std::string_view code_of(std::string_view written) const {
    if (written.empty())
      return {};
    for (const auto& entry : kCodes)
      if (entry.written == written)
        return entry.code.empty() ? language_.currency_of_dollar_sign() : entry.code;
    return {};
  }

  const Locale& locale_;
  const Language& language_;
  const Pattern sign_first_, sign_last_, named_;
};

}  // namespace

std::unique_ptr<Rules> money_rules(const Tools& tools) {
  return std::make_unique<MoneyRules>(tools);
}

}  // namespace centralita::normalise

#include "plugins/azure/normalise/rules.h"

#include <algorithm>

namespace centralita::normalise {
namespace {

using Groups = std::vector<std::string>;

Groups groups_of(std::string_view written) {
  Groups groups;
  bool inside = false;
  for (const char c : written) {
    if (g_ascii_isdigit(c)) {
      if (!inside)
        groups.emplace_back();
      groups.back() += c;
    }
    inside = g_ascii_isdigit(c);
  }
  return groups;
}

Groups split(std::string_view digits, std::initializer_list<std::size_t> sizes) {
  Groups groups;
  for (const auto size : sizes) {
    groups.emplace_back(digits.substr(0, size));
    digits.remove_prefix(std::min(size, digits.size()));
  }
  if (!digits.empty())
    groups.emplace_back(digits);
  return groups;
}

class TelephoneRules final : public Rules {
 public:
  explicit TelephoneRules(const Tools& tools)
      : language_(*tools.language),
        country_(tools.locale.region),
        spanish_(tools.locale.tongue == Tongue::kSpanish),
        international_(R"((?<![\w+])\+(?<country>1|52|34|44|5[1-8]|33|49|39|351|50\d|59\d)[ .-]?)"
                       R"((?<rest>(?:\(\d{1,4}\)|\d{1,4})(?:[ .-]?\d{2,4}){1,4}))" +
                       after()),
        grouped_(before() + "(?<digits>" + shapes() + ")" + after()),
        cued_(cue() + R"((?<digits>\d{7,12}|\d{2,4}(?:[ .-]\d{2,4}){1,4}))" + after()),
        dashed_(before() + R"((?<digits>\d{2,}(?:-\d{2,}){2,}))" + after()),
        code_(code_cue() + R"((?<digits>\d{3,12}|\d{2,4}(?: \d{2,4}){1,3}))" + after()),
        long_(before() + R"((?<digits>\d{7,}|(?<!\d )0\d+))" + after()) {}

  void apply(Claims& claims) const override {
    claims.apply(international_, [this](const Match& match) {
      const auto country = match["country"];
      auto groups = groups_of(match["rest"]);
      if (groups.size() == 1)
        groups = habit(groups[0], country_of(country));
      return std::string(language_.words().plus) + " " + calling_code(country) + ", " +
             said(groups);
    });
    claims.apply(grouped_, [this](const Match& match) { return number(match); });
    claims.apply(cued_, [this](const Match& match) { return number(match); });
    claims.apply(dashed_, [this](const Match& match) { return said(groups_of(match["digits"])); });
    claims.apply(code_, [this](const Match& match) {
      std::string digits;
      for (const auto& group : groups_of(match["digits"])) digits += group;
      return language_.digits(digits);
    });
    claims.apply(long_, [this](const Match& match) -> std::optional<std::string> {
      const auto digits = match["digits"];
      // A round one is a number.
      if (digits.size() >= 7 && digits.ends_with("000") && !digits.starts_with('0'))
        return std::nullopt;
      if (digits == "0")
        return std::nullopt;
      if (digits.size() == telephone_size() && !digits.starts_with('0'))
        return said(habit(digits, country_));
      return language_.digits(digits);
    });
  }

 private:
  // Not in the middle of another number, of an amount or of a code.
  static std::string before() {
    return R"((?<![\p{L}\d_+])(?<![\p{L}\d$€£][.,:/-])(?<![$€£])(?<![$€£] ))";
  }
  static std::string after() { return R"((?![\p{L}\d_%€])(?![.,:/-]\d)(?! ?[€%]))"; }

  // Numbers in groups that nothing else is written in.
  std::string shapes() const {
    if (country_ == "ES")
      return R"([6789]\d{2}[ .-]\d{3}[ .-]\d{3}|[6789]\d{2}(?:[ .-]\d{2}){3})"
             R"(|[89]\d(?: \d{3} \d{2} \d{2}| \d{3} \d{4}))";
    if (country_ == "GB")
      return R"(0\d{2,4} \d{3,4} \d{3,4}|0\d{4} \d{6}|07\d{3} \d{3} ?\d{3})";
    if (!spanish_)
      return R"(\(\d{3}\) ?\d{3}[-. ]\d{4}|(?:1[-. ])?\d{3}[-.]\d{3}[-.]\d{4})"
             R"(|\d{3} \d{3} \d{4}|\d{3}-\d{4})";
    return R"((?:01 )?(?:\(\d{2}\)|\d{2})[ -]\d{4}[ -]\d{4})"
           R"(|(?:01 )?(?:\(\d{3}\)|\d{3})[ -]\d{3}[ -]\d{4})"
           R"(|\d{2}(?: \d{2}){4}|\d{3}(?: \d{2}){2} \d{3})";
  }

  // What announces a number; it stays as it is, for other rules to see.
  std::string cue() const {
    return std::string(R"((?i)(?<![\p{L}\d])(?:)") +
           (spanish_ ? R"((?:tel(?:éfono|\.)?|cel(?:ular|\.)?|móvil|whatsapp)"
                       R"(|llam[ea](?:r|nos|me)? al|marc(?:ar|a|ando|que|ó) al)(?: es(?: el)?)?)"
                     : R"((?:tel(?:ephone|\.)?|phone(?: number)?|mobile|cell|whatsapp)"
                       R"(|call(?: us at| me at| us on)?|dial)(?: (?:is|at|number))*)") +
           R"():? \K)";
  }

  // Of what is typed digit by digit.
  std::string code_cue() const {
    return std::string(R"((?i)(?<![\p{L}\d])(?:)") +
           (spanish_ ? R"((?:código|clave|nip|pin|contraseña|folio)(?: de \p{L}+| postal)?)"
                       R"((?: es(?: el| la)?)?)"
                     : R"((?:code|pin|passcode|password|zip(?: code)?)(?: number)?(?: is)?)") +
           R"():? \K)";
  }

  std::size_t telephone_size() const { return country_ == "ES" ? 9 : 10; }

  static std::string country_of(std::string_view code) {
    return code == "52"   ? "MX"
           : code == "34" ? "ES"
           : code == "1"  ? "US"
           : code == "44" ? "GB"
                          : "";
  }

  // How a number that is written in one piece is said in groups.
  static Groups habit(std::string_view digits, std::string_view country) {
    if (country == "MX" && digits.size() == 10)
      return digits.starts_with("55") || digits.starts_with("33") || digits.starts_with("81")
                 ? split(digits, {2, 4, 4})
                 : split(digits, {3, 3, 4});
    if (country == "ES" && digits.size() == 9)
      return split(digits, {3, 2, 2, 2});
    if (country == "GB" && digits.size() >= 10)
      return split(digits, {digits.size() - 6, 3, 3});
    if (digits.size() == 10)
      return split(digits, {3, 3, 4});
    if (digits.size() == 7)
      return split(digits, {3, 4});
    if (digits.size() % 3 == 0)
      return digits.size() == 9 ? split(digits, {3, 3, 3}) : split(digits, {3, 3, 3, 3});
    return digits.size() == 8 ? split(digits, {4, 4}) : split(digits, {2, 2, 2, 2, 2, 2});
  }

  std::string number(const Match& match) const {
    auto groups = groups_of(match["digits"]);
    if (groups.size() == 1)
      groups = habit(groups[0], country_);
    return said(groups);
  }

  std::string calling_code(std::string_view digits) const { return language_.phone_group(digits); }

  std::string said(const Groups& groups) const {
    std::string words;
    for (const auto& group : groups)
      words += (words.empty() ? "" : ", ") + language_.phone_group(group);
    return words;
  }

  const Language& language_;
  const std::string country_;
  const bool spanish_;
  const Pattern international_, grouped_, cued_, dashed_, code_, long_;
};

}  // namespace

std::unique_ptr<Rules> telephone_rules(const Tools& tools) {
  return std::make_unique<TelephoneRules>(tools);
}

}  // namespace centralita::normalise

#include "plugins/azure/normalise/rules.h"

namespace centralita::normalise {
namespace {

unsigned number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

bool is_day(unsigned day, unsigned month) {
  static constexpr unsigned kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month >= 1 && month <= 12 && day >= 1 && day <= kDays[month - 1];
}

class CalendarRules final : public Rules {
 public:
  explicit CalendarRules(const Tools& tools)
      : locale_(tools.locale),
        language_(*tools.language),
        spanish_(locale_.tongue == Tongue::kSpanish),
        iso_(begin() + R"((?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:T(?<hour>[01]\d|2[0-3]))" +
             R"(:(?<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?Z?)?)" + kNumberEnds),
        numeric_(begin() + R"((?<first>\d{1,2})(?<mark>[/.-])(?<second>\d{1,2})\k<mark>)" +
                 R"((?<year>\d{4}|\d{2}))" + kNumberEnds),
        short_(begin() + R"((?<first>\d{1,2})/(?<second>\d{1,2}))" + kNumberEnds),
        named_(named()),
        month_first_(R"((?<![\p{L}\d])(?<month>)" + month_names() +
                     R"() (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>(?:19|20)\d{2}))?)" +
                     kNumberEnds),
        halves_(clock_begin() + R"((?<hour>[01]?\d|2[0-4])(?:[:.](?<minute>[0-5]\d))" +
                R"((?::(?<second>[0-5]\d))?)? ?(?<half>)" +
                (spanish_ ? R"([ap]\. ?m\.?|[AaPp][Mm]\b|[AP]\. ?M\.?)"
                          : R"([ap]\.m\.|[AaPp][Mm]\b|[AP]\.M\.)") +
                R"()(?![\p{L}\d]))"),
        clock_(clock_begin() + R"((?<hour>[01]?\d|2[0-4]):(?<minute>[0-5]\d))" +
               R"((?::(?<second>[0-5]\d))?(?: ?(?:h|hrs?|horas)\b\.?)?)" +
               R"((?![\p{L}\d_])(?![:/]\d))"),
        hours_(std::string(kNumberBegins) + R"((?<hour>1\d|2[0-3])(?: ?hrs\.?| h\b)(?![\p{L}\d]))"),
        year_(R"((?i)(?<![\p{L}\d])(?:in|since|by|until|year|of|during|before|after|from|to) \K)"
              R"((?<year>(?:19|20)\d{2})(?![\p{L}\d%])(?![.,:/-]\d))") {}

  void apply(Claims& claims) const override {
    claims.apply(iso_, [this](const Match& m) {
      auto words = date(number(m["day"]), number(m["month"]), m["year"], m);
      if (words && !m["hour"].empty())
        *words += ", " + time(m).value_or("");
      return words;
    });
    claims.apply(numeric_, [this](const Match& m) {
      return by_custom(number(m["first"]), number(m["second"]), m["year"], m);
    });
    claims.apply(named_, [this](const Match& m) {
      return date(number(m["day"]), language_.month(lower_case(m["month"])), m["year"], m);
    });
    if (!spanish_)
      claims.apply(month_first_, [this](const Match& m) {
        return date(number(m["day"]), language_.month(lower_case(m["month"])), m["year"], m);
      });
    claims.apply(halves_, [this](const Match& m) { return time(m); });
    claims.apply(clock_, [this](const Match& m) { return time(m); });
    if (spanish_)
      claims.apply(hours_, [this](const Match& m) { return time(m); });
    claims.apply(short_, [this](const Match& m) -> std::optional<std::string> {
      const auto first = m["first"], second = m["second"];
      // "1/2" and "3/4" may as well be fractions, "24/7" is neither.
      const bool sure = first.starts_with('0') || second.starts_with('0') || number(first) > 12 ||
                        number(second) > 10;
      if (!sure || (first == "24" && second == "7"))
        return std::nullopt;
      return by_custom(number(first), number(second), {}, m);
    });
    if (!spanish_)
      claims.apply(year_, [this](const Match& m) {
        return english::year(number(m["year"]), !locale_.american);
      });
  }

 private:
  static std::string begin() { return R"((?<![\p{L}\d_])(?<![\p{L}\d][.,:/-]))"; }

  // Also after a dash, in a range.
  static std::string clock_begin() { return R"((?:(?<![\p{L}\d_.,:/-])|(?<=[\d.m][-–])))"; }

  std::string month_names() const {
    return std::string(language_.months()) + "|(?:" + std::string(language_.short_months()) +
           R"()\b\.?)";
  }

  // "24 nov 2026", "1 de mayo", "24 November 2026"
  std::string named() const {
    if (spanish_)
      return begin() + R"((?<day>\d{1,2})[.ºo°]?(?: de |[ -])(?<month>(?i:)" + month_names() +
             R"())(?:(?: del? |[ -])(?<year>(?:19|20)\d{2}))?(?![\p{L}\d]))";
    return begin() + R"((?<day>\d{1,2})(?:st|nd|rd|th)?(?: of |[ -])(?<month>)" + month_names() +
           R"()(?:,?[ -](?<year>(?:19|20)\d{2}))?(?![\p{L}\d]))";
  }

  std::optional<std::string> by_custom(unsigned first, unsigned second, std::string_view year,
                                       const Match& match) const {
    const bool month_first = locale_.month_first ? first <= 12 : second > 12;
    return month_first ? date(second, first, year, match) : date(first, second, year, match);
  }

  std::optional<std::string> date(unsigned day, unsigned month, std::string_view year,
                                  const Match& match) const {
    if (!is_day(day, month))
      return std::nullopt;
    Date date{.day = day, .month = month};
    date.article_before = last_word(match.before()) == "the";
    if (year.size() == 2)
      date.year = number(year) + (number(year) < 70 ? 2000 : 1900);
    else if (!year.empty())
      date.year = number(year);
    return language_.date(date) + (ends_with_stop(match) ? "." : "");
  }

  // "24 nov.", "2:30 p. m.": the stop was the abbreviation's and perhaps the sentence's as well.
  static bool ends_with_stop(const Match& match) {
    return match.text()[match.end() - 1] == '.' && ends_sentence(match.after());
  }

  std::optional<std::string> time(const Match& match) const {
    Time time{.hour = number(match["hour"])};
    if (const auto minute = match["minute"]; !minute.empty())
      time.minute = number(minute);
    if (const auto second = match["second"]; !second.empty())
      time.second = number(second);
    if (const auto half = match["half"]; !half.empty()) {
      if (time.hour == 0 || time.hour > 12) {
        if (time.hour > 23)
          return std::nullopt;
      } else {
        time.half =
            g_ascii_tolower(half.front()) == 'a' ? Time::Half::kMorning : Time::Half::kAfternoon;
      }
    }
    auto words = language_.time(time);
    if (spanish_ && ends_with_stop(match))
      words += ".";
    return words;
  }

  const Locale& locale_;
  const Language& language_;
  const bool spanish_;
  const Pattern iso_, numeric_, short_, named_, month_first_, halves_, clock_, hours_, year_;
};

}  // namespace

std::unique_ptr<Rules> calendar_rules(const Tools& tools) {
  return std::make_unique<CalendarRules>(tools);
}

}  // namespace centralita::normalise

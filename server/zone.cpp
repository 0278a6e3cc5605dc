#include "server/zone.h"

#include "plugins/base/date_ref.h"

#include <array>
#include <cctype>

namespace centralita {

namespace {

constexpr std::size_t kLongestName = 64;

bool is_name(const std::string& name) {
  if (name.size() > kLongestName || name.find("..") != std::string::npos || name.front() == '/')
    return false;
  for (const unsigned char c : name)
    if (!std::isalnum(c) && c != '/' && c != '_' && c != '-' && c != '+')
      return false;
  return true;
}

}  // namespace

std::optional<Zone> Zone::named(const std::string& name) {
  if (name.empty() || name == "UTC")
    return Zone("UTC", Ref<GTimeZone>::adopt(g_time_zone_new_utc()));
  // It is the name of a file below the tz database's folder.
  if (!is_name(name))
    return std::nullopt;
  auto zone = Ref<GTimeZone>::adopt(g_time_zone_new_identifier(name.c_str()));
  if (!zone)
    return std::nullopt;
  return Zone(name, std::move(zone));
}

std::optional<WallTime> Zone::day(const std::string& date, int days) const {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-')
    return std::nullopt;
  std::array<int, 3> parts{};
  for (std::size_t i = 0, part = 0; i < date.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (!std::isdigit(static_cast<unsigned char>(date[i])))
      return std::nullopt;
    parts[part] = parts[part] * 10 + (date[i] - '0');
  }
  const auto given =
      Ref<GDateTime>::adopt(g_date_time_new(zone_.get(), parts[0], parts[1], parts[2], 0, 0, 0));
  if (!given)
    return std::nullopt;
  // A day of the calendar: it has 23 or 25 hours when clocks change.
  const auto shifted = Ref<GDateTime>::adopt(g_date_time_add_days(given.get(), days));
  if (!shifted)
    return std::nullopt;
  return WallTime(std::chrono::seconds(g_date_time_to_unix(shifted.get())));
}

std::string Zone::local(WallTime time) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  const auto utc = Ref<GDateTime>::adopt(g_date_time_new_from_unix_utc(seconds));
  if (!utc)
    return "";
  const auto here = Ref<GDateTime>::adopt(g_date_time_to_timezone(utc.get(), zone_.get()));
  return OwnedString(g_date_time_format(here.get(), "%Y-%m-%d %H:%M:%S")).get();
}

}  // namespace centralita

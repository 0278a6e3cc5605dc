// A time zone by its name in the tz database ("America/Mexico_City"), for days and times as people
// say them.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/ref.h"

#include <optional>
#include <string>

namespace centralita {

template <>
struct RefTraits<GTimeZone> {
  static void ref(GTimeZone* p) { g_time_zone_ref(p); }
  static void unref(GTimeZone* p) { g_time_zone_unref(p); }
};

class Zone {
 public:
  // Empty: there is no such zone. "" and "UTC" are UTC, whatever is installed.
  static std::optional<Zone> named(const std::string& name);

  const std::string& name() const { return name_; }
  // "2026-05-01": when that day begins here, `days` later. Empty: it is no date.
  std::optional<WallTime> day(const std::string& date, int days = 0) const;
  // "2026-05-01 08:32:10", as spreadsheets read it.
  std::string local(WallTime time) const;

 private:
  Zone(std::string name, Ref<GTimeZone> zone) : name_(std::move(name)), zone_(std::move(zone)) {}
  std::string name_;
  Ref<GTimeZone> zone_;
};

}  // namespace centralita

// How many outbound calls may be placed, whom to and for how much. What has been placed and spent
// is kept in a file, so that a restart forgives nothing; the day is UTC's. One thread.
#pragma once

#include "server/telephony/carrier_settings.h"

#include <chrono>
#include <deque>

namespace centralita {

class OutboundLimits {
 public:
  using Time = std::chrono::system_clock::time_point;

  struct Refusal {
    const char* code;  // "number-not-allowed", "too-many-calls", "hourly-limit", "daily-spend"
    std::string text;
  };

  // `file`: empty keeps nothing. One that cannot be read counts as none, with a line in the log.
  explicit OutboundLimits(OutboundSettings settings, std::string file = "");

  // Counts the call when it may be placed. Every call that was admitted ends with ended().
  Result<bool, Refusal> admit(const std::string& number, Time now);
  void ended(std::chrono::seconds talked, Time now);

  int live() const { return live_; }
  double spent_today() const { return spent_; }

 private:
  bool is_allowed(const std::string& number) const;
  void save() const;

  const OutboundSettings settings_;
  const std::string file_;
  int live_ = 0;
  std::deque<Time> placed_;  // within the last hour
  double spent_ = 0;
  std::chrono::sys_days day_{};
};

}  // namespace centralita

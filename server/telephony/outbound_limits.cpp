#include "server/telephony/outbound_limits.h"

#include <algorithm>
#include <cmath>

namespace centralita {

bool OutboundLimits::is_allowed(const std::string& number) const {
  return std::any_of(settings_.allowed_prefixes.begin(), settings_.allowed_prefixes.end(),
                     [&](const auto& prefix) { return number.starts_with(prefix); });
}

Result<bool, OutboundLimits::Refusal> OutboundLimits::admit(const std::string& number, Time now) {
  if (settings_.allowed_prefixes.empty())
    return Unexpected(Refusal{"number-not-allowed",
                              "No outbound calls are allowed: OUTBOUND_ALLOWED_PREFIXES is not set "
                              "on this server."});
  if (!is_allowed(number))
    return Unexpected(
        Refusal{"number-not-allowed", number + " begins with none of OUTBOUND_ALLOWED_PREFIXES."});
  if (live_ >= settings_.concurrent)
    return Unexpected(Refusal{"too-many-calls",
                              "As many outbound calls as "
                              "OUTBOUND_MAX_CONCURRENT allows are under way (" +
                                  std::to_string(settings_.concurrent) + ")."});
  while (!placed_.empty() && placed_.front() + std::chrono::hours(1) <= now) placed_.pop_front();
  if (placed_.size() >= static_cast<std::size_t>(settings_.per_hour))
    return Unexpected(Refusal{"hourly-limit",
                              "As many calls as OUTBOUND_MAX_PER_HOUR allows have been placed "
                              "within the last hour (" +
                                  std::to_string(settings_.per_hour) + ")."});
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (today != day_) {
    day_ = today;
    spent_ = 0;
  }
  if (spent_ >= settings_.daily_spend)
    return Unexpected(
        Refusal{"daily-spend", "What OUTBOUND_DAILY_SPEND allows has been spent today."});
  placed_.push_back(now);
  ++live_;
  return true;
}

void OutboundLimits::ended(std::chrono::seconds talked, Time now) {
  --live_;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  if (today != day_) {
    day_ = today;
    spent_ = 0;
  }
  // Carriers count begun minutes.
  spent_ += std::ceil(static_cast<double>(talked.count()) / 60) * settings_.cost_per_minute;
}

}  // namespace centralita

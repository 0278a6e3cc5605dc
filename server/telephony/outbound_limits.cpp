#include "server/telephony/outbound_limits.h"

#include "plugins/base/json.h"
#include "plugins/base/ref.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

namespace centralita {

OutboundLimits::OutboundLimits(OutboundSettings settings, std::string file)
    : settings_(std::move(settings)), file_(std::move(file)) {
  std::ifstream stream(file_, std::ios::binary);
  if (file_.empty() || !stream)
    return;
  const auto document = json::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
  if (!document || !document->is_object()) {
    spdlog::warn("{} cannot be read: outbound calls are counted from now on", file_);
    return;
  }
  const auto object = document->object();
  day_ = std::chrono::sys_days(std::chrono::days(object.integer("day").value_or(0)));
  spent_ = object.number("spent").value_or(0);
  std::istringstream times(object.string("placed").value_or(""));
  for (std::int64_t seconds = 0; times >> seconds;)
    placed_.emplace_back(std::chrono::seconds(seconds));
}

void OutboundLimits::save() const {
  if (file_.empty())
    return;
  std::string times;
  for (const auto& time : placed_)
    times +=
        std::to_string(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count()) +
        " ";
  const auto text = json::Object()
                        .set("day", std::int64_t{day_.time_since_epoch().count()})
                        .set("spent", spent_)
                        .set("placed", times)
                        .to_string();
  GError* error = nullptr;  // written beside and moved into place
  if (!g_file_set_contents(file_.c_str(), text.data(), static_cast<gssize>(text.size()), &error))
    spdlog::error("what outbound calls have been placed cannot be kept: {}",
                  OwnedError(error)->message);
}

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
  save();
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
  save();
}

}  // namespace centralita

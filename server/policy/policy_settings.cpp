#include "server/policy/policy_settings.h"

#include <glib.h>

#include <charconv>

namespace centralita::policy {
namespace {

std::string text(const char* name, std::string fallback = "") {
  const char* value = g_getenv(name);
  return value && *value ? value : std::move(fallback);
}

int number(const char* name, int fallback, int low, int high, std::vector<std::string>& mistakes) {
  const auto given = text(name);
  if (given.empty())
    return fallback;
  int value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error == std::errc{} && end == given.data() + given.size() && value >= low && value <= high)
    return value;
  mistakes.push_back(std::string(name) + " is \"" + given + "\"; it must be a whole number from " +
                     std::to_string(low) + " to " + std::to_string(high) + ".");
  return fallback;
}

}  // namespace

PolicySettings read_policy_settings(std::vector<std::string>& mistakes) {
  PolicySettings settings;
  settings.max_errors = number("GLOBAL_STOP_MAX_ERRORS_IN_WINDOW", 3, 0, 1'000, mistakes);
  settings.error_window =
      std::chrono::seconds(number("GLOBAL_STOP_WINDOW_SECONDS", 60, 1, 86'400, mistakes));
  settings.max_calls = number("MAX_CONCURRENT_CALLS", 0, 0, 100'000, mistakes);
  settings.max_lateness =
      std::chrono::milliseconds(number("MAX_PACING_LATENESS_MS", 40, 0, 10'000, mistakes));

  settings.webhook_url = text("ADMIN_NOTIFICATION_WEBHOOK_URL");
  if (!settings.webhook_url.empty() && !settings.webhook_url.starts_with("https://") &&
      !settings.webhook_url.starts_with("http://"))
    mistakes.push_back("ADMIN_NOTIFICATION_WEBHOOK_URL must begin with https:// (or http://).");
  settings.webhook_secret = text("ADMIN_NOTIFICATION_WEBHOOK_SECRET");

  auto& mail = settings.mail;
  mail.url = text("SMTP_URL");
  mail.user = text("SMTP_USER");
  mail.password = text("SMTP_PASSWORD");
  mail.to = text("ADMIN_NOTIFICATION_EMAIL");
  mail.from = text("SMTP_FROM", mail.user.find('@') != std::string::npos ? mail.user : mail.to);
  if (!mail.url.empty() && !mail.url.starts_with("smtp://") && !mail.url.starts_with("smtps://"))
    mistakes.push_back(
        "SMTP_URL must begin with smtps:// (or smtp://, which asks the server for TLS), such as "
        "smtps://smtp.example.com:465.");
  if (!mail.to.empty() && mail.to.find('@') == std::string::npos)
    mistakes.push_back("ADMIN_NOTIFICATION_EMAIL must be an e-mail address.");
  if (!mail.to.empty() && mail.url.empty())
    mistakes.push_back("ADMIN_NOTIFICATION_EMAIL is set and SMTP_URL is not; set both or none.");
  return settings;
}

}  // namespace centralita::policy

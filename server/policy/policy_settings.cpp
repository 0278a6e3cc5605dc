#include "server/policy/policy_settings.h"

#include "plugins/base/ref.h"
#include "server/environment.h"
#include "server/webhooks/webhook_signature.h"

#include <glib.h>

#include <algorithm>
#include <charconv>

namespace centralita::policy {
namespace {

using environment::text;

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

// Of a mailbox alone, as SMTP's commands want it: no name beside it, no list.
bool is_address(const std::string& text) {
  return g_regex_match_simple(R"(^[^\s@<>,;"]+@[^\s@<>,;"]+$)", text.c_str(),
                              G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{});
}

void check_mail_server(const std::string& url, std::vector<std::string>& mistakes) {
  char *user = nullptr, *host = nullptr;
  const bool is_url = g_uri_split(url.c_str(), G_URI_FLAGS_NONE, nullptr, &user, &host, nullptr,
                                  nullptr, nullptr, nullptr, nullptr);
  const OwnedString owned_user(user), owned_host(host);
  if (!is_url || !host || !*host || (!url.starts_with("smtp://") && !url.starts_with("smtps://")))
    mistakes.push_back(
        "SMTP_URL must begin with smtps:// (or smtp://, which asks the server for TLS), such as "
        "smtps://smtp.example.com:465.");
  else if (user)
    // Only of SMTP_PASSWORD is it known that TLS must be there before it is sent.
    mistakes.push_back("SMTP_URL holds a user; give SMTP_USER and SMTP_PASSWORD instead.");
}

MailSettings read_mail_settings(std::vector<std::string>& mistakes) {
  MailSettings mail;
  mail.url = text("SMTP_URL");
  mail.user = text("SMTP_USER");
  mail.password = text("SMTP_PASSWORD");
  mail.to = environment::list("ADMIN_NOTIFICATION_EMAIL");
  mail.from = text("SMTP_FROM", is_address(mail.user) ? mail.user
                                : mail.to.empty()     ? ""
                                                      : mail.to.front());
  if (!mail.url.empty())
    check_mail_server(mail.url, mistakes);
  if (!std::all_of(mail.to.begin(), mail.to.end(), is_address))
    mistakes.push_back(
        "ADMIN_NOTIFICATION_EMAIL must be an e-mail address without a name, or several with "
        "commas, such as ops@example.com,night@example.com.");
  if (!text("SMTP_FROM").empty() && !is_address(mail.from))
    mistakes.push_back(
        "SMTP_FROM must be an e-mail address without a name, such as centralita@example.com.");
  if (mail.url.empty() != mail.to.empty())
    mistakes.push_back(
        "ADMIN_NOTIFICATION_EMAIL and SMTP_URL must be given together or not at all: without one "
        "of them no mail is sent.");
  if (!mail.password.empty() && mail.user.empty())
    mistakes.push_back("SMTP_PASSWORD is set and SMTP_USER is not.");
  return mail;
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
  if (!is_webhook_secret(settings.webhook_secret))
    mistakes.push_back(
        "ADMIN_NOTIFICATION_WEBHOOK_SECRET begins with whsec_, and no base64 follows.");
  settings.mail = read_mail_settings(mistakes);
  return settings;
}

}  // namespace centralita::policy

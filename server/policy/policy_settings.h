// What the environment says about errors, the global stop, its notices and admission; docs/env.md.
#pragma once

#include "server/policy/mail.h"

#include <chrono>
#include <string>
#include <vector>

namespace centralita::policy {

struct PolicySettings {
  int max_errors = 3;                          // GLOBAL_STOP_MAX_ERRORS_IN_WINDOW; 0: never
  std::chrono::seconds error_window{60};       // GLOBAL_STOP_WINDOW_SECONDS
  int max_calls = 0;                           // MAX_CONCURRENT_CALLS; 0: any number
  std::chrono::milliseconds max_lateness{40};  // MAX_PACING_LATENESS_MS, of p99; 0: any
  std::string webhook_url;                     // ADMIN_NOTIFICATION_WEBHOOK_URL; empty: none
  std::string webhook_secret;                  // ADMIN_NOTIFICATION_WEBHOOK_SECRET
  MailSettings mail;                           // SMTP_*, ADMIN_NOTIFICATION_EMAIL
};

// Adds a sentence to `mistakes` for each value that cannot be used.
PolicySettings read_policy_settings(std::vector<std::string>& mistakes);

}  // namespace centralita::policy

// What the environment tells the server, read once at start. Every variable is in docs/env.md.
#pragma once

#include "plugins/base/result.h"
#include "server/billing/prices.h"
#include "server/policy/policy_settings.h"
#include "server/telephony/carrier_settings.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace centralita {

struct Settings {
  std::string host = "127.0.0.1";  // CENTRALITA_HOST
  std::uint16_t port = 8000;       // CENTRALITA_PORT; 0: any free one
  int shards = 0;                  // CENTRALITA_SHARDS; 0: one a core
  std::string admin_api_key;       // ADMIN_API_KEY, required
  std::string database_url;        // DATABASE_URL, required
  std::string
      public_base_url;  // PUBLIC_BASE_URL, without a slash at its end; empty: as listened on
  // CENTRALITA_DATA: a folder of its own that survives restarts, for the journal and the global
  // stop.
  std::string data_dir = ".data";
  // PREPARE_SPEECH, 1 unless set: agents' fixed sentences are synthesised before calls need them.
  bool prepare_speech = false;
  std::string phrase_folder() const { return prepare_speech ? data_dir + "/phrases" : ""; }
  // CENTRALITA_INSTANCE: this server's name among others behind a load balancer; empty: it has
  // none.
  std::string instance;
  // DRAIN_SECONDS: how long calls may go on when the server is told to stop; 0: not at all.
  std::chrono::seconds drain{60};
  bool webhooks_allow_private = false;  // WEBHOOKS_ALLOW_PRIVATE=1
  CarrierSettings carriers;
  std::chrono::minutes session_idle{720};       // SESSION_IDLE_MINUTES
  std::chrono::hours session_lifetime{7 * 24};  // SESSION_LIFETIME_HOURS
  int rate_limit = 3000;                        // RATE_LIMIT_GLOBAL, a minute and address; 0: none
  std::chrono::milliseconds request_limit{
      30'000};  // for a request to arrive; not in the environment
  policy::PolicySettings policy;
  int recording_days = 30;          // RECORDING_RETENTION_DAYS; 0: for ever
  Prices prices;                    // CENTRALITA_PRICES: a file
  std::string web_dir;              // CENTRALITA_WEB
  std::string pipelines_dir;        // CENTRALITA_PIPELINES
  std::string sandbox_url;          // CENTRALITA_SANDBOX_URL; empty: real providers
  int retention_days = 0;           // RETENTION_DAYS; 0: calls are kept for ever
  int webhook_days = 30;            // WEBHOOK_RETENTION_DAYS; 0: deliveries are kept for ever
  bool redact_logs = false;         // PII_REDACTION holds "logs"
  bool redact_transcripts = false;  // PII_REDACTION holds "transcripts"
  bool redact_webhooks = false;     // PII_REDACTION holds "webhooks"
  bool log_json = false;            // LOG_FORMAT
  std::string log_level = "info";   // LOG_LEVEL: trace, debug, info, warning, error
};

// All that is wrong at once, one sentence each.
Result<Settings, std::vector<std::string>> read_settings();

}  // namespace centralita

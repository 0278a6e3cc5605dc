#include "server/settings.h"

#include "pipelines/launch_text.h"
#include "plugins/base/soup_listener.h"
#include "server/environment.h"
#include "server/store/connection.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace centralita {
namespace {

using environment::text;

bool one_of(const std::string& value, std::initializer_list<const char*> allowed) {
  for (const char* candidate : allowed)
    if (value == candidate)
      return true;
  return false;
}

void read_number(const char* name, int low, int high, int& value,
                 std::vector<std::string>& mistakes) {
  const auto given = text(name);
  if (given.empty())
    return;
  int number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc{} || end != given.data() + given.size() || number < low || number > high)
    mistakes.push_back(std::string(name) + " is \"" + given +
                       "\"; it must be a whole number from " + std::to_string(low) + " to " +
                       std::to_string(high) + ".");
  else
    value = number;
}

// "logs,transcripts,webhooks", or "all".
void read_redaction(Settings& settings, std::vector<std::string>& mistakes) {
  std::string rest = text("PII_REDACTION");
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find(','));
    rest.erase(0, part.size() + 1);
    const bool all = part == "all";
    settings.redact_logs |= all || part == "logs";
    settings.redact_transcripts |= all || part == "transcripts";
    settings.redact_webhooks |= all || part == "webhooks";
    if (!one_of(part, {"all", "logs", "transcripts", "webhooks"}))
      mistakes.push_back("PII_REDACTION has \"" + part +
                         "\"; it is a list of logs, transcripts and webhooks, or all.");
  }
}

void check_url(const char* name, std::vector<std::string>& mistakes) {
  const auto url = text(name);
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://"))
    mistakes.push_back(std::string(name) + " must begin with https:// or http://.");
}

// "https://voice.example.com", with a path or without: others put their paths behind it.
bool is_base_url(const std::string& url) {
  return g_regex_match_simple(R"(^https?://[^\s/?#@]+(/[^\s?#]*)?$)", url.c_str(),
                              G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{}) &&
         g_uri_is_valid(url.c_str(), G_URI_FLAGS_NONE, nullptr);
}

// A full disk is no mistake of the settings, so nothing is written for a trial.
void check_data_folder(const std::string& folder, std::vector<std::string>& mistakes) {
  if (g_mkdir_with_parents(folder.c_str(), 0700) != 0 || g_access(folder.c_str(), W_OK | X_OK) != 0)
    mistakes.push_back("CENTRALITA_DATA is \"" + folder +
                       "\", a folder that cannot be written to: " + g_strerror(errno) + ".");
}

void check_pipelines(const std::string& folder, std::vector<std::string>& mistakes) {
  for (const auto& [type, launch] : read_launch_files(folder))
    if (!launch)
      mistakes.push_back("CENTRALITA_PIPELINES has no readable " + type +
                         ".launch: " + launch.error());
}

}  // namespace

Result<Settings, std::vector<std::string>> read_settings() {
  Settings settings;
  std::vector<std::string> mistakes;

  settings.host = text("CENTRALITA_HOST", settings.host);
  if (!Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(settings.host.c_str(), 0)))
    mistakes.push_back("CENTRALITA_HOST is \"" + settings.host +
                       "\"; it must be an address such as 127.0.0.1, 0.0.0.0 or ::.");
  int port = settings.port;
  read_number("CENTRALITA_PORT", 0, 65535, port, mistakes);
  settings.port = static_cast<std::uint16_t>(port);
  read_number("CENTRALITA_SHARDS", 1, 256, settings.shards, mistakes);

  settings.admin_api_key = text("ADMIN_API_KEY");
  if (settings.admin_api_key.size() < 16)
    mistakes.push_back(
        "ADMIN_API_KEY is missing or shorter than 16 characters. Make one with: openssl rand -hex "
        "24");
  settings.database_url = text("DATABASE_URL");
  if (settings.database_url.empty())
    mistakes.push_back(
        "DATABASE_URL is missing, for example postgresql://user:password@host/database");
  else if (!store::is_conninfo(settings.database_url))
    mistakes.push_back(
        "DATABASE_URL is no address of PostgreSQL, such as "
        "postgresql://user:password@host/database");

  settings.public_base_url = text("PUBLIC_BASE_URL");
  while (settings.public_base_url.ends_with('/')) settings.public_base_url.pop_back();
  if (!settings.public_base_url.empty() && !is_base_url(settings.public_base_url))
    mistakes.push_back(
        "PUBLIC_BASE_URL must be an address such as https://voice.example.com (or http:// for "
        "trials), without a user, a query or blanks.");

  int idle_minutes = 720, lifetime_hours = 168;
  read_number("SESSION_IDLE_MINUTES", 5, 43'200, idle_minutes, mistakes);
  read_number("SESSION_LIFETIME_HOURS", 1, 2'160, lifetime_hours, mistakes);
  settings.session_idle = std::chrono::minutes(idle_minutes);
  settings.session_lifetime = std::chrono::hours(lifetime_hours);
  read_number("RATE_LIMIT_GLOBAL", 0, 1'000'000, settings.rate_limit, mistakes);

  settings.instance = text("CENTRALITA_INSTANCE");
  if (!g_regex_match_simple("^[A-Za-z0-9_-]{0,32}$", settings.instance.c_str(),
                            G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{}))
    mistakes.push_back("CENTRALITA_INSTANCE is \"" + settings.instance +
                       "\"; it must be up to 32 letters, digits, _ and -.");
  int drain_seconds = static_cast<int>(settings.drain.count());
  read_number("DRAIN_SECONDS", 0, 86'400, drain_seconds, mistakes);
  settings.drain = std::chrono::seconds(drain_seconds);
  const auto allow_private = text("WEBHOOKS_ALLOW_PRIVATE", "0");
  settings.webhooks_allow_private = allow_private == "1";
  if (allow_private != "0" && allow_private != "1")
    mistakes.push_back("WEBHOOKS_ALLOW_PRIVATE is \"" + allow_private +
                       "\"; it must be 1, or 0 or nothing.");
  settings.data_dir = text("CENTRALITA_DATA", settings.data_dir);
  check_data_folder(settings.data_dir, mistakes);
  const auto prepare = text("PREPARE_SPEECH", "1");
  settings.prepare_speech = prepare == "1";
  if (prepare != "0" && prepare != "1")
    mistakes.push_back("PREPARE_SPEECH is \"" + prepare + "\"; it must be 1, or 0.");
  settings.carriers = read_carrier_settings(mistakes);
  settings.policy = policy::read_policy_settings(mistakes);
  settings.carriers.outbound.state_file = settings.data_dir + "/outbound.json";
  if (auto prices = Prices::load(text("CENTRALITA_PRICES")))
    settings.prices = std::move(*prices);
  else
    mistakes.push_back(prices.error() + ".");
  settings.sandbox_url = text("CENTRALITA_SANDBOX_URL");
  read_number("RECORDING_RETENTION_DAYS", 0, 3650, settings.recording_days, mistakes);
  settings.web_dir = text("CENTRALITA_WEB", CENTRALITA_DATADIR "/web");
  settings.pipelines_dir = text("CENTRALITA_PIPELINES", CENTRALITA_DATADIR "/pipelines");
  check_pipelines(settings.pipelines_dir, mistakes);
  // Those of the installation may be absent: without them speech is told by its level.
  if (const auto weights = text("SILERO_VAD_MODEL");
      !weights.empty() && g_access(weights.c_str(), R_OK) != 0)
    mistakes.push_back("SILERO_VAD_MODEL is \"" + weights +
                       "\", which cannot be read: " + g_strerror(errno) + ".");
  settings.log_level = text("LOG_LEVEL", settings.log_level);
  if (!one_of(settings.log_level, {"trace", "debug", "info", "warning", "error"}))
    mistakes.push_back("LOG_LEVEL is \"" + settings.log_level +
                       "\"; it must be trace, debug, info, warning or error.");

  const auto format = text("LOG_FORMAT", "text");
  settings.log_json = format == "json";
  if (!one_of(format, {"text", "json"}))
    mistakes.push_back("LOG_FORMAT is \"" + format + "\"; it must be text or json.");
  read_number("RETENTION_DAYS", 0, 3'650, settings.retention_days, mistakes);
  read_number("WEBHOOK_RETENTION_DAYS", 0, 3'650, settings.webhook_days, mistakes);
  read_redaction(settings, mistakes);
  for (const char* name : {"GROQ_BASE_URL", "GROQ_FALLBACK_BASE_URL", "AZURE_SPEECH_ENDPOINT",
                           "AZURE_SPEECH_FALLBACK_ENDPOINT", "CENTRALITA_SANDBOX_URL"})
    check_url(name, mistakes);
  if (const auto region = text("AZURE_SPEECH_REGION");
      !region.empty() &&
      region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") != region.npos)
    mistakes.push_back("AZURE_SPEECH_REGION is \"" + region +
                       "\"; it must be a region's name in small letters, such as eastus.");

  if (!mistakes.empty())
    return Unexpected(std::move(mistakes));
  return settings;
}

}  // namespace centralita

#include "server/logging/log.h"

#include "plugins/base/ref.h"
#include "server/logging/trace_id.h"
#include "server/privacy/pii.h"

#include <glib.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <mutex>

namespace centralita {
namespace {

constexpr std::array kLevels = {"trace", "debug", "info", "warning", "error"};

std::string utc(spdlog::log_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = spdlog::log_clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32], text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text, sizeof text, "%s.%03dZ", date,
                static_cast<int>(
                    std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count()));
  return text;
}

void add_json(std::string& line, const char* name, std::string_view value) {
  line += line.empty() ? "{\"" : ",\"";
  line += name;
  line += "\":\"";
  const OwnedString valid(g_utf8_make_valid(value.data(), static_cast<gssize>(value.size())));
  for (const unsigned char c : std::string_view(valid.get())) {
    if (c == '"' || c == '\\')
      (line += '\\') += static_cast<char>(c);
    else if (c < 0x20 || c == 0x7f) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      line += code;
    } else
      line += static_cast<char>(c);
  }
  line += '"';
}

// "call ID: ..." -> ID
std::string_view call_of(std::string_view message) {
  constexpr std::string_view kCall = "call ";
  if (!message.starts_with(kCall))
    return {};
  const auto end = message.find(": ");
  if (end == message.npos || message.substr(0, end).find(' ', kCall.size()) != message.npos)
    return {};
  return message.substr(kCall.size(), end - kCall.size());
}

class Sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink(LogOptions options, SecretFilter secrets)
      : options_(options), secrets_(std::move(secrets)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto line = log_line(options_, secrets_, message.time, message.level,
                               std::string_view(message.payload.data(), message.payload.size())) +
                      "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  }
  void flush_() override { std::fflush(stdout); }

 private:
  const LogOptions options_;
  const SecretFilter secrets_;
};

GLogWriterOutput from_glib(GLogLevelFlags level, const GLogField* fields, gsize count,
                           gpointer) noexcept {
  std::string domain, message;
  for (gsize i = 0; i < count; ++i) {
    auto* into = g_str_equal(fields[i].key, "MESSAGE")       ? &message
                 : g_str_equal(fields[i].key, "GLIB_DOMAIN") ? &domain
                                                             : nullptr;
    const auto* text = static_cast<const char*>(fields[i].value);
    if (into && text)
      *into = fields[i].length < 0 ? std::string(text)
                                   : std::string(text, static_cast<std::size_t>(fields[i].length));
  }
  const auto as = level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL) ? spdlog::level::err
                  : level & G_LOG_LEVEL_WARNING                      ? spdlog::level::warn
                  : level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO) ? spdlog::level::debug
                                                                     : spdlog::level::trace;
  spdlog::log(as, "{}: {}", domain.empty() ? "glib" : domain, message);
  return G_LOG_WRITER_HANDLED;
}

}  // namespace

std::string log_line(const LogOptions& options, const SecretFilter& secrets,
                     spdlog::log_clock::time_point time, spdlog::level::level_enum level,
                     std::string_view message) {
  const auto call = call_of(message);
  auto text = secrets.filtered(message);
  if (options.redact_pii)
    text = without_pii(text);
  const auto name = spdlog::level::to_string_view(level);
  const std::string_view level_name(name.data(), name.size());
  if (options.format == LogFormat::kJson) {
    std::string line;
    add_json(line, "timestamp", utc(time));
    add_json(line, "level", level_name);
    if (!call.empty()) {
      add_json(line, "call_id", call);
      add_json(line, "trace_id", trace_id_of(call));
    }
    add_json(line, "message", text);
    return line + "}";
  }
  // A line break in what somebody sent must not begin a line of its own.
  for (auto& c : text)
    if (c == '\n' || c == '\r')
      c = ' ';
  return "[" + utc(time) + "] [" + std::string(level_name) + "] " + text;
}

void set_up_log(const LogOptions& options, SecretFilter secrets, const std::string& level) {
  auto logger =
      std::make_shared<spdlog::logger>("", std::make_shared<Sink>(options, std::move(secrets)));
  spdlog::set_default_logger(std::move(logger));
  set_log_level(level);
  static std::once_flag once;  // GLib takes one writer a process
  std::call_once(once, [] { g_log_set_writer_func(from_glib, nullptr, nullptr); });
}

bool set_log_level(const std::string& level) {
  for (const char* known : kLevels)
    if (level == known) {
      spdlog::set_level(spdlog::level::from_str(level));
      return true;
    }
  return false;
}

std::string log_level() {
  const auto name = spdlog::level::to_string_view(spdlog::get_level());
  return {name.data(), name.size()};
}

}  // namespace centralita

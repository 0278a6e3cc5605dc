// How the program's log is written: one line an event on standard output, as text or as JSON, with
// secrets, and when asked for also what is personal, taken out first. GLib's and GStreamer's
// warnings come the same way.
#pragma once

#include "server/logging/secret_filter.h"

#include <spdlog/common.h>

#include <memory>
#include <string>

namespace centralita {

enum class LogFormat { kText, kJson };

struct LogOptions {
  LogFormat format = LogFormat::kText;
  bool redact_pii = false;
};

// A line as it is written, without its end. Of JSON the members are: timestamp (UTC), level,
// message, and of a call's line ("call ID: ...") call_id and trace_id.
std::string log_line(const LogOptions& options, const SecretFilter& secrets,
                     spdlog::log_clock::time_point time, spdlog::level::level_enum level,
                     std::string_view message);

// Makes it the log of the process.
void set_up_log(const LogOptions& options, SecretFilter secrets, const std::string& level);

// "trace", "debug", "info", "warning" or "error". False: it is none of these.
bool set_log_level(const std::string& level);
std::string log_level();

}  // namespace centralita

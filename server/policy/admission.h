// Whether one more call is taken: those that go on must not suffer by it.
//
// Pure. One thread.
#pragma once

#include "pipelines/call_records.h"

#include <chrono>
#include <optional>
#include <string>

namespace centralita::policy {

// Why a call is not taken, and what is said of it.
struct Refusal {
  std::string code;      // "stopped", "full", "late", "database-away", "draining"
  std::string text;      // for programs, logs and the simulator; English
  std::string spoken;    // for the caller, in the language asked for
  std::string language;  // of that, BCP 47, as carriers' speech takes it
};

struct Load {
  int live = 0;                          // calls, those announced and not yet connected included
  std::chrono::nanoseconds lateness{0};  // p99 of the worst shard, see LatenessProbe
};

struct AdmissionSettings {
  int max_calls = 0;                         // 0: any number
  std::chrono::nanoseconds max_lateness{0};  // 0: any
};

// Empty: there is room. The code of what there is not, "full" or "late".
std::string room_for_one_more(const AdmissionSettings& settings, const Load& load);

// What a caller hears, in the language nearest to `language` (BCP 47): Spanish or English.
Refusal refusal_of(const std::string& code, const std::string& language,
                   const std::string& detail = "");

}  // namespace centralita::policy

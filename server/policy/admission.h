// Whether one more call is taken: those that go on must not suffer by it.
//
// One thread.
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

// Whether there is room for one more. A server that was late takes calls again when its lateness
// has come down to half the bound, or nothing goes on any more: at the bound itself every call that
// is taken would be followed by one that is refused, and each would push those that go on over it.
class Admission {
 public:
  explicit Admission(AdmissionSettings settings) : settings_(settings) {}

  // Empty: there is room. The code of what there is not, "full" or "late".
  std::string room_for_one_more(const Load& load);

 private:
  const AdmissionSettings settings_;
  bool late_ = false;
};

// What a caller hears, in the language nearest to `language` (BCP 47): Spanish or English.
Refusal refusal_of(const std::string& code, const std::string& language,
                   const std::string& detail = "");

}  // namespace centralita::policy

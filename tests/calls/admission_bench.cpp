// More calls than one shard can carry: when the server begins to refuse, and what those that go on
// notice of it. `./dev bench admission` prints the figures of docs/failures.md. ADMISSION_BOUND_MS
// (40) is MAX_PACING_LATENESS_MS, 0 for none; ADMISSION_CALLS (0) is MAX_CONCURRENT_CALLS;
// ADMISSION_PER_SECOND (5) calls begin in each of ADMISSION_SECONDS (40), and each lasts 25 s.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

using namespace centralita;
using namespace std::chrono_literals;
using Way = caller::CallPlan::Way;

namespace {

int number_from(const char* variable, int usual) {
  const char* text = g_getenv(variable);
  return text ? std::atoi(text) : usual;
}

// An agent that talks nearly all the time.
void make_talkative(Stack& stack) {
  stack.configure("first_message",
                  "\"Buenos días, le habla la recepción. Permítame contarle con calma lo que "
                  "ofrecemos este mes, y después me dice usted en qué puedo ayudarle.\"");
  stack.configure("idle_timeout_ms", "2000");
  stack.configure("inactivity_max_retries", "10");
}

double metric(Stack& stack, const std::string& name) {
  const auto text = stack.get("/metrics").body;
  const auto at = text.find("\n" + name + " ");
  return at == text.npos ? -1.0 : std::stod(text.substr(at + name.size() + 2));
}

}  // namespace

TEST(AdmissionBench, MoreCallsThanAShardCanCarry) {
  const int bound = number_from("ADMISSION_BOUND_MS", 40);
  const int most = number_from("ADMISSION_CALLS", 0);
  const int rate = number_from("ADMISSION_PER_SECOND", 5);
  const int seconds = number_from("ADMISSION_SECONDS", 40);
  Stack stack({{"CENTRALITA_SHARDS", "1"},
               {"MAX_PACING_LATENESS_MS", std::to_string(bound)},
               {"MAX_CONCURRENT_CALLS", std::to_string(most)},
               {"LOG_LEVEL", "info"},
               {"DRAIN_SECONDS", "0"}});
  make_talkative(stack);
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());

  const auto plan = stack.plan("wait-for-agent; wait 25; hang-up", Way::kWebhook, "default");
  std::vector<std::unique_ptr<caller::Caller>> callers;
  std::vector<caller::CallReport> reports;
  int refused = 0;
  const auto start = g_get_monotonic_time();
  const auto now = [&] { return static_cast<double>(g_get_monotonic_time() - start) / 1e6; };
  std::printf("a bound of %d ms and of %d calls, %d calls a second for %d s\n", bound, most, rate,
              seconds);
  std::printf("%6s %6s %8s %8s %12s\n", "s", "live", "begun", "refused", "p99 late, ms");
  double shown = 0, highest = 0, first_refused = -1;
  while (now() < seconds || reports.size() < callers.size()) {
    if (now() < seconds && static_cast<double>(callers.size()) < now() * rate) {
      callers.push_back(
          std::make_unique<caller::Caller>(stack.io(), plan, [&](caller::CallReport done) {
            const bool no = !done.answered;
            refused += no;
            if (no && first_refused < 0)
              first_refused = now();
            reports.push_back(std::move(done));
          }));
      callers.back()->start();
    }
    if (now() >= shown) {
      const double live = metric(stack, "voice_admitted_calls");
      EXPECT_TRUE(most == 0 || live <= most) << live;
      const double late = 1'000 * metric(stack, "voice_pacing_lateness_seconds");
      highest = std::max(highest, late);
      std::printf("%6.0f %6.0f %8zu %8d %12.1f\n", shown, live, callers.size(), refused, late);
      std::fflush(stdout);
      shown += 2;
    }
    g_main_context_iteration(nullptr, FALSE);
    g_usleep(200);
  }
  std::vector<float> late;  // as the telephones had it: beyond what they had buffered
  int whole = 0;
  std::map<std::string, int> cut_short;
  for (const auto& report : reports) {
    if (!report.answered)
      continue;
    whole += report.ok();
    if (!report.ok())
      ++cut_short[report.failure_kind + ": " + report.failure];
    late.insert(late.end(), report.lateness_ms.begin(), report.lateness_ms.end());
  }
  const auto audible = std::count_if(late.begin(), late.end(), [](float ms) { return ms > 0; });
  const auto heard = caller::percentiles(late);
  std::printf(
      "%zu calls: %zu taken, %d of them to their end, %d refused, the first after %.0f s; p99 of "
      "the lateness %.0f ms at its highest; of the %zu frames that came %.3f %% came too late to "
      "be "
      "played in time, the worst by %.0f ms\n",
      callers.size(), callers.size() - static_cast<std::size_t>(refused), whole, refused,
      first_refused, highest, heard.count,
      100 * static_cast<double>(audible) /
          static_cast<double>(std::max<std::size_t>(heard.count, 1)),
      std::max(0.0, heard.max));
  for (const auto& [why, count] : cut_short) std::printf("%6d %s\n", count, why.c_str());
  EXPECT_EQ(reports.size(), callers.size());
  if (bound > 0 || most > 0) {
    EXPECT_EQ(whole + refused, static_cast<int>(callers.size())) << "those taken go to their end";
  }
}

// Response times of real calls: the server, the sandbox with the delays of Groq and Azure, a
// carrier's socket, real time. `./dev bench sandbox` prints the table of docs/turns.md; what is
// measured under the virtual clock (tests/bench/turns_bench.cpp) does not depend on the machine,
// and this does.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <cstdio>

using namespace centralita;
using Way = caller::CallPlan::Way;

namespace {

constexpr int kCalls = 8, kAtOnce = 2;  // a machine that is busy otherwise has no figures to give
constexpr char kCaller[] =
    "wait-greeting; say es/queue-thankyou; wait-reply; say es/please-try-again; wait-reply; "
    "say es/vm-msgsaved; wait-reply; say es/vm-goodbye; wait-reply; hang-up";

struct Figures {
  std::vector<float> response, heard, endpointing, stt, clause, audio;
  int early = 0, failed = 0;
};

void add(std::vector<float>& values, const std::optional<json::Object>& timings, const char* name) {
  if (const auto value = timings ? timings->integer(name) : std::nullopt)
    values.push_back(static_cast<float>(*value));
}

void add(Figures& figures, const caller::CallReport& report, const json::Object& history) {
  for (const auto& turn : report.turns) {
    if (!turn.caller)
      continue;
    figures.early += turn.agent_began_early;
    if (turn.response_ms)
      figures.response.push_back(static_cast<float>(*turn.response_ms));
    if (turn.heard_response_ms)
      figures.heard.push_back(static_cast<float>(*turn.heard_response_ms));
  }
  for (const auto& turn : history.objects("transcripts")) {
    const auto timings = turn.object("timings");
    add(figures.endpointing, timings, "endpointing_ms");
    add(figures.stt, timings, "stt_ms");
    add(figures.clause, timings, "llm_first_clause_ms");
    add(figures.audio, timings, "tts_first_byte_ms");
  }
}

}  // namespace

TEST(SandboxBench, ResponseTimesOverARealSocket) {
  Stack stack;
  const auto set = stack.post(stack.sandbox_url() + "/sandbox/latency",
                              R"({"transcription_ms": 300, "chat_first_token_ms": 200,
                                  "tokens_per_second": 60, "synthesis_first_byte_ms": 150})");
  ASSERT_EQ(set.status, 200) << set.body;
  std::printf("%d calls, two at a time: eight minutes or so\n", 2 * kCalls + 1);
  std::fflush(stdout);
  stack.call(kCaller);  // what is loaded once is loaded
  std::printf(
      "\n| speculation | turns | p50 | p95 | heard p50 / p95 | endpoint | stt | clause | audio | "
      "too "
      "early | failed |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const bool speculation : {false, true}) {
    stack.configure("speculation", speculation ? "true" : "false");
    Figures figures;
    for (int i = 0; i < kCalls; i += kAtOnce)
      for (const auto& report : stack.calls(kCaller, kAtOnce)) {
        if (report.ok())
          add(figures, report, stack.history(report.call_sid));
        else
          ++figures.failed;
      }
    const auto response = caller::percentiles(figures.response),
               heard = caller::percentiles(figures.heard);
    std::printf(
        "| %s | %zu | %.0f | %.0f | %.0f / %.0f | %.0f | %.0f | %.0f | %.0f | %d | %d of %d |\n",
        speculation ? "on" : "off", response.count, response.p50, response.p95, heard.p50,
        heard.p95, caller::percentiles(figures.endpointing).p50,
        caller::percentiles(figures.stt).p50, caller::percentiles(figures.clause).p50,
        caller::percentiles(figures.audio).p50, figures.early, figures.failed, kCalls);
    std::fflush(stdout);
    EXPECT_GT(response.count, 0u);
  }
}

// Every folder of tests/calls/scenarios is a call: its `script`, and the `timeline` that must come
// of it to the millisecond. With CENTRALITA_REWRITE_TIMELINES=1 the timelines are written instead
// of compared: then `git diff` shows what a change did to every conversation.
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/replay/virtual_call.h"
#include "tests/calls/virtual/measured.h"

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace centralita;
using namespace centralita::replay;
namespace fs = std::filesystem;

namespace {

fs::path source_root() { return g_getenv("CENTRALITA_SOURCE_ROOT"); }
fs::path scenarios() { return source_root() / "tests/calls/scenarios"; }

std::string contents(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string launch() {
  auto text = read_launch_file(source_root() / "pipelines/twilio.launch");
  return text ? *text : throw std::runtime_error(text.error());
}

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(scenarios()))
    found.push_back(entry.path().filename());
  std::sort(found.begin(), found.end());
  return found;
}

VirtualCallResult run(const std::string& name) {
  const auto scenario = parse_scenario(contents(scenarios() / name / "script"));
  if (!scenario)
    return {.complaint = name + "/script, " + scenario.error()};
  return run_virtual_call(*scenario, launch());
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

struct Elements {
  static void SetUpTestSuite() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
    spdlog::set_level(spdlog::level::off);  // the timeline says it
  }
};
struct VirtualCall : Elements, ::testing::TestWithParam<std::string> {
  using Elements::SetUpTestSuite;
};
struct BargeIn : Elements, ::testing::Test {
  using Elements::SetUpTestSuite;
};

}  // namespace

TEST_P(VirtualCall, GoesAsItsTimelineSays) {
  const auto result = run(GetParam());
  std::printf("%-40s %6.1f s of call in %5.2f s\n", GetParam().c_str(),
              seconds(result.virtual_time), seconds(result.wall_time));
  EXPECT_EQ(result.complaint, "") << result.timeline;
  const auto path = scenarios() / GetParam() / "timeline";
  if (g_getenv("CENTRALITA_REWRITE_TIMELINES"))
    std::ofstream(path) << result.timeline;
  else
    EXPECT_EQ(result.timeline, contents(path));
}

// The same reply with and without a sound in it that was no barge-in.
TEST_F(BargeIn, AfterARejectedBargeInTheCallerHasHeardEverySampleOnce) {
  const auto undisturbed = run("cough");
  ASSERT_EQ(undisturbed.timeline.find("barge-in"), std::string::npos);
  for (const auto* name : {"aja", "too-few-words", "stuttering-caller"}) {
    const auto disturbed = run(name);
    EXPECT_NE(disturbed.timeline.find("barge-in-rejected"), std::string::npos) << name;
    EXPECT_EQ(disturbed.heard, undisturbed.heard) << name;
  }
}

// --- What a caller hears when a provider fails -------------------------------------------------

namespace {

struct Failing {
  const char* what;   // as the table says it
  const char* fault;  // as a script says it
};
constexpr Failing kFaults[] = {
    {"refused (no connection)", "refused"},
    {"slow (2.8 s)", "2800"},
    {"timeout (no answer)", "silent"},
    {"401", "fail 401"},
    {"429", "fail 429"},
    {"500", "fail 500"},
    {"503", "fail 503"},
    {"stall (begins, then nothing)", "stall"},
    {"cut (connection closed)", "cut"},
    {"garbage (a web page)", "garbage"},
};

// How often it fails, in the order of the table's columns; the last with a fallback that does well.
constexpr int kOnce = 1, kEveryTime = 12, kWithFallback = 13;

// Every request of `stage` from the caller's first words on goes wrong; `times` of them.
std::string failing_call(const std::string& stage, const std::string& fault, int times) {
  const bool refused = fault == "refused";
  std::string script =
      // Where nobody answers nobody has prepared anything either.
      (refused && stage == "tts" ? "" : "prepared\n") +
      std::string(times == kWithFallback ? "fallback\n" : "") +
      "agent first_message Hola, le habla Victoria. ¿En qué puedo ayudarle?\n"
      "agent apology_message Disculpe, tenemos un problema. Le llamaremos.\n";
  for (int i = 0; i < 6; ++i) script += "reply Con gusto.\n";
  if (refused)
    script += stage + " refused\n";
  for (int i = 1; i <= times && !refused; ++i)
    script += stage + " #" + std::to_string(i) + " " + fault + "\n";
  return script + "wait-silence\nsay queue-thankyou = Quiero una cita.\n" +
         (times == kEveryTime ? "wait-end\n" : "wait-silence 3500\nhang-up\n");
}

}  // namespace

TEST_F(BargeIn,
       NobodyWaitsThreeSecondsInSilenceWhateverAProviderDoesAndTheDocumentsSayWhatIsHeard) {
  std::string table =
      "| provider | what it does | once | every time | every time, with a fallback | longest "
      "silence |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const auto& [stage, name] :
       {std::pair{"stt", "STT"}, std::pair{"llm", "LLM"}, std::pair{"tts", "TTS"}})
    for (const auto& fault : kFaults) {
      std::string heard;
      int longest = 0;
      for (const int times : {kOnce, kEveryTime, kWithFallback}) {
        if (times == kOnce && std::string(fault.fault) == "refused") {
          heard += " | \u2013";
          continue;
        }
        auto script = failing_call(stage, fault.fault, times);
        // What is only slow goes well in the end.
        if (times == kEveryTime && std::string(fault.fault) == "2800")
          script.replace(script.find("wait-end"), 8, "wait-silence 3500\nhang-up");
        const auto scenario = parse_scenario(script);
        ASSERT_TRUE(scenario) << scenario.error();
        const auto result = run_virtual_call(*scenario, launch());
        EXPECT_EQ(result.complaint, "") << result.timeline;
        const auto m = measure(result.timeline);
        EXPECT_LE(m.longest_silence_ms, 3000) << name << " " << fault.what << "\n"
                                              << result.timeline;
        EXPECT_FALSE(m.hears.empty()) << name << " " << fault.what << "\n" << result.timeline;
        if (times == kWithFallback) {
          EXPECT_NE(m.hears.find("the reply"), std::string::npos)
              << name << " " << fault.what << "\n"
              << result.timeline;
        }
        heard += " | " + m.hears;
        longest = std::max(longest, m.longest_silence_ms);
      }
      table += std::string("| ") + name + " | " + fault.what + heard + " | " +
               std::to_string(longest) + " ms |\n";
    }
  for (const auto* path : {"docs/failures.md", "docs/es/fallos.md"}) {
    const auto document = contents(source_root() / path);
    const auto measured = with_table(document, "measured", table);
    if (g_getenv("CENTRALITA_REWRITE_TIMELINES"))
      std::ofstream(source_root() / path) << measured;
    else
      EXPECT_EQ(document, measured) << path << " does not say what is measured";
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, VirtualCall, ::testing::ValuesIn(names()),
                         [](const auto& info) {
                           auto name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// Every folder of tests/calls/scenarios is a call: its `script`, and the `timeline` that must come
// of it to the millisecond. With CENTRALITA_REWRITE_TIMELINES=1 the timelines are written instead
// of compared: then `git diff` shows what a change did to every conversation.
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/replay/virtual_call.h"

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

// Every request of `stage` from the caller's first words on goes wrong; `times` of them.
std::string failing_call(const std::string& stage, const std::string& fault, int times) {
  std::string script =
      "agent first_message Hola, le habla Victoria. ¿En qué puedo ayudarle?\n"
      "agent apology_message Disculpe, tenemos un problema. Le llamaremos.\n";
  for (int i = 0; i < 6; ++i) script += "reply Con gusto.\n";
  const int first = stage == "tts" ? 3 : 1;  // the greeting has two clauses
  for (int i = 0; i < times; ++i)
    script += stage + " #" + std::to_string(first + i) + " " + fault + "\n";
  return script + "wait-silence\nsay queue-thankyou = Quiero una cita.\n" +
         (times > 1 ? "wait-end\n" : "wait-silence 1500\nhang-up\n");
}

struct Measured {
  std::string hears;
  int longest_silence_ms = 0;
  bool failed = false;
};

// Of the time from the end of the caller's turn (endpointing included) to the end of the call.
Measured measure(const std::string& timeline) {
  Measured result;
  std::istringstream lines(timeline);
  int quiet_since = -1;
  bool waits = false, apology = false, recorded = false, reply = false;
  for (std::string line; std::getline(lines, line);) {
    const int at = std::atoi(line.c_str());
    const auto has = [&line](const char* text) { return line.find(text) != std::string::npos; };
    if (has("listening -> processing") && quiet_since < 0)
      quiet_since = at - 704;  // silence_timeout, and the detector's rounding
    if (quiet_since < 0 && !waits)
      continue;
    waits |= has("event    wait");
    recorded |= has("event    recorded-apology");
    apology |= has("Disculpe, tenemos un problema.\"; first-byte") || has("assistant: \"Disculpe");
    reply |= has("assistant: \"Con gusto.\"");
    const bool heard = has("far end  hears the agent");
    if (heard || has("call     ended")) {
      if (quiet_since >= 0)
        result.longest_silence_ms = std::max(result.longest_silence_ms, at - quiet_since);
      quiet_since = 1'000'000'000;
    } else if (has("far end  hears nothing")) {
      quiet_since = at;
    }
    if (has("call     ended: failed"))
      result.failed = true;
  }
  const auto add = [&result](bool is, const char* what) {
    if (is)
      result.hears += (result.hears.empty() ? "" : ", ") + std::string(what);
  };
  add(waits, "\u201cOne moment\u201d");
  add(reply, "the reply");
  add(apology, "the agent's apology");
  add(recorded, "the recorded apology");
  return result;
}

// Between its markers in a document.
std::string with_table(const std::string& document, const std::string& table) {
  const std::string begin = "<!-- measured -->\n", end = "<!-- /measured -->";
  const auto from = document.find(begin), to = document.find(end);
  if (from == std::string::npos || to == std::string::npos)
    return document;
  return document.substr(0, from + begin.size()) + table + document.substr(to);
}

}  // namespace

TEST_F(BargeIn,
       NobodyWaitsThreeSecondsInSilenceWhateverAProviderDoesAndTheDocumentsSayWhatIsHeard) {
  std::string table =
      "| provider | what it does | once | every time | longest silence |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const auto& [stage, name] :
       {std::pair{"stt", "STT"}, std::pair{"llm", "LLM"}, std::pair{"tts", "TTS"}})
    for (const auto& fault : kFaults) {
      Measured measured[2];
      for (const int times : {1, 12}) {
        auto script = failing_call(stage, fault.fault, times);
        // What is only slow goes well in the end.
        if (times > 1 && std::string(fault.fault) == "2800")
          script.replace(script.find("wait-end"), 8, "wait-silence 1500\nhang-up");
        const auto scenario = parse_scenario(script);
        ASSERT_TRUE(scenario) << scenario.error();
        const auto result = run_virtual_call(*scenario, launch());
        EXPECT_EQ(result.complaint, "") << result.timeline;
        auto& m = measured[times > 1 ? 1 : 0];
        m = measure(result.timeline);
        EXPECT_LE(m.longest_silence_ms, 3000) << name << " " << fault.what << "\n"
                                              << result.timeline;
        EXPECT_FALSE(m.hears.empty()) << name << " " << fault.what << "\n" << result.timeline;
      }
      table +=
          std::string("| ") + name + " | " + fault.what + " | " + measured[0].hears + " | " +
          measured[1].hears + " | " +
          std::to_string(std::max(measured[0].longest_silence_ms, measured[1].longest_silence_ms)) +
          " ms |\n";
    }
  for (const auto* path : {"docs/failures.md", "docs/es/fallos.md"}) {
    const auto document = contents(source_root() / path);
    const auto measured = with_table(document, table);
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

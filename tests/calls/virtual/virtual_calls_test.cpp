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

INSTANTIATE_TEST_SUITE_P(Scenarios, VirtualCall, ::testing::ValuesIn(names()),
                         [](const auto& info) {
                           auto name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

#include "server/metrics/call_metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace centralita::metrics {
namespace {

// Reads the text format by its rules; what breaks one fails the test. Series by name and labels.
std::map<std::string, double> parsed(const std::string& text) {
  static const std::regex kHelp(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .*)");
  static const std::regex kType(R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram))");
  static const std::regex kSample(
      R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+\})? (\S+))");
  std::map<std::string, double> series;
  std::set<std::string> families;
  std::string family, type, help;
  EXPECT_TRUE(text.ends_with("\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      help = match[1];
    } else if (std::regex_match(line, match, kType)) {
      family = match[1];
      type = match[2];
      EXPECT_EQ(family, help) << "HELP and TYPE belong together";
      EXPECT_TRUE(families.insert(family).second) << family << " comes twice";
    } else if (std::regex_match(line, match, kSample)) {
      std::string name = match[1];
      if (type == "histogram") {
        for (const char* suffix : {"_bucket", "_sum", "_count"})
          if (name == family + suffix)
            name = family;
      }
      EXPECT_EQ(name, family) << line;
      const auto key = match[1].str() + match[2].str();
      EXPECT_FALSE(series.contains(key)) << key << " comes twice";
      series[key] = match[3] == "+Inf" ? 1e300 : std::stod(match[3]);
    } else {
      ADD_FAILURE() << "no line of the format: " << line;
    }
  }
  return series;
}

TEST(Metrics, TheTextFollowsTheFormatsRules) {
  Registry registry;
  registry.counter("a_total", "A help with \\ and\na second line", {{"l", "say \"hi\"\n\\"}})
      .add(3);
  registry.gauge("b", "B").set(-2);
  auto& histogram = registry.histogram("c_seconds", "C", {0.1, 0.5, 2}, {{"part", "x"}});
  for (const double value : {0.05, 0.1, 0.3, 5.0}) histogram.observe(value);
  registry.on_scrape([](Scrape& scrape) { scrape.gauge("d", "D", {}, 0.25); });
  const auto series = parsed(registry.text());
  EXPECT_EQ(series.at(R"(a_total{l="say \"hi\"\n\\"})"), 3);
  EXPECT_EQ(series.at("b"), -2);
  EXPECT_EQ(series.at("d"), 0.25);
  EXPECT_EQ(series.at(R"(c_seconds_bucket{part="x",le="0.1"})"), 2) << "a bound is inside";
  EXPECT_EQ(series.at(R"(c_seconds_bucket{part="x",le="0.5"})"), 3);
  EXPECT_EQ(series.at(R"(c_seconds_bucket{part="x",le="2"})"), 3);
  EXPECT_EQ(series.at(R"(c_seconds_bucket{part="x",le="+Inf"})"), 4);
  EXPECT_EQ(series.at(R"(c_seconds_count{part="x"})"), 4);
  EXPECT_DOUBLE_EQ(series.at(R"(c_seconds_sum{part="x"})"), 5.45);
}

TEST(Metrics, AskedForAgainASeriesIsTheSame) {
  Registry registry;
  EXPECT_EQ(&registry.counter("a", "A", {{"x", "1"}}), &registry.counter("a", "A", {{"x", "1"}}));
  EXPECT_NE(&registry.counter("a", "A", {{"x", "1"}}), &registry.counter("a", "A", {{"x", "2"}}));
}

TEST(Metrics, ACallIsCountedWhileItGoesOnAndWhenItEnds) {
  Registry registry;
  CallMetrics calls(registry);
  const auto start = WallTime(std::chrono::seconds(1'000));
  calls.call_started({.session_id = "a", .client_type = "twilio", .start_time = start});
  calls.call_started({.session_id = "a", .client_type = "twilio", .start_time = start});
  calls.call_started({.session_id = "b", .client_type = "carrier pigeon", .start_time = start});
  calls.turn_finished({.session_id = "a", .role = Role::kCaller});
  calls.turn_finished({.session_id = "a",
                       .role = Role::kAgent,
                       .interrupted = true,
                       .timings = {.response = 620, .stt = 180, .tts_first_byte = 90}});
  calls.call_event({.session_id = "a", .name = "barge-in"});
  EXPECT_EQ(parsed(registry.text()).at("voice_active_calls"), 2);
  calls.call_ended({.session_id = "a",
                    .status = "completed",
                    .end_cause = "caller-hung-up",
                    .end_time = start + std::chrono::seconds(20)});
  calls.call_ended({.session_id = "b",
                    .status = "failed",
                    .end_cause = "provider-failed",
                    .end_time = start + std::chrono::seconds(20)});
  calls.call_ended({.session_id = "never began", .status = "busy", .end_time = start});
  const auto series = parsed(registry.text());
  EXPECT_EQ(series.at("voice_active_calls"), 0);
  EXPECT_EQ(series.at(R"(voice_calls_total{client_type="twilio",status="completed"})"), 1);
  EXPECT_EQ(series.at(R"(voice_calls_total{client_type="other",status="failed"})"), 1);
  EXPECT_EQ(series.at(R"(voice_calls_total{client_type="other",status="busy"})"), 1);
  EXPECT_EQ(series.at("voice_provider_failed_calls_total"), 1);
  EXPECT_EQ(series.at(R"(voice_turns_total{role="assistant"})"), 1);
  EXPECT_EQ(series.at("voice_turns_interrupted_total"), 1);
  EXPECT_EQ(series.at("voice_barge_ins_total"), 1);
  EXPECT_EQ(series.at(R"(voice_response_seconds_bucket{le="0.6"})"), 0);
  EXPECT_EQ(series.at(R"(voice_response_seconds_bucket{le="0.8"})"), 1);
  EXPECT_EQ(series.at(R"(voice_response_part_seconds_count{part="stt"})"), 1);
  EXPECT_EQ(series.at(R"(voice_call_duration_seconds_bucket{le="30"})"), 2);
}

TEST(Metrics, TheProcessSaysWhatItUses) {
  Registry registry;
  add_process_metrics(registry);
  const auto series = parsed(registry.text());
  EXPECT_GT(series.at("process_resident_memory_bytes"), 1e6);
  EXPECT_GE(series.at("process_threads"), 1);
  EXPECT_GT(series.at("process_open_fds"), 2);
  EXPECT_GE(series.at("process_cpu_seconds_total"), 0);
}

}  // namespace
}  // namespace centralita::metrics

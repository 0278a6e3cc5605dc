#include "server/logging/log.h"
#include "plugins/base/json.h"
#include "plugins/base/ref.h"
#include "server/logging/trace_id.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

namespace centralita {
namespace {

constexpr auto kInfo = spdlog::level::info;
const spdlog::log_clock::time_point kTime{std::chrono::milliseconds(1'764'271'234'567)};

std::string text_line(const std::string& message, std::vector<std::string> secrets = {}) {
  return log_line({}, SecretFilter(std::move(secrets)), kTime, kInfo, message);
}

TEST(Log, ALineAsTextHasItsTimeInUtcAndNoLineBreakOfAnybodys) {
  EXPECT_EQ(text_line("hello\nworld"), "[2025-11-27T19:20:34.567Z] [info] hello world");
}

TEST(Log, ALineAsJsonNamesItsCallAndTrace) {
  const auto line = log_line({.format = LogFormat::kJson}, SecretFilter({}), kTime,
                             spdlog::level::warn, "call MZ1: state \"idle\"\n\x01 -> listening");
  const auto parsed = json::parse(line);
  ASSERT_TRUE(parsed) << line;
  const auto object = parsed->object();
  EXPECT_EQ(object.string("timestamp"), "2025-11-27T19:20:34.567Z");
  EXPECT_EQ(object.string("level"), "warning");
  EXPECT_EQ(object.string("message"), "call MZ1: state \"idle\"\n\x01 -> listening");
  EXPECT_EQ(object.string("call_id"), "MZ1");
  EXPECT_EQ(object.string("trace_id"), trace_id_of("MZ1"));
  EXPECT_EQ(trace_id_of("MZ1").size(), 32u);
  EXPECT_NE(trace_id_of("MZ1"), trace_id_of("MZ2"));
  // One that was announced with a trace, and its carrier's id, are of that one.
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  remember_trace("CA7", trace);
  EXPECT_EQ(json::parse(log_line({.format = LogFormat::kJson}, SecretFilter({}), kTime, kInfo,
                                 "call CA7: hung up"))
                ->object()
                .string("trace_id"),
            trace);
  for (const char* other : {"call it a day: well", "calling: x", "listening"})
    EXPECT_FALSE(
        json::parse(log_line({.format = LogFormat::kJson}, SecretFilter({}), kTime, kInfo, other))
            ->object()
            .has("call_id"))
        << other;
}

// Otherwise `jq 'select(.call_id == ...)'` would leave the line out.
TEST(Log, EveryLineAboutOneCallBeginsWithIt) {
  const std::string source_root = g_getenv("CENTRALITA_SOURCE_ROOT");
  const std::regex line(R"re(spdlog::\w+\(\s*"((?:[^"\\]|\\.|"\s*")*))re");
  int found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_root + "/server")) {
    if (entry.path().extension() != ".cpp")
      continue;
    std::ifstream file(entry.path());
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator match(source.begin(), source.end(), line), end; match != end;
         ++match) {
      const std::string format = (*match)[1];
      if (!std::regex_search(format, std::regex(R"(\bcall(_id=| )\{\})")))
        continue;
      ++found;
      EXPECT_TRUE(format.starts_with("call {}: ")) << entry.path() << ": " << format;
    }
  }
  EXPECT_GT(found, 20);
}

TEST(Log, NoSecretOfTheEnvironmentIsEverWritten) {
  // Every variable of docs/env.md that holds a secret, and one that a webhook names.
  const char* const names[] = {"ADMIN_API_KEY",      "DATABASE_URL",      "GROQ_API_KEY",
                               "AZURE_SPEECH_KEY",   "TWILIO_AUTH_TOKEN", "TWILIO_API_KEY",
                               "TWILIO_API_SECRET",  "TELNYX_API_KEY",    "POSTGRES_PASSWORD",
                               "CRM_WEBHOOK_SECRET", "SMTP_PASSWORD"};
  for (const char* name : names) g_setenv(name, (std::string("very/secret+") + name).c_str(), TRUE);
  const auto secrets = secrets_of_environment();
  for (const char* name : names) {
    const auto value = std::string("very/secret+") + name;
    const OwnedString escaped(g_uri_escape_string(value.c_str(), nullptr, FALSE));
    for (const auto& message : {value, "x" + value + "y", "url?k=" + std::string(escaped.get())}) {
      const auto line = text_line(message, secrets);
      EXPECT_EQ(line.find(value), line.npos) << line;
      EXPECT_EQ(line.find(escaped.get()), line.npos) << line;
      EXPECT_NE(line.find("[secret]"), line.npos) << line;
    }
    g_unsetenv(name);
  }
}

TEST(Log, WhatLooksLikeASecretIsNotWrittenEither) {
  const std::pair<const char*, const char*> cases[] = {
      {"Authorization: Bearer abcdef123456", "Authorization: Bearer [secret]"},
      {"sent with bearer abcdef123456 to x", "sent with bearer [secret] to x"},
      {"GET /x?api_key=abc&b=1", "GET /x?api_key=[secret]&b=1"},
      {R"({"password": "abc def", "a": 1})", R"({"password": "[secret] def", "a": 1})"},
      {"postgresql://user:hunter2@host/db", "postgresql://user:[secret]@host/db"},
      {"https://host/path@x", "https://host/path@x"},
      {"Cookie: centralita_session=abc; a=b", "Cookie: [secret]; a=b"},
      {"the token is too old", "the token is too old"},
      {"Send the key as Bearer KEY", "Send the key as Bearer KEY"}};
  for (const auto& [given, expected] : cases)
    EXPECT_EQ(SecretFilter({}).filtered(given), expected) << given;
  EXPECT_EQ(SecretFilter({"short"}).filtered("a short word"), "a short word");
}

TEST(Log, WhatIsPersonalIsTakenOutWhenAskedFor) {
  const std::string message = "call MZ1: dials +525512345678";
  EXPECT_NE(text_line(message).find("+525512345678"), std::string::npos);
  const auto line = log_line({.redact_pii = true}, SecretFilter({}), kTime, kInfo, message);
  EXPECT_NE(line.find("call MZ1: dials [number]"), std::string::npos) << line;
}

TEST(Log, TheLevelCanBeChangedAndNonsenseIsNoLevel) {
  const auto before = log_level();
  EXPECT_TRUE(set_log_level("debug"));
  EXPECT_EQ(log_level(), "debug");
  EXPECT_FALSE(set_log_level("loud"));
  EXPECT_EQ(log_level(), "debug");
  set_log_level(before);
}

}  // namespace
}  // namespace centralita

#include "server/telephony/outbound_limits.h"
#include "server/telephony/outbound_request.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

const OutboundLimits::Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h};

OutboundSettings settings() {
  return {.concurrent = 2,
          .per_hour = 3,
          .cost_per_minute = 0.5,
          .daily_spend = 1,
          .allowed_prefixes = {"+52", "+1212"}};
}

std::string code(const Result<bool, OutboundLimits::Refusal>& result) {
  return result ? "" : result.error().code;
}

Result<OutboundRequest, std::vector<std::string>> read(const char* body) {
  return read_outbound_request(json::parse(body)->object());
}

}  // namespace

TEST(OutboundLimits, OnlyAllowedPrefixesAreCalled) {
  OutboundLimits limits(settings());
  EXPECT_EQ(code(limits.admit("+525512345678", kNoon)), "");
  EXPECT_EQ(code(limits.admit("+12125550100", kNoon)), "");
  EXPECT_EQ(code(limits.admit("+13105550100", kNoon)), "number-not-allowed");
  OutboundLimits none(OutboundSettings{});
  EXPECT_EQ(code(none.admit("+525512345678", kNoon)), "number-not-allowed");
}

TEST(OutboundLimits, AsManyAtOnceAndInAnHourAsAllowed) {
  OutboundLimits limits(settings());
  EXPECT_TRUE(limits.admit("+5255", kNoon));
  EXPECT_TRUE(limits.admit("+5255", kNoon));
  EXPECT_EQ(code(limits.admit("+5255", kNoon)), "too-many-calls");
  limits.ended(0s, kNoon);
  EXPECT_TRUE(limits.admit("+5255", kNoon));
  limits.ended(0s, kNoon);
  EXPECT_EQ(code(limits.admit("+5255", kNoon + 59min)), "hourly-limit");
  EXPECT_TRUE(limits.admit("+5255", kNoon + 61min));
}

TEST(OutboundLimits, ARestartForgivesNothing) {
  TemporaryFolder folder;
  const auto file = folder.path() + "/outbound.json";
  {
    OutboundLimits limits(settings(), file);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(code(limits.admit("+5255", kNoon)), "");
      limits.ended(0s, kNoon);
    }
  }
  OutboundLimits again(settings(), file);
  EXPECT_EQ(code(again.admit("+5255", kNoon + 59min)), "hourly-limit");
  EXPECT_EQ(code(again.admit("+5255", kNoon + 61min)), "");
  again.ended(100h, kNoon + 62min);
  OutboundLimits third(settings(), file);
  EXPECT_EQ(code(third.admit("+5255", kNoon + 70min)), "daily-spend");
  EXPECT_EQ(code(third.admit("+5255", kNoon + 24h)), "");
  std::ofstream(file) << "not json";
  OutboundLimits broken(settings(), file);
  EXPECT_EQ(code(broken.admit("+5255", kNoon)), "");
}

TEST(OutboundLimits, BegunMinutesAreSpentAndADayBeginsAnew) {
  OutboundLimits limits(settings());
  ASSERT_TRUE(limits.admit("+5255", kNoon));
  limits.ended(61s, kNoon + 61s);
  EXPECT_DOUBLE_EQ(limits.spent_today(), 1);
  EXPECT_EQ(code(limits.admit("+5255", kNoon + 2min)), "daily-spend");
  EXPECT_TRUE(limits.admit("+5255", kNoon + 12h));
}

TEST(OutboundRequest, IsReadWhole) {
  const auto request = read(
      R"({"to":"+525512345678","from":"+12125550100","carrier":"telnyx","agent":"ventas",
      "variables":{"name":"Ana"},"client_state":"x\"<y>","ring_seconds":20,
      "voicemail":{"action":"leave-message","message":"Hola"}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->variables.at("name"), "Ana");
  EXPECT_EQ(request->client_state, "x\"<y>");
  EXPECT_EQ(request->voicemail.action, Voicemail::Action::kLeaveMessage);
  EXPECT_EQ(request->ring_seconds, 20);
}

TEST(OutboundRequest, AllThatIsWrongIsSaidAtOnce) {
  const auto request = read(
      R"({"to":"5512345678","from":7,"carrier":"acme","ring_seconds":1,"variables":{"a b":"x","n":5},
      "voicemail":{"action":"leave-message"}})");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().size(), 7u);
  for (const char* state : {"a\\nb", "\\u0007", "\\u007f"})
    EXPECT_FALSE(
        read((std::string(R"({"to":"+525512345678","client_state":")") + state + "\"}").c_str()))
        << state;
  for (const char* number :
       {"", "+", "+0525512345678", "+52551234567890123", "+52 55 1234 5678", "sip:a@b"})
    EXPECT_FALSE(is_e164(number)) << number;
}

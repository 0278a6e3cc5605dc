#include "plugins/base/trace_context.h"

#include <gtest/gtest.h>

namespace centralita {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceContext, ATraceIdIsTakenFromAHeaderOfTheStandardAndOfNoOther) {
  EXPECT_EQ(trace_id_in("00-" + kTrace + "-00f067aa0ba902b7-01"), kTrace);
  EXPECT_EQ(trace_id_in("00-" + kTrace + "-00f067aa0ba902b7-00"), kTrace);
  EXPECT_EQ(trace_id_in("cc-" + kTrace + "-00f067aa0ba902b7-01-what-the-future-brings"), kTrace);
  const std::string zeros(32, '0');
  const std::string all_wrong[] = {"",
                                   kTrace,
                                   "00-" + zeros + "-00f067aa0ba902b7-01",
                                   "00-" + kTrace + "-0000000000000000-01",
                                   "ff-" + kTrace + "-00f067aa0ba902b7-01",
                                   "00-" + kTrace + "-00f067aa0ba902b7-01-more",
                                   "cc-" + kTrace + "-00f067aa0ba902b7-01.",
                                   "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                                   "00-" + kTrace + "-00f067aa0ba902b7-0x",
                                   "00-" + kTrace + "_00f067aa0ba902b7-01",
                                   "00-" + kTrace + "-00f067aa0ba902b7-1",
                                   "0--" + kTrace + "-00f067aa0ba902b7-01"};
  for (const auto& wrong : all_wrong) EXPECT_EQ(trace_id_in(wrong), "") << wrong;
}

TEST(TraceContext, AStateGoesOnAsItIsOrInPartOrNotAtAll) {
  EXPECT_EQ(tracestate_in("rojo=00f067aa0ba902b7 ,\t congo=t61rcWkgMzE,,"),
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(tracestate_in("fw529a3039@dt=FfffffB"), "fw529a3039@dt=FfffffB");
  const std::string long_value(250, 'v');
  EXPECT_EQ(tracestate_in("a=1,b=" + long_value + ",c=" + long_value + ",d=" + long_value),
            "a=1,b=" + long_value + ",c=" + long_value);
  std::string many = "k0=v";
  for (int i = 1; i < 32; ++i) many += ",k" + std::to_string(i) + "=v";
  EXPECT_EQ(tracestate_in(many), many);
  for (const std::string& wrong :
       {std::string(), many + ",one=more", std::string("a"), std::string("=x"), std::string("a="),
        std::string("A=1"), std::string("a=b=c"), std::string("a=\x01"),
        "a=" + std::string(257, 'x'), std::string("a=1,b c=2")})
    EXPECT_EQ(tracestate_in(wrong), "") << wrong;
}

TEST(TraceContext, EachRequestOfATraceHasAParentIdOfItsOwn) {
  const auto first = new_traceparent(kTrace), second = new_traceparent(kTrace);
  EXPECT_EQ(trace_id_in(first), kTrace) << first;
  EXPECT_EQ(trace_id_in(second), kTrace) << second;
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace centralita

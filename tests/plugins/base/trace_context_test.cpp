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

TEST(TraceContext, EachRequestOfATraceHasAParentIdOfItsOwn) {
  const auto first = new_traceparent(kTrace), second = new_traceparent(kTrace);
  EXPECT_EQ(trace_id_in(first), kTrace) << first;
  EXPECT_EQ(trace_id_in(second), kTrace) << second;
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace centralita

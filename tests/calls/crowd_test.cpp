// Many calls at once: all answered, and no thread more than before.
#include "tests/calls/stack.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace centralita;

namespace {

int threads_of(int pid) {
  int count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    (void)entry;
    ++count;
  }
  return count;
}

}  // namespace

TEST(Crowd, AHundredCallsAreAnsweredWithoutAThreadMore) {
  Stack stack;
  ASSERT_TRUE(stack.call("wait-greeting; hang-up").ok());
  const int before = threads_of(stack.server().pid());
  int most = before;
  const Slot watch =
      stack.io().after(std::chrono::seconds(4), [&] { most = threads_of(stack.server().pid()); });
  const auto reports = stack.calls("wait-for-agent; wait 5; hang-up", 100);
  int answered = 0;
  for (const auto& report : reports) {
    answered += report.ok() && report.turns.at(0).heard_from_ms.has_value();
    EXPECT_EQ(report.violation_count, 0u);
  }
  EXPECT_EQ(answered, 100);
  EXPECT_EQ(most, before);
}

#include "server/store/write_queue.h"

#include <gtest/gtest.h>

#include <string>

using namespace std::chrono_literals;
using centralita::CallEnded;
using centralita::CallStarted;
using centralita::TurnFinished;
using centralita::store::WriteQueue;

namespace {

TurnFinished turn(int number) { return {.session_id = "s", .number = number}; }

std::string contents(WriteQueue& queue) {
  std::string text;
  for (const auto& entry : queue.next(1'000, std::chrono::steady_clock::now())) {
    if (const auto* turn = std::get_if<TurnFinished>(entry.record.get()))
      text += std::to_string(turn->number);
    else
      text += std::holds_alternative<CallStarted>(*entry.record) ? "s" : "e";
  }
  queue.put_back();
  return text;
}

TEST(WriteQueue, GivesRecordsInTheirOrderUntilTheyAreDone) {
  WriteQueue queue(10);
  queue.push(CallStarted{});
  for (int n : {1, 2, 3}) queue.push(turn(n));
  const auto first = queue.next(2, std::chrono::steady_clock::now());
  ASSERT_EQ(first.size(), 2u);
  queue.put_back();
  EXPECT_EQ(contents(queue), "s123");
  queue.done(first.back().number);
  EXPECT_EQ(contents(queue), "23");
}

TEST(WriteQueue, GivesUpTheOldestTurnWhenThereIsNoRoom) {
  WriteQueue queue(4);
  queue.push(CallStarted{});
  for (int n : {1, 2}) queue.push(turn(n));
  EXPECT_EQ(queue.push(CallEnded{}), 0u);
  EXPECT_EQ(queue.push(turn(3)), 1u);
  EXPECT_EQ(contents(queue), "s2e3");
  EXPECT_EQ(queue.push(turn(4)), 2u);
  EXPECT_EQ(contents(queue), "se34");
  EXPECT_EQ(queue.dropped(), 2u);
}

TEST(WriteQueue, GivesUpEventsBeforeTurnsAndToolCalls) {
  WriteQueue queue(3);
  queue.push(turn(1));
  queue.push(centralita::CallEvent{});
  queue.push(centralita::ToolFinished{});
  queue.push(turn(2));
  const auto left = queue.next(9, std::chrono::steady_clock::now());
  queue.put_back();
  ASSERT_EQ(left.size(), 3u);
  for (const auto& entry : left)
    EXPECT_FALSE(std::holds_alternative<centralita::CallEvent>(*entry.record));
  queue.push(turn(3));
  queue.push(turn(4));
  EXPECT_EQ(contents(queue), "234");
}

TEST(WriteQueue, WhatIsBeingWrittenIsNotGivenUp) {
  WriteQueue queue(2);
  for (int n : {1, 2}) queue.push(turn(n));
  const auto writing = queue.next(1, std::chrono::steady_clock::now());
  queue.push(turn(3));
  EXPECT_EQ(contents(queue), "13");
  queue.done(writing.back().number);
  EXPECT_EQ(contents(queue), "3");
}

TEST(WriteQueue, WithNoTurnToGiveUpTheOldestRecordGoes) {
  WriteQueue queue(2);
  queue.push(CallStarted{});
  queue.push(CallEnded{});
  queue.push(CallEnded{});
  EXPECT_EQ(contents(queue), "ee");
}

TEST(WriteQueue, WaitingEndsWhenItIsClosedOrTheTimeIsOver) {
  WriteQueue queue(2);
  EXPECT_TRUE(queue.next(1, std::chrono::steady_clock::now() + 1ms).empty());
  EXPECT_TRUE(queue.wait_empty(0ms));
  queue.push(turn(1));
  EXPECT_FALSE(queue.wait_empty(1ms));
  queue.close();
  EXPECT_TRUE(queue.next(1, std::chrono::steady_clock::time_point::max()).empty());
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace

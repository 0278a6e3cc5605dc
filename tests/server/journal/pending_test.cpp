#include "server/journal/pending.h"

#include <gtest/gtest.h>

#include <string>

namespace centralita::journal {
namespace {

TurnFinished turn(int number) { return {.session_id = "s", .number = number}; }

std::string contents(const Pending& pending) {
  std::string text;
  for (const auto& item : pending.first(1'000)) {
    if (const auto* turn = std::get_if<TurnFinished>(item.record.get()))
      text += std::to_string(turn->number);
    else if (std::holds_alternative<CallEvent>(*item.record))
      text += "!";
    else
      text += std::holds_alternative<CallStarted>(*item.record) ? "s" : "e";
  }
  return text;
}

TEST(Pending, GivesRecordsInTheirOrderUntilTheyAreErased) {
  Pending pending(10);
  pending.push(1, CallStarted{});
  for (int n : {1, 2, 3}) pending.push(n + 1, turn(n));
  EXPECT_EQ(pending.first(2).size(), 2u);
  EXPECT_EQ(contents(pending), "s123");
  pending.erase_up_to(2);
  EXPECT_EQ(contents(pending), "23");
  EXPECT_EQ(pending.first_number(), 3);
}

TEST(Pending, GivesUpTheOldestTurnWhenThereIsNoRoom) {
  Pending pending(4);
  pending.push(1, CallStarted{});
  for (int n : {1, 2}) pending.push(n + 1, turn(n));
  EXPECT_FALSE(pending.push(4, CallEnded{}));
  EXPECT_TRUE(pending.push(5, turn(3)));
  EXPECT_EQ(contents(pending), "s2e3");
  EXPECT_TRUE(pending.push(6, turn(4)));
  EXPECT_EQ(contents(pending), "se34");
}

TEST(Pending, EventsAreGivenUpBeforeTurns) {
  Pending pending(3);
  pending.push(1, turn(1));
  pending.push(2, CallEvent{});
  pending.push(3, turn(2));
  EXPECT_TRUE(pending.push(4, turn(3)));
  EXPECT_EQ(contents(pending), "123");
}

TEST(Pending, WithNoTurnToGiveUpTheOldestRecordGoes) {
  Pending pending(2);
  pending.push(1, CallStarted{});
  pending.push(2, CallEnded{});
  pending.push(3, CallEnded{});
  EXPECT_EQ(contents(pending), "ee");
}

}  // namespace
}  // namespace centralita::journal

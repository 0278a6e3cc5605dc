#include "pipelines/heard_ledger.h"

#include <gtest/gtest.h>

using centralita::beginning_of;
using centralita::HeardLedger;
using namespace std::chrono_literals;

namespace {
struct HeardLedgerTest : ::testing::Test {
  HeardLedgerTest() {
    ledger.begin_reply(3);
    ledger.clause_begins(0, "Con gusto,", 10s);
    ledger.clause_ends(0, 11s);
    ledger.clause_begins(1, "el martes a las diez hay lugar.", 11s);
  }
  HeardLedger ledger;
};
}  // namespace

TEST_F(HeardLedgerTest, NothingIsHeardBeforePlayingBegins) {
  EXPECT_EQ(ledger.heard_text(10s), "");
}

TEST_F(HeardLedgerTest, AClauseIsHeardWhenItsAudioHasBeenPlayedWhole) {
  EXPECT_EQ(ledger.heard_text(11s + 100ms), "Con gusto,");
}

TEST_F(HeardLedgerTest, APartIsCreditedDownToAWordsEdge) {
  ledger.clause_ends(1, 13s);
  EXPECT_EQ(ledger.heard_text(12s + 100ms), "Con gusto, el martes a las");
  EXPECT_EQ(ledger.heard_text(20s), "Con gusto, el martes a las diez hay lugar.");
}

TEST_F(HeardLedgerTest, AClauseWhoseEndIsNotKnownYetIsNeverCreditedWhole) {
  const auto heard = ledger.heard_text(12s);
  EXPECT_TRUE(heard.starts_with("Con gusto, el martes"));
  EXPECT_EQ(heard.find("lugar"), std::string::npos);
}

TEST_F(HeardLedgerTest, AMarkProvesAClauseWhateverTheClockSays) {
  ledger.clause_acknowledged(0);
  EXPECT_EQ(ledger.heard_text(10s), "Con gusto,");
}

TEST(BeginningOf, NeverCutsAWordNorAMultibyteCharacter) {
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.0), "");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.2), "");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.5), "año");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.99), "año nuevo");
  EXPECT_EQ(beginning_of("año nuevo feliz", 1.0), "año nuevo feliz");
}

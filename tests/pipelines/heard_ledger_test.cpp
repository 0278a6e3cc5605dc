#include "pipelines/heard_ledger.h"

#include <gtest/gtest.h>

#include <random>

using centralita::beginning_of;
using centralita::HeardLedger;
using namespace std::chrono_literals;

namespace {

constexpr auto kFrame = 20ms;

// A ledger with a clause of a second that has been sent whole, and two thirds of a second one.
struct HeardLedgerTest : ::testing::Test {
  HeardLedgerTest() {
    ledger.begin_reply(3);
    ledger.clause_begins(0, "Con gusto,");
    send(1s);
    ledger.clause_ends(0);
    ledger.clause_begins(1, "el martes a las diez hay lugar.");
    send(2s);
  }
  void send(std::chrono::milliseconds length) {
    for (; length > 0ms; length -= kFrame) {
      ledger.frame_sent(next, kFrame);
      next += kFrame;
    }
  }
  HeardLedger::Time next = 10s;
  HeardLedger ledger;
};

}  // namespace

TEST_F(HeardLedgerTest, NothingIsHeardBeforePlayingBegins) {
  EXPECT_EQ(ledger.heard_text(10s), "");
  EXPECT_EQ(ledger.heard(10s), (HeardLedger::Position{3, 0, 0}));
}

TEST_F(HeardLedgerTest, AClauseIsHeardWhenItsAudioHasBeenPlayedWhole) {
  EXPECT_EQ(ledger.heard_text(11s + 100ms), "Con gusto,");
  EXPECT_EQ(ledger.heard(11s + 100ms), (HeardLedger::Position{3, 0, 10}));
}

TEST_F(HeardLedgerTest, APartIsCreditedDownToAWordsEdge) {
  ledger.clause_ends(1);
  EXPECT_EQ(ledger.heard_text(12s + 100ms), "Con gusto, el martes a las");
  EXPECT_EQ(ledger.heard(12s + 100ms), (HeardLedger::Position{3, 1, 15}));
  EXPECT_EQ(ledger.heard_text(20s), "Con gusto, el martes a las diez hay lugar.");
}

TEST_F(HeardLedgerTest, AClauseWhoseEndIsNotKnownYetIsNeverCreditedWhole) {
  const auto heard = ledger.heard_text(1h);
  EXPECT_TRUE(heard.starts_with("Con gusto, el martes")) << heard;
  EXPECT_FALSE(heard.ends_with("lugar."));
}

TEST_F(HeardLedgerTest, AMarkProvesAClauseWhateverTheClockSays) {
  ledger.clause_acknowledged(0);
  EXPECT_EQ(ledger.heard_text(10s), "Con gusto,");
}

TEST_F(HeardLedgerTest, TimeThatPassesWhileNothingIsSentCreditsNothing) {
  const auto before = ledger.heard_text(next + 100ms);
  EXPECT_EQ(ledger.heard_text(next + 1h), before);
}

TEST_F(HeardLedgerTest, AfterClearNeitherTimeNorMarksCreditAnything) {
  ledger.clause_ends(1);
  ledger.clear(11s + 100ms);
  ledger.clause_acknowledged(1);
  EXPECT_EQ(ledger.heard_text(1h), "Con gusto,");
}

TEST_F(HeardLedgerTest, AMarkOfAClauseThatHasNotEndedProvesOnlyTheOnesBeforeIt) {
  ledger.clause_acknowledged(1);
  EXPECT_EQ(ledger.heard_text(10s), "Con gusto,");
}

// A far end of any delay up to kWay, a voice of any pace up to the slowest, pauses, marks that come
// back late and a clear: what is credited has been played, and no more than a word (and what the
// delay hides) is missing.
TEST(HeardLedger, NeverCreditsAWordThatWasNotPlayed) {
  std::mt19937 random(7);
  const auto roll = [&random](int from, int to) {
    return std::uniform_int_distribution(from, to)(random);
  };
  for (int round = 0; round < 2000; ++round) {
    HeardLedger ledger;
    ledger.begin_reply(1);
    const auto way = std::chrono::milliseconds(roll(0, 100));
    HeardLedger::Time now = 5s, play_end = now;
    std::string all;                           // all words sent, and when each character was played
    std::vector<HeardLedger::Time> played_at;  // at the far end
    const int clauses = roll(1, 4);
    for (int clause = 0; clause < clauses; ++clause) {
      std::string text;
      for (int word = roll(1, 12); word > 0; --word)
        text += std::string(text.empty() ? "" : " ") +
                std::string(static_cast<std::size_t>(roll(1, 9)), 'x');
      const int frames = static_cast<int>(text.size()) * roll(40, 88) / 20 + 1;
      ledger.clause_begins(static_cast<std::uint32_t>(clause), text);
      if (!all.empty()) {
        all += ' ';
        played_at.push_back(played_at.back());
      }
      std::vector<HeardLedger::Time> frame_ends;
      for (int frame = 0; frame < frames; ++frame) {
        if (roll(0, 40) == 0)
          now += std::chrono::milliseconds(roll(0, 900));  // held
        now = std::max(now, play_end - 180ms);
        play_end = std::max(play_end, now);
        ledger.frame_sent(play_end, kFrame);
        play_end += kFrame;
        frame_ends.push_back(play_end + way);
      }
      for (std::size_t i = 0; i < text.size(); ++i) {
        const double at =
            static_cast<double>((i + 1) * frame_ends.size()) / static_cast<double>(text.size());
        const auto frame = std::min(frame_ends.size() - 1, static_cast<std::size_t>(at));
        const double inside = std::min(at - static_cast<double>(frame), 1.0);
        played_at.push_back(frame_ends[frame] - kFrame +
                            std::chrono::nanoseconds(static_cast<long>(inside * 20'000'000)));
      }
      all += text;
      // Asked in the middle of a clause whose end is not known yet, and after it.
      if (roll(0, 1))
        ledger.clause_ends(static_cast<std::uint32_t>(clause));
      else
        break;
    }
    for (int ask = 0; ask < 10; ++ask) {
      const auto at = now + std::chrono::milliseconds(roll(-400, 500));
      const auto heard = ledger.heard_text(at);
      ASSERT_TRUE(all.starts_with(heard));
      if (!heard.empty()) {
        ASSERT_LE(played_at[heard.size() - 1], at) << "'" << heard << "' of '" << all << "'";
      }
    }
  }
}

TEST(BeginningOf, NeverCutsAWordNorAMultibyteCharacter) {
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.0), "");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.2), "");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.5), "año");
  EXPECT_EQ(beginning_of("año nuevo feliz", 0.99), "año nuevo");
  EXPECT_EQ(beginning_of("año nuevo feliz", 1.0), "año nuevo feliz");
}

#include "pipelines/interruption.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;
using Action = Interruption::Action;

namespace {
PhraseRules rules(int words = 1) {
  return {{"espera", "un momento"}, {"ajá", "sí", "de acuerdo", "mm-hm"}, words};
}
struct InterruptionTest : ::testing::Test {
  Interruption interruption{rules(), 350ms};
};
}  // namespace

TEST_F(InterruptionTest, ASoundHoldsTheAgentOnceHoweverOftenItIsAnnounced) {
  EXPECT_EQ(interruption.sound_began(1s), Action::kHold);
  EXPECT_EQ(interruption.sound_began(1s + 30ms), Action::kNone);
  EXPECT_TRUE(interruption.held());
  EXPECT_EQ(interruption.deadline(), 1s + 350ms + kBargeInPause);
}

TEST_F(InterruptionTest, AShortSoundLetsTheAgentGoOn) {
  interruption.sound_began(1s);
  EXPECT_EQ(interruption.sound_ended(1s + 349ms), Action::kResume);
  EXPECT_FALSE(interruption.deadline());
}

TEST_F(InterruptionTest, ASoundThatLastsTakesTheTurn) {
  interruption.sound_began(1s);
  EXPECT_EQ(interruption.sound_ended(1s + 350ms), Action::kTake);
  interruption.sound_began(5s);
  EXPECT_EQ(interruption.confirmation_due(), Action::kTake);
  EXPECT_EQ(interruption.confirmation_due(), Action::kNone);
}

TEST_F(InterruptionTest, WhatTheDetectorTakesBackLetsTheAgentGoOn) {
  interruption.sound_began(1s);
  EXPECT_EQ(interruption.sound_rejected(), Action::kResume);
  EXPECT_EQ(interruption.sound_rejected(), Action::kNone);
  EXPECT_EQ(interruption.sound_ended(2s), Action::kNone);
}

TEST_F(InterruptionTest, WordsOfAShortSoundTakeTheTurnAndBackchannelDoesNot) {
  EXPECT_EQ(interruption.transcript("Ajá."), Action::kNone);
  EXPECT_EQ(interruption.transcript(""), Action::kNone);
  EXPECT_EQ(interruption.transcript("No."), Action::kTake);
  EXPECT_EQ(interruption.last_meaning(), Meaning::kWords);
  EXPECT_EQ(interruption.transcript("¡Espera!"), Action::kTake);
  EXPECT_EQ(interruption.last_meaning(), Meaning::kInterruption);
}

TEST_F(InterruptionTest, ABackchannelLeavesTheSoundAfterItToBeJudgedByItself) {
  interruption.sound_began(1s);
  EXPECT_EQ(interruption.transcript("Ajá."), Action::kNone);
  EXPECT_TRUE(interruption.held());
}

TEST(PhraseRules, CaseAccentsAndPunctuationDoNotMatter) {
  EXPECT_EQ(rules().meaning_of("¡AJA! Sí, de acuerdo… mm hm."), Meaning::kBackchannel);
  EXPECT_EQ(rules().meaning_of("...¿?"), Meaning::kNothing);
  EXPECT_EQ(spoken_words("¡Ajá, mm-hm! Don't"),
            (std::vector<std::string>{"aja", "mm", "hm", "dont"}));
}

TEST(PhraseRules, AnInterruptionPhraseCountsAmongOtherWordsAndOnlyAsWholeWords) {
  EXPECT_EQ(rules().meaning_of("Sí, un momento"), Meaning::kInterruption);
  EXPECT_EQ(rules().meaning_of("La esperanza"), Meaning::kWords);
}

TEST(PhraseRules, FewerWordsThanAreNeededAreBackchannelUnlessTheyAreAnInterruption) {
  EXPECT_EQ(rules(3).meaning_of("Pero no"), Meaning::kBackchannel);
  EXPECT_EQ(rules(3).meaning_of("Espera"), Meaning::kInterruption);
  EXPECT_EQ(rules(3).meaning_of("Pero eso no"), Meaning::kWords);
}

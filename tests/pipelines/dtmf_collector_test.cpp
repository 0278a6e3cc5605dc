#include "pipelines/dtmf_collector.h"

#include <gtest/gtest.h>

using centralita::DtmfCollector;

TEST(DtmfCollector, TheTerminatorCompletesAnEntryAndIsNoPartOfIt) {
  DtmfCollector keys({});
  EXPECT_FALSE(keys.press('4'));
  EXPECT_FALSE(keys.press('2'));
  EXPECT_TRUE(keys.waiting());
  EXPECT_EQ(keys.press('#'), "42");
  EXPECT_FALSE(keys.waiting());
  EXPECT_EQ(keys.press('#'), "");
}

TEST(DtmfCollector, APauseCompletesWhatThereIs) {
  DtmfCollector keys({});
  EXPECT_FALSE(keys.finish());
  keys.press('*');
  EXPECT_EQ(keys.finish(), "*");
  EXPECT_FALSE(keys.finish());
}

TEST(DtmfCollector, AsManyKeysAsAreWantedCompleteAnEntry) {
  DtmfCollector keys({.terminator = '\0', .most = 3});
  EXPECT_FALSE(keys.press('1'));
  EXPECT_FALSE(keys.press('#'));
  EXPECT_EQ(keys.press('a'), "1#A");
}

TEST(DtmfCollector, WhatIsNoKeyIsPassedOver) {
  DtmfCollector keys({});
  EXPECT_FALSE(keys.press('x'));
  EXPECT_FALSE(keys.waiting());
}

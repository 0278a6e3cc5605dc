#include "server/privacy/pii.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace centralita {
namespace {

TEST(Pii, EveryLineOfTheTableIsRedactedAsItSays) {
  std::ifstream table(std::string(std::getenv("CENTRALITA_SOURCE_ROOT")) +
                      "/tests/server/security/pii.tsv");
  int lines = 0;
  for (std::string line; std::getline(table, line); ++lines) {
    const auto tab = line.find('\t');
    ASSERT_NE(tab, line.npos) << line;
    EXPECT_EQ(without_pii(line.substr(0, tab)), line.substr(tab + 1));
  }
  EXPECT_GT(lines, 25);
}

TEST(Pii, WhatIsRedactedIsNotRedactedAgain) {
  const auto once = without_pii("55 1234 5678, a@b.co, 4111111111111111");
  EXPECT_EQ(once, "[number], [e-mail], [card]");
  EXPECT_EQ(without_pii(once), once);
  EXPECT_EQ(without_pii(""), "");
}

}  // namespace
}  // namespace centralita

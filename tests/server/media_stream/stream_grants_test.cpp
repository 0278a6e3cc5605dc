#include "server/stream_grants.h"
#include "server/secrets.h"

#include <gtest/gtest.h>

using namespace centralita;

TEST(StreamGrants, ATokenOpensOneStreamAndNoSecond) {
  StreamGrants grants;
  const auto token = grants.issue({.client_type = "twilio", .provider_call_id = "CA1"});
  const auto other = grants.issue({.client_type = "browser"});
  EXPECT_NE(token, other);
  EXPECT_EQ(grants.take(token)->provider_call_id, "CA1");
  EXPECT_FALSE(grants.take(token));
  EXPECT_FALSE(grants.take("guess"));
  EXPECT_TRUE(grants.take(other));
}

TEST(Secrets, OnlyTheWholeSecretIsTheSame) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  for (const char* given : {"", "a", "ab", "abd", "abcabc", "abcd"})
    EXPECT_FALSE(same_secret(given, "abc"));
  EXPECT_FALSE(same_secret("", ""));
  EXPECT_EQ(random_token().size(), 43u);
}

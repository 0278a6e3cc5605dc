#include "server/telephony/public_address.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {
std::string listening() { return "http://127.0.0.1:8000"; }
}  // namespace

TEST(PublicAddress, TheConfiguredUrlWins) {
  const PublicAddress address("https://pbx.example", {"10.0.0.0/8"}, listening);
  EXPECT_EQ(address.base_url("10.1.2.3", "https", "evil.example"), "https://pbx.example");
}

TEST(PublicAddress, AProxyIsBelievedOnlyWhenItIsTrusted) {
  const PublicAddress address("", {"10.0.0.0/8", "::1"}, listening);
  EXPECT_EQ(address.base_url("10.1.2.3", "https", "pbx.example"), "https://pbx.example");
  EXPECT_EQ(address.base_url("::1", "https", "pbx.example:8443"), "https://pbx.example:8443");
  EXPECT_EQ(address.base_url("11.1.2.3", "https", "pbx.example"), listening());
  EXPECT_EQ(PublicAddress("", {}, listening).base_url("127.0.0.1", "https", "x"), listening());
}

TEST(PublicAddress, OfSeveralProxiesTheNearestCounts) {
  const PublicAddress address("", {"10.0.0.1"}, listening);
  EXPECT_EQ(address.base_url("10.0.0.1", "http, https", "evil.example, pbx.example"),
            "https://pbx.example");
}

TEST(PublicAddress, HeadersThatAreNoAddressAreNotBelieved) {
  const PublicAddress address("", {"10.0.0.1"}, listening);
  for (const char* host : {"", "a/b", "user@host", "h?x", "h h"})
    EXPECT_EQ(address.base_url("10.0.0.1", "https", host), listening()) << host;
  EXPECT_EQ(address.base_url("10.0.0.1", "javascript", "pbx.example"), listening());
  EXPECT_EQ(address.base_url("10.0.0.1", "", "pbx.example"), listening());
}

TEST(PublicAddress, NetworksAreChecked) {
  EXPECT_TRUE(is_network("10.0.0.0/8"));
  EXPECT_TRUE(is_network("fd00::/8"));
  EXPECT_FALSE(is_network("10.0.0.0/99"));
  EXPECT_FALSE(is_network("proxy.example"));
  EXPECT_EQ(websocket_url("https://h"), "wss://h");
  EXPECT_EQ(websocket_url("http://h"), "ws://h");
}

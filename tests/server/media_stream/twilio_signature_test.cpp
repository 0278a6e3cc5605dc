// The vectors are those of Twilio's documentation and SDK.
#include "server/telephony/twilio_signature.h"

#include <gtest/gtest.h>

using namespace centralita;
using Parameters = std::multimap<std::string, std::string>;

namespace {
constexpr char kToken[] = "12345";
const Parameters kCall = {{"CallSid", "CA1234567890ABCDE"},
                          {"Caller", "+14158675310"},
                          {"Digits", "1234"},
                          {"From", "+14158675310"},
                          {"To", "+18005551212"}};
}  // namespace

TEST(TwilioSignature, EqualsTwiliosOwnVectors) {
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/myapp.php?foo=1&bar=2", kCall),
            "L/OH5YylLD5NRKLltdqwSvS0BnU=");
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/voice?x=1", {}),
            "X4NQntlnUVxjjulX7nYRfvAFKys=");
  EXPECT_EQ(twilio_signature(kToken, "wss://example.com/media", {}),
            "7PR3qMkpDyEJtMrVOY/LDyNq8J8=");
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/v",
                             {{"A", ""}, {"B", "x y"}, {"a", "é"}, {"b", "1"}}),
            "1VGH4Z+jBsz7KuFAjJsYAmWnJKw=");
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/v",
                             {{"B", "x"}, {"a", "2"}, {"a", "1"}, {"a", "2"}}),
            "Mgvdx9kRaptoQKoWCMjwfJbhmes=");
}

TEST(TwilioSignature, IsAcceptedWithAndWithoutTheDefaultPort) {
  const auto with_port = twilio_signature(kToken, "https://example.com:443/v", kCall);
  EXPECT_TRUE(twilio_signature_matches(kToken, with_port, "https://example.com/v", kCall));
  const auto without = twilio_signature(kToken, "https://example.com/v", kCall);
  EXPECT_TRUE(twilio_signature_matches(kToken, without, "https://example.com:8443/v", kCall));
}

TEST(TwilioSignature, AnyChangeAndAnyMissingPartIsRefused) {
  const std::string url = "https://example.com/v";
  const auto right = twilio_signature(kToken, url, kCall);
  EXPECT_TRUE(twilio_signature_matches(kToken, right, url, kCall));
  auto other = kCall;
  other.find("To")->second += "3";
  EXPECT_FALSE(twilio_signature_matches(kToken, right, url, other));
  EXPECT_FALSE(twilio_signature_matches(kToken, right, url + "?x", kCall));
  EXPECT_FALSE(twilio_signature_matches("other", right, url, kCall));
  EXPECT_FALSE(twilio_signature_matches(kToken, "", url, kCall));
  EXPECT_FALSE(twilio_signature_matches("", twilio_signature("", url, kCall), url, kCall));
}

TEST(TwilioSignature, FormValuesAreDecodedBeforeTheyAreSigned) {
  const auto parameters = form_parameters("From=%2B1415&Name=a+b%26c&Empty=&Same=1&Same=2&");
  EXPECT_EQ(parameters.find("From")->second, "+1415");
  EXPECT_EQ(parameters.find("Name")->second, "a b&c");
  EXPECT_EQ(parameters.find("Empty")->second, "");
  EXPECT_EQ(parameters.count("Same"), 2u);
  EXPECT_EQ(parameters.size(), 5u);
}

#include "server/caller/twilio_webhook.h"

#include "server/caller/twiml.h"

#include <gtest/gtest.h>

using namespace centralita::caller;

namespace {
const std::string kToken = "12345";
}  // namespace

// The first vector is the one of Twilio's own documentation.
TEST(TwilioSignature, IsThatOfThePublishedVectors) {
  const Parameters call = {{"CallSid", "CA1234567890ABCDE"},
                           {"Caller", "+14158675310"},
                           {"Digits", "1234"},
                           {"From", "+14158675310"},
                           {"To", "+18005551212"}};
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/myapp.php?foo=1&bar=2", call),
            "L/OH5YylLD5NRKLltdqwSvS0BnU=");
  const Parameters other = {{"To", "+18005551212"},  // in any order
                            {"From", "+14158675309"},
                            {"Digits", "1234"},
                            {"Caller", "+14158675309"},
                            {"CallSid", "CA1234567890ABCDE"}};
  EXPECT_EQ(twilio_signature(kToken, "https://mycompany.com/myapp.php?foo=1&bar=2", other),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST(TwilioSignature, OfAGetOrAnUpgradeIsOverTheUrlAlone) {
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/voice?x=1", {}),
            "X4NQntlnUVxjjulX7nYRfvAFKys=");
  EXPECT_EQ(twilio_signature(kToken, "wss://example.com/media", {}),
            "7PR3qMkpDyEJtMrVOY/LDyNq8J8=");
}

TEST(TwilioSignature, SortsByBytesAndKeepsEmptyValues) {
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/v",
                             {{"b", "1"}, {"a", "\xC3\xA9"}, {"B", "x y"}, {"A", ""}}),
            "1VGH4Z+jBsz7KuFAjJsYAmWnJKw=");
}

TEST(TwilioSignature, CountsEachDistinctValueOfARepeatedNameOnce) {
  EXPECT_EQ(twilio_signature(kToken, "https://example.com/v",
                             {{"a", "2"}, {"a", "1"}, {"a", "2"}, {"B", "x"}}),
            "Mgvdx9kRaptoQKoWCMjwfJbhmes=");
}

TEST(TwilioForm, HasWhatTwilioSendsAndEscapesIt) {
  const auto fields = incoming_call_fields({.account_sid = "AC1", .call_sid = "CA1"},
                                           "+14155550100", "sip:a b@\xC3\xB1");
  const auto body = form_body(fields);
  EXPECT_EQ(body,
            "AccountSid=AC1&ApiVersion=2010-04-01&CallSid=CA1&CallStatus=ringing&"
            "Called=sip%3Aa+b%40%C3%B1&Caller=%2B14155550100&Direction=inbound&"
            "From=%2B14155550100&To=sip%3Aa+b%40%C3%B1");
}

TEST(TwilioSid, IsAPrefixAnd32HexDigitsAndNeverTheSame) {
  const auto sid = random_sid("CA");
  EXPECT_EQ(sid.size(), 34u);
  EXPECT_EQ(sid.find_first_not_of("0123456789abcdef", 2), std::string::npos);
  EXPECT_NE(sid, random_sid("CA"));
}

TEST(Twiml, GivesTheStreamAndItsParameters) {
  const auto twiml = parse_twiml(R"(<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say voice="woman"> Hello &amp; welcome </Say>
  <Connect action="https://h/after">
    <Stream url="wss://h/media" name="leg1">
      <Parameter name="token" value="a&lt;b"/>
      <Parameter name="agent" value="ana"/>
    </Stream>
  </Connect>
  <Say>Goodbye.</Say><Hangup/>
</Response>)");
  ASSERT_TRUE(twiml) << twiml.error();
  const auto stream = twiml->stream();
  ASSERT_TRUE(stream) << stream.error();
  EXPECT_EQ(stream->url, "wss://h/media");
  EXPECT_EQ(stream->parameters, (Parameters{{"token", "a<b"}, {"agent", "ana"}}));
  EXPECT_EQ(
      twiml->summary(),
      "Say \"Hello & welcome\", Connect wss://h/media (2 parameters), Say \"Goodbye.\", Hangup");
}

TEST(Twiml, SaysWhyThereIsNoStream) {
  const auto why = [](const char* text) { return parse_twiml(text)->stream().error(); };
  EXPECT_EQ(why("<Response><Reject reason=\"busy\"/></Response>"), "rejected: busy");
  EXPECT_EQ(why("<Response><Reject/></Response>"), "rejected: rejected");
  EXPECT_EQ(why("<Response><Say>No</Say><Hangup/></Response>"), "hung up without a stream");
  EXPECT_EQ(why("<Response/>"), "the TwiML has no stream to connect to");
  EXPECT_EQ(why("<Response><Dial>+1</Dial></Response>"),
            "<Dial> without a stream, which this telephone cannot follow");
  // A stream after the end of the call is never reached.
  EXPECT_EQ(why("<Response><Hangup/><Connect><Stream url=\"wss://h\"/></Connect></Response>"),
            "hung up without a stream");
}

TEST(Twiml, RefusesWhatTwilioRefuses) {
  EXPECT_FALSE(parse_twiml(""));
  EXPECT_FALSE(parse_twiml("\n<Response/>"));
  EXPECT_FALSE(parse_twiml("<Response><Say></Response>"));
  EXPECT_FALSE(parse_twiml("<Response>"));
  EXPECT_NE(parse_twiml("<html></html>").error().find("<html>"), std::string::npos);
  EXPECT_FALSE(parse_twiml("<Response><Connect><Stream/></Connect></Response>"));
  EXPECT_NE(parse_twiml("<Response><Connect><Stream url=\"wss://h/m?a=1\"/></Connect></Response>")
                .error()
                .find("query"),
            std::string::npos);
}

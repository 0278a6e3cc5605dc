#include "server/telephony/seen_ids.h"
#include "server/telephony/telnyx_event.h"
#include "server/telephony/telnyx_signature.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

// Signed with OpenSSL by the key whose seed is the bytes 00 to 1f.
constexpr char kKey[] = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
constexpr char kTime[] = "1700000000";
constexpr char kBody[] = R"({"data":{"event_type":"call.initiated"}})";
constexpr char kSignature[] =
    "aBuTQ1AtxQGraK6PrtJP6VW9Mu+R2aG6TbxS7lim9/ia8dN94a42JYoTifASA18z3xe+GLlYfveWOuyyKq7OCw==";
const std::chrono::system_clock::time_point kNow{1700000000s};

std::string check(const std::string& signature, const std::string& time, const std::string& body,
                  std::chrono::seconds later = 0s) {
  return telnyx_signature_error(*TelnyxPublicKey::from_base64(kKey), signature, time, body,
                                kNow + later);
}

}  // namespace

TEST(TelnyxSignature, TheVectorMadeWithAnotherLibraryIsAccepted) {
  EXPECT_EQ(check(kSignature, kTime, kBody), "");
}

TEST(TelnyxSignature, EveryChangedByteOfBodyTimeAndSignatureIsRefused) {
  for (std::size_t i = 0; i < sizeof kBody - 1; ++i) {
    std::string body = kBody;
    body[i] ^= 1;
    EXPECT_NE(check(kSignature, kTime, body), "") << i;
  }
  EXPECT_NE(check(kSignature, "1700000001", kBody), "");
  for (std::size_t i = 0; i < sizeof kSignature - 3; ++i) {
    std::string signature = kSignature;
    signature[i] = signature[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(check(signature, kTime, kBody), "") << i;
  }
}

TEST(TelnyxSignature, WhatIsMissingTruncatedOrNoNumberIsRefusedWithItsReason) {
  EXPECT_NE(check("", kTime, kBody).find("missing"), std::string::npos);
  EXPECT_NE(check(kSignature, "", kBody).find("missing"), std::string::npos);
  EXPECT_NE(check(std::string(kSignature).substr(0, 44), kTime, kBody).find("64 bytes"),
            std::string::npos);
  EXPECT_NE(check("not base64", kTime, kBody).find("64 bytes"), std::string::npos);
  for (const char* time :
       {"1700000000.5", "-1700000000", "17e8", " 1700000000", "99999999999999999999"})
    EXPECT_NE(check(kSignature, time, kBody).find("seconds"), std::string::npos) << time;
}

TEST(TelnyxSignature, FiveMinutesEitherWayAreTolerated) {
  EXPECT_EQ(check(kSignature, kTime, kBody, 300s), "");
  EXPECT_EQ(check(kSignature, kTime, kBody, -300s), "");
  EXPECT_NE(check(kSignature, kTime, kBody, 301s).find("five minutes"), std::string::npos);
  EXPECT_NE(check(kSignature, kTime, kBody, -301s).find("five minutes"), std::string::npos);
}

TEST(TelnyxSignature, AKeyIsThirtyTwoBytesOfBase64) {
  EXPECT_FALSE(TelnyxPublicKey::from_base64(""));
  EXPECT_FALSE(TelnyxPublicKey::from_base64("AAAA"));
  EXPECT_FALSE(TelnyxPublicKey::from_base64("-----BEGIN PUBLIC KEY-----"));
}

TEST(TelnyxEvent, IsReadWithItsEnvelopeAndPayload) {
  const auto event = parse_telnyx_event(
      R"({"data":{"record_type":"event","event_type":"call.hangup","id":"e1",
      "occurred_at":"2026-02-02T22:25:27.521992Z","payload":{"call_control_id":"v3:x","from":"+1","to":"+2",
      "client_state":null,"hangup_cause":"user_busy","sip_hangup_cause":"486","new":[1]}},
      "meta":{"attempt":2,"delivered_to":"https://h/telnyx"}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->id, "e1");
  EXPECT_EQ(event->type, "call.hangup");
  EXPECT_EQ(event->attempt, 2);
  EXPECT_EQ(event->call_control_id, "v3:x");
  EXPECT_EQ(event->client_state, "");
  EXPECT_EQ(event->hangup_cause, "user_busy");
  EXPECT_EQ(event->sip_hangup_cause, "486");
}

TEST(TelnyxEvent, EveryTruncationIsAnErrorAndNoCrash) {
  const std::string whole =
      R"({"data":{"event_type":"call.answered","id":"e","payload":{"to":"+2"}}})";
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(parse_telnyx_event(whole.substr(0, n))) << n;
  EXPECT_TRUE(parse_telnyx_event(whole));
  EXPECT_FALSE(parse_telnyx_event(R"({"data":{"id":"e"}})"));
  EXPECT_FALSE(parse_telnyx_event("[]"));
}

TEST(SeenIds, RemembersForATimeAndUpToANumber) {
  SeenIds seen(10s, 3);
  EXPECT_TRUE(seen.add("a", 0s));
  EXPECT_FALSE(seen.add("a", 10s));
  EXPECT_TRUE(seen.add("a", 11s));
  for (const char* id : {"b", "c", "d"}) EXPECT_TRUE(seen.add(id, 11s));
  EXPECT_EQ(seen.size(), 3u);
  EXPECT_FALSE(seen.contains("a"));
}

#include "server/telephony/carrier_error.h"

#include <gtest/gtest.h>

using namespace centralita;
using Code = CarrierError::Code;

TEST(CarrierError, TwiliosCodesAreWhatAnOperatorCanActOn) {
  const auto error = CarrierError::from_twilio(
      "dial", 400,
      R"({"code":21211,"message":"The 'To' number is not valid","more_info":"x","status":400})");
  EXPECT_EQ(error.code, Code::kBadNumber);
  EXPECT_EQ(error.carrier_code, "21211");
  EXPECT_EQ(error.text,
            "twilio did not dial: The 'To' number is not valid (21211). Check the number, and the "
            "countries that the account may call.");
  EXPECT_EQ(CarrierError::from_twilio("x", 401, "").code, Code::kBadKey);
  EXPECT_EQ(CarrierError::from_twilio("x", 404, R"({"code":20404})").code, Code::kCallOver);
  EXPECT_EQ(CarrierError::from_twilio("x", 429, R"({"code":20429})").code, Code::kRateLimited);
  EXPECT_EQ(CarrierError::from_twilio("x", 503, "<html>").code, Code::kUnavailable);
}

TEST(CarrierError, TelnyxCodesToo) {
  const auto error = CarrierError::from_telnyx(
      "hang-up", 422,
      R"({"errors":[{"code":"90018","title":"Call has already ended","detail":"This call is no longer active."}]})");
  EXPECT_EQ(error.code, Code::kCallOver);
  EXPECT_EQ(
      error.text,
      "telnyx did not hang-up: This call is no longer active (90018). The call is over or was "
      "never there.");
  EXPECT_EQ(CarrierError::from_telnyx("x", 422, R"({"errors":[{"code":"90034"}]})").code,
            Code::kNotAnswered);
  EXPECT_EQ(CarrierError::from_telnyx("x", 403, R"({"errors":[{"code":"90041"}]})").code,
            Code::kNoCapacity);
  EXPECT_EQ(CarrierError::from_telnyx("x", 401, "not json").code, Code::kBadKey);
}

TEST(CarrierError, OnlyWhatMayPassIsTriedAgain) {
  EXPECT_TRUE(CarrierError::from_telnyx("x", 500, "").may_pass());
  EXPECT_TRUE(CarrierError::from_telnyx("x", 429, "").may_pass());
  EXPECT_FALSE(CarrierError::from_telnyx("x", 422, "").may_pass());
  EXPECT_TRUE(CarrierError::from_failure("t", "x", ProviderError::Code::kRefused, "").may_pass());
}

#include "plugins/base/base64.h"

#include <gtest/gtest.h>

using centralita::base64_decode;
using centralita::base64_encode;

namespace {
std::string encoded(std::string_view text) {
  std::string out;
  base64_encode({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, out);
  return out;
}
}  // namespace

TEST(Base64, VectorsOfRfc4648) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, EveryLengthAndByteComesBack) {
  std::vector<std::uint8_t> bytes, back;
  for (int n = 0; n < 400; ++n) {
    std::string text;
    base64_encode(bytes, text);
    ASSERT_TRUE(base64_decode(text, back));
    ASSERT_EQ(back, bytes);
    bytes.push_back(static_cast<std::uint8_t>(n * 151));
  }
}

TEST(Base64, WhatTheStandardDoesNotAllowIsRefusedAndNotSkipped) {
  std::vector<std::uint8_t> bytes;
  for (const char* text : {"Zg=", "Zg", "Z===", "====", "Zm9v!bar", "Zm9 ",
                           "Zm\n=", "Zg==Zg==", "Zh==", "Zm9=", "\xFF\xFF\xFF\xFF", "-_-_"}) {
    EXPECT_FALSE(base64_decode(text, bytes)) << text;
    EXPECT_TRUE(bytes.empty());
  }
}

#include "server/store/cursor.h"

#include "plugins/base/ref.h"

#include <gtest/gtest.h>

#include <limits>

using centralita::OwnedString;
using centralita::store::decode_cursor;
using centralita::store::encode_cursor;

namespace {

std::string base64(const std::string& plain) {
  return OwnedString(g_base64_encode(reinterpret_cast<const guchar*>(plain.data()), plain.size()))
      .get();
}

TEST(Cursor, ReadsBackWhatWasWritten) {
  for (const std::int64_t us : {0L, 1'777'636'800'123'456L, -1L}) {
    const auto text = encode_cursor({std::chrono::microseconds(us), 9'007'199'254'740'993});
    EXPECT_EQ(
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos)
        << text;
    const auto cursor = decode_cursor(text);
    ASSERT_TRUE(cursor) << text;
    EXPECT_EQ(cursor->start_time.count(), us);
    EXPECT_EQ(cursor->id, 9'007'199'254'740'993);
  }
}

TEST(Cursor, WhatWeDidNotWriteIsRefused) {
  const auto good = encode_cursor({std::chrono::microseconds(1'777'636'800'000'000), 42});
  ASSERT_TRUE(decode_cursor(good));
  const std::string zero("\0\0\0\0", 4);
  for (const auto& text :
       {std::string(),
        std::string("x"),
        std::string("!!!!"),
        std::string("%3D%3D"),
        good + "=",
        good + "A",
        good.substr(1),
        good.substr(0, good.size() - 1),
        " " + good,
        good + "\n",
        base64("1:5."),
        base64("1:5:6"),
        base64("1:5:6.."),
        base64("1:5:."),
        base64("1::5."),
        base64("1:5:6:7."),
        base64("1:5:6x."),
        base64("2:5:6."),
        base64("2:5:6:0."),
        base64("2:5:6:x."),
        base64("2:5:6:99999999999."),
        base64("1: 5:6."),
        base64("1:+5:6."),
        base64("1:99999999999999999999:1."),
        base64("1:" + std::to_string(std::numeric_limits<std::int64_t>::max()) + ":1."),
        base64("1:1:99999999999999999999."),
        base64("1:1;drop table calls."),
        zero,
        good + zero,
        std::string(10'000, 'A')})
    EXPECT_FALSE(decode_cursor(text)) << text;
}

}  // namespace

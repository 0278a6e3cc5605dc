#include "plugins/base/json.h"

#include <gtest/gtest.h>

using centralita::json::Array;
using centralita::json::Object;
using centralita::json::parse;

TEST(Json, MembersOfAnotherTypeAreEmptyAndNotACritical) {
  const auto document = parse(R"({"text": 3, "flag": "yes", "list": {}, "nothing": null})");
  ASSERT_TRUE(document);
  const auto object = document->object();
  EXPECT_FALSE(object.string("text"));
  EXPECT_FALSE(object.boolean("flag"));
  EXPECT_FALSE(object.array("list"));
  EXPECT_FALSE(object.string("nothing"));
  EXPECT_FALSE(object.object("absent"));
  EXPECT_EQ(object.integer("text"), 3);
  EXPECT_EQ(object.number("text"), 3.0);
}

TEST(Json, NumbersSentAsTextAreReadWhereAsked) {
  const auto document = parse(R"({"a": "8000", "b": 8000, "c": "x"})");
  EXPECT_EQ(document->object().number_or_text("a"), 8000);
  EXPECT_EQ(document->object().number_or_text("b"), 8000);
  EXPECT_FALSE(document->object().number_or_text("c"));
}

TEST(Json, WhatIsWrittenReadsBackTheSame) {
  Array list;
  list.add("uno").add("dos \"comillas\" \n \xC3\xB1");
  const auto text = Object()
                        .set("n", 1)
                        .set("x", 0.5)
                        .set("b", true)
                        .set("null", nullptr)
                        .set("list", list)
                        .to_string();
  const auto document = parse(text);
  ASSERT_TRUE(document) << document.error();
  EXPECT_EQ(document->object().integer("n"), 1);
  EXPECT_EQ(document->object().boolean("b"), true);
  EXPECT_EQ(document->object().array("list")->strings().at(1), "dos \"comillas\" \n \xC3\xB1");
}

TEST(Json, BytesThatAreNotUtf8AreReplacedOnWritingAndRefusedOnReading) {
  EXPECT_TRUE(parse(Object().set("t", "a\xFFz").to_string()));
  EXPECT_FALSE(parse("{\"t\": \"a\xFFz\"}"));
}

TEST(Json, ScalarsGarbageAndBombsAreRefusedWithAReason) {
  for (const std::string text : {"", "3", "{", "[1,", "nonsense"}) {
    const auto document = parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_FALSE(document.error().empty());
  }
  EXPECT_FALSE(parse(std::string(1'000'000, '[')));
}

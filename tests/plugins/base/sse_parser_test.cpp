#include "plugins/base/sse_parser.h"

#include <gtest/gtest.h>

using centralita::SseParser;
using Events = std::vector<std::string>;

namespace {

Events parse(SseParser& parser, std::initializer_list<std::string_view> pieces) {
  Events events;
  const auto add = [&](Events more) { events.insert(events.end(), more.begin(), more.end()); };
  for (const auto piece : pieces) add(parser.push(piece));
  add(parser.finish());
  return events;
}

Events parse(std::string_view text) {
  SseParser parser;
  return parse(parser, {text});
}

}  // namespace

TEST(SseParser, EventsAreSeparatedByABlankLine) {
  EXPECT_EQ(parse("data: one\n\ndata: two\n\n"), (Events{"one", "two"}));
}

TEST(SseParser, OneSpaceAfterTheColonIsOptionalAndASecondOneIsData) {
  EXPECT_EQ(parse("data:a\n\ndata: b\n\ndata:  c\n\n"), (Events{"a", "b", " c"}));
}

TEST(SseParser, LinesOfOneEventAreJoined) {
  EXPECT_EQ(parse("data: a\ndata:\ndata: c\n\n"), (Events{"a\n\nc"}));
}

TEST(SseParser, CommentsAndOtherFieldsAreSkipped) {
  EXPECT_EQ(parse(": keep-alive\n\nevent: x\nid: 7\nretry: 10\ndatax: no\ndata: yes\n\n"),
            (Events{"yes"}));
}

TEST(SseParser, AnEventWithoutDataIsNone) {
  EXPECT_EQ(parse("event: ping\n\ndata\n\ndata:\n\n\n\n"), Events{});
}

TEST(SseParser, AByteOrderMarkIsNotPartOfTheFirstLine) {
  EXPECT_EQ(parse("\xEF\xBB\xBF"
                  "data: a\n\n"),
            (Events{"a"}));
}

TEST(SseParser, TheLastEventCountsWithoutItsBlankLineButNotACutLine) {
  EXPECT_EQ(parse("data: [DONE]\n"), (Events{"[DONE]"}));
  EXPECT_EQ(parse("data: {\"half"), Events{});
}

TEST(SseParser, CutAtEveryByteGivesTheSameEventsWithEachLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const std::string text = ": hi" + end + end + "data: á€😀" + end + "data:b" + end + end +
                             "event: x" + end + "data: {\"a\":1}" + end + end + "data: [DONE]" +
                             end + end;
    const Events whole{"á€😀\nb", "{\"a\":1}", "[DONE]"};
    for (std::size_t i = 0; i <= text.size(); ++i)
      for (std::size_t j = i; j <= text.size(); ++j) {
        SseParser parser;
        const std::string_view all = text;
        ASSERT_EQ(parse(parser, {all.substr(0, i), all.substr(i, j - i), all.substr(j)}), whole)
            << "cut at " << i << " and " << j;
      }
  }
}

TEST(SseParser, AnEventLargerThanAllowedOverflowsAndEverythingAfterItIsIgnored) {
  SseParser parser(16);
  EXPECT_EQ(parser.push("data: ok\n\n"), (Events{"ok"}));
  EXPECT_EQ(parser.push("data: 0123456"), Events{});
  EXPECT_FALSE(parser.overflowed());
  EXPECT_EQ(parser.push("789abcdef"), Events{});
  EXPECT_TRUE(parser.overflowed());
  EXPECT_EQ(parser.push("\n\ndata: x\n\n"), Events{});
  EXPECT_EQ(parser.finish(), Events{});
}

TEST(SseParser, ManyShortLinesOfOneEventAreBoundedToo) {
  SseParser parser(100);
  for (int i = 0; i < 200 && !parser.overflowed(); ++i)
    EXPECT_EQ(parser.push("data: x\n"), Events{});
  EXPECT_TRUE(parser.overflowed());
}

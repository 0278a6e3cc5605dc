#include "plugins/azure/ssml.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::string_literals;

namespace {

// What stands between the leading silence and the end of the voice.
std::string inside(const std::string& document) {
  const auto begin = document.find("value=\"0ms\"/>") + 13;
  return document.substr(begin, document.find("</voice>") - begin);
}

}  // namespace

TEST(Ssml, APlainVoiceSaysNothingButTheText) {
  EXPECT_EQ(ssml({}, "Hola."),
            "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\" "
            "xmlns:mstts=\"https://www.w3.org/2001/mstts\" xml:lang=\"es-MX\">"
            "<voice name=\"es-MX-DaliaNeural\">"
            "<mstts:silence type=\"Leading-exact\" value=\"0ms\"/>Hola.</voice></speak>");
}

TEST(Ssml, ExpressAsStandsOutsideProsody) {
  EXPECT_EQ(inside(ssml(
                {.rate = 1.25, .pitch = -2, .volume = 90, .style = "cheerful", .style_degree = 1.5},
                "Hola")),
            "<mstts:express-as style=\"cheerful\" styledegree=\"1.5\">"
            "<prosody rate=\"1.25\" pitch=\"-2st\" volume=\"90\">Hola</prosody>"
            "</mstts:express-as>");
}

TEST(Ssml, OnlyWhatDiffersFromTheVoiceIsSaid) {
  EXPECT_EQ(inside(ssml({.pitch = 3}, "a")), "<prosody pitch=\"+3st\">a</prosody>");
  EXPECT_EQ(inside(ssml({.volume = 0}, "a")), "<prosody volume=\"0\">a</prosody>");
  EXPECT_EQ(inside(ssml({.style = "sad"}, "a")),
            "<mstts:express-as style=\"sad\">a</mstts:express-as>");
}

TEST(Ssml, MarkupInTheTextIsSpokenAndNotObeyed) {
  EXPECT_EQ(inside(ssml({}, "</voice><audio src='x'/> & \"q\"")),
            "&lt;/voice&gt;&lt;audio src=&apos;x&apos;/&gt; &amp; &quot;q&quot;");
}

TEST(Ssml, AttributesCannotBeLeft) {
  const auto document = ssml({.name = "a\"><x y=\"", .language = "es\" z=\"", .style = "<"}, "");
  EXPECT_NE(document.find("name=\"a&quot;&gt;&lt;x y=&quot;\""), std::string::npos);
  EXPECT_NE(document.find("xml:lang=\"es&quot; z=&quot;\""), std::string::npos);
  EXPECT_NE(document.find("style=\"&lt;\""), std::string::npos);
}

TEST(Ssml, CharactersThatXmlDoesNotAllowAreLeftOut) {
  EXPECT_EQ(xml_escaped("a\0\x01\x08\x0B\x0C\x1F\uFFFE\uFFFF"s
                        "b\t\n\r\x7F"s),
            "ab\t\n\r\x7F");
}

TEST(Ssml, WhatIsNotUtf8IsRepaired) {
  EXPECT_EQ(xml_escaped("se\xF1or"), "se\uFFFDor");
  EXPECT_EQ(xml_escaped("\xED\xA0\x80").find("\xED\xA0"), std::string::npos);  // a lone surrogate
  EXPECT_EQ(xml_escaped("señor 😀"), "señor 😀");
}

TEST(Speakable, IsMoreThanSpacesAndPunctuation) {
  for (const char* text : {"Hola", "7", "¿Qué?", "€", "50 %", "你好", "&"})
    EXPECT_TRUE(speakable(text)) << text;
  for (const char* text : {"", " ", "\n\t", "...", "¡!", "«»", "—", "\x01", "\xFF"})
    EXPECT_FALSE(speakable(text)) << text;
}

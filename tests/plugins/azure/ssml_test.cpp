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

namespace {

// What a document says, by GLib's own parser: every element must be one that we write.
struct Parsed {
  std::vector<std::string> elements;
  std::string text;
  bool well_formed = false;
};

Parsed parsed(const std::string& document) {
  Parsed all;
  const GMarkupParser parser{
      .start_element = [](GMarkupParseContext*, const char* name, const char**, const char**,
                          gpointer data,
                          GError**) { static_cast<Parsed*>(data)->elements.emplace_back(name); },
      .text = [](GMarkupParseContext*, const char* text, gsize size, gpointer data,
                 GError**) { static_cast<Parsed*>(data)->text.append(text, size); }};
  const std::unique_ptr<GMarkupParseContext, FreeWith<g_markup_parse_context_free>> context(
      g_markup_parse_context_new(&parser, static_cast<GMarkupParseFlags>(0), &all, nullptr));
  all.well_formed = g_markup_parse_context_parse(context.get(), document.data(),
                                                 static_cast<gssize>(document.size()), nullptr) &&
                    g_markup_parse_context_end_parse(context.get(), nullptr);
  return all;
}

// Random text of everything that has ever broken a document.
std::string mischief(GRand* random) {
  static const std::string pieces[] = {"<",
                                       ">",
                                       "&",
                                       "\"",
                                       "'",
                                       "</voice>",
                                       "]]>",
                                       "<!--",
                                       "<![CDATA[",
                                       "&#0;",
                                       "&amp;",
                                       "<?x?>",
                                       "a",
                                       "ñ",
                                       "😀",
                                       "\uFFFE",
                                       "\uFFFF",
                                       "\u0085",
                                       "\u2028",
                                       "\xED\xA0\x80",
                                       "\xED\xBF\xBF",
                                       "\xFF",
                                       "\xC0\xAF",
                                       "\xF4\x90\x80\x80",
                                       "\xE2\x82",
                                       "xml:lang=\"",
                                       "\r\n",
                                       "\x7F",
                                       "\u202E",
                                       "\U0010FFFF"};
  std::string text;
  for (int n = g_rand_int_range(random, 0, 24); n > 0; --n) {
    const int kind = g_rand_int_range(random, 0, 4);
    if (kind == 0) {
      text += static_cast<char>(g_rand_int_range(random, 0, 256));
    } else if (kind == 1) {
      char utf8[6];
      const auto c = static_cast<gunichar>(g_rand_int_range(random, 0, 0x110000));
      text.append(utf8, static_cast<std::size_t>(g_unichar_to_utf8(c, utf8)));
    } else {
      text += pieces[g_rand_int_range(random, 0, static_cast<int>(std::size(pieces)))];
    }
  }
  return text;
}

}  // namespace

TEST(Ssml, WhateverIsSaidTheDocumentIsWellFormedAndHasOnlyOurElements) {
  const std::unique_ptr<GRand, FreeWith<g_rand_free>> random(g_rand_new_with_seed(7));
  for (int i = 0; i < 5000; ++i) {
    const Voice voice{.name = mischief(random.get()),
                      .language = mischief(random.get()),
                      .rate = 1.5,
                      .style = "s" + mischief(random.get())};
    const std::vector<SpokenPiece> pieces = {{.text = mischief(random.get())},
                                             {"b", "x" + mischief(random.get()), ""},
                                             {"c", "", "y" + mischief(random.get())}};
    const auto document = ssml(voice, pieces);
    const auto all = parsed(document);
    ASSERT_TRUE(all.well_formed) << document;
    ASSERT_EQ(all.elements,
              (std::vector<std::string>{"speak", "voice", "mstts:silence", "mstts:express-as",
                                        "prosody", "sub", "phoneme"}))
        << document;
    // What XML 1.0 does not allow is nowhere in it, escaped or not.
    for (const char* p = document.c_str(); *p; p = g_utf8_next_char(p)) {
      const auto c = g_utf8_get_char_validated(p, -1);
      ASSERT_TRUE(c == 9 || c == 10 || c == 13 || (c >= 0x20 && c < 0xD800) ||
                  (c >= 0xE000 && c <= 0x10FFFF && c != 0xFFFE && c != 0xFFFF))
          << std::hex << c;
    }
    ASSERT_EQ(document.find("&#"), std::string::npos);
  }
}

#include "plugins/azure/dictionary.h"

#include "plugins/azure/synthesis.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

std::shared_ptr<const Dictionary> dictionary(std::string_view json) {
  auto parsed = Dictionary::parse(json);
  EXPECT_TRUE(parsed) << json;
  return parsed ? *parsed : nullptr;
}

// "[word=alias]", "[word~ipa]"
std::string pieces(std::string_view json, std::string_view text) {
  std::string all;
  for (const auto& piece : dictionary(json)->split(text))
    all += !piece.alias.empty() ? "[" + piece.text + "=" + piece.alias + "]"
           : !piece.ipa.empty() ? "[" + piece.text + "~" + piece.ipa + "]"
                                : piece.text;
  return all;
}

// The text of the SSML, with the markup of its content.
std::string sent(const SynthesisSettings& settings, std::string_view text) {
  const auto document = spoken_ssml(settings, text);
  const auto begin = document.find("value=\"0ms\"/>") + 13;
  return document.substr(begin, document.find("</voice>") - begin);
}

}  // namespace

TEST(Dictionary, WholeWordsInAnyCaseAndAsTheyAreWritten) {
  EXPECT_EQ(pieces(R"({"iva":"i va"})", "El IVA, el iva y la ivana; Iva."),
            "El [IVA=i va], el [iva=i va] y la ivana; [Iva=i va].");
  EXPECT_EQ(pieces(R"({"ñandú":"x"})", "ÑANDÚ ñandúes"), "[ÑANDÚ=x] ñandúes");
}

TEST(Dictionary, TheLongerEntryCounts) {
  EXPECT_EQ(pieces(R"({"banco":"a","Banco Norte":"b","Norte":"c"})", "Banco Norte, Banco, Norte"),
            "[Banco Norte=b], [Banco=a], [Norte=c]");
}

TEST(Dictionary, SoundsAreIpa) {
  EXPECT_EQ(pieces(R"({"a":"/ˈa/","b":{"ipa":"be"},"c":{"alias":"ce"}})", "a b c"),
            "[a~ˈa] [b~be] [c=ce]");
}

TEST(Dictionary, WordsWithSignsAreWords) {
  EXPECT_EQ(pieces(R"x({"C++":"ce más más",".NET":"dot net","a(b":"x"})x", "C++ y .NET y a(b"),
            "[C++=ce más más] y [.NET=dot net] y [a(b=x]");
}

TEST(Dictionary, WithoutWordsTheTextIsOnePiece) {
  for (const char* json : {"", "  \n", "{}"}) EXPECT_EQ(pieces(json, "Hola."), "Hola.");
  EXPECT_TRUE(dictionary("{}")->split("").empty());
}

TEST(Dictionary, WhatIsNotValidIsSaid) {
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "JSON"},
      {"[]", "object"},
      {R"({"":"a"})", "empty"},
      {R"({"a":""})", "\"a\""},
      {R"({"a":7})", "\"a\""},
      {R"({"a":{}})", "\"a\""},
      {R"({"a":{"alias":"x","ipa":"y"}})", "\"a\""}};
  for (const auto& [json, what] : wrong) {
    const auto parsed = Dictionary::parse(json);
    ASSERT_FALSE(parsed) << json;
    EXPECT_NE(parsed.error().find(what), std::string::npos) << parsed.error();
  }
}

TEST(SpokenText, TheDictionarysWordsAreMarkedUpAndTheRestIsInWords) {
  SynthesisSettings settings;
  settings.dictionary = dictionary(R"({"Plan 24":"plan veinticuatro horas","Xalapa":"/xaˈlapa/"})");
  EXPECT_EQ(sent(settings, "El Plan 24 cuesta $21 en Xalapa & más"),
            "El <sub alias=\"plan veinticuatro horas\">Plan 24</sub> cuesta veintiún pesos en "
            "<phoneme alphabet=\"ipa\" ph=\"xaˈlapa\">Xalapa</phoneme> y más");
  settings.normalise = false;
  EXPECT_EQ(sent(settings, "$21"), "$21");
}

TEST(SpokenText, ADictionaryCannotLeaveItsAttribute) {
  SynthesisSettings settings;
  settings.dictionary = dictionary(R"({"a":"\"/><break time='9s'/>","b":{"ipa":"\"><x>"}})");
  EXPECT_EQ(sent(settings, "a b"),
            "<sub alias=\"&quot;/&gt;&lt;break time=&apos;9s&apos;/&gt;\">a</sub> "
            "<phoneme alphabet=\"ipa\" ph=\"&quot;&gt;&lt;x&gt;\">b</phoneme>");
}

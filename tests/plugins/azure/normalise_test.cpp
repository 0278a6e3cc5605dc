#include "plugins/azure/normalise/normalise.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

using namespace centralita;

namespace {

struct Row {
  std::string place, tag, text, spoken;
};

std::vector<Row> rows(const std::string& file) {
  const auto path =
      std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/tests/plugins/azure/normalise/" + file;
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::vector<Row> rows;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.starts_with('#'))
      continue;
    std::istringstream fields(line);
    Row row{.place = file + ":" + std::to_string(number)};
    std::getline(fields, row.tag, '\t');
    std::getline(fields, row.text, '\t');
    std::getline(fields, row.spoken, '\t');
    rows.push_back(row);
  }
  return rows;
}

std::string said(std::string_view tag, std::string_view text) {
  return (*Normaliser::of(tag))(text);
}

class GoldenTable : public ::testing::TestWithParam<const char*> {};

}  // namespace

TEST_P(GoldenTable, EveryRowIsSaidAsWritten) {
  const auto table = rows(GetParam());
  EXPECT_GE(table.size(), 120u);
  for (const auto& row : table) EXPECT_EQ(said(row.tag, row.text), row.spoken) << row.place;
}

TEST_P(GoldenTable, WhatIsSaidIsNotChangedOnceMore) {
  for (const auto& row : rows(GetParam()))
    EXPECT_EQ(said(row.tag, row.spoken), row.spoken) << row.place;
}

TEST_P(GoldenTable, EveryRowIsSaidTheSameInTheMiddleOfASentence) {
  for (const auto& row : rows(GetParam())) {
    if (row.text.ends_with('.') || row.text.ends_with('!') || row.text.starts_with('-'))
      continue;  // its stop is the sentence's; a sign at the start has no blank before it
    EXPECT_EQ(said(row.tag, "(" + row.text + ")"), "(" + row.spoken + ")") << row.place;
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, GoldenTable, ::testing::Values("es.tsv", "en.tsv"),
                         [](const auto& info) { return std::string(info.param, 2); });

TEST(Normaliser, OrdinaryTextStaysByteForByte) {
  const char* texts[] = {"Buenos días, habla con Laura. ¿En qué le puedo ayudar?",
                         "Claro que sí; un momento, por favor…",
                         "«No», dijo ella —y colgó—. ¡Qué cosa!",
                         "El señor López y la señora Ruiz no están.",
                         "IVXLC no es nada, ni la X ni el V.",
                         "Well, I can't say that I'm sure. Are you?",
                         "Let me check: yes, it's (almost) ready!",
                         "A/B, sí/no, and/or",
                         "😀 café ñandú über 你好",
                         "..., ;:¿?¡!\"'()[]{}",
                         "C++ and C# and .NET",
                         "x@ y @z @",
                         "a.b.c.d.e",
                         "--- -- - – —"};
  for (const char* tag : {"es-MX", "es-ES", "en-US", "en-GB"})
    for (const char* text : texts) {
      if (std::string_view(text).starts_with("A/B") && std::string_view(tag).starts_with("es"))
        continue;
      EXPECT_EQ(said(tag, text), text) << tag;
    }
}

TEST(Normaliser, LettersOutsideOfWhatIsClaimedAreNeverLost) {
  // Words between things that are said otherwise come out whole, and in order.
  const auto spoken =
      said("es-MX", "alfa $5 beta 24/11/2026 gamma 3 km delta 10% épsilon www.a.com zeta");
  std::size_t at = 0;
  for (const char* word : {"alfa ", " beta ", " gamma ", " delta ", " épsilon ", " zeta"}) {
    at = spoken.find(word, at);
    ASSERT_NE(at, std::string::npos) << word << " in " << spoken;
  }
}

TEST(Normaliser, ALanguageThatItDoesNotKnowIsLeftAlone) {
  for (const char* tag : {"", "fr-FR", "pt-BR", "zh", "x", "-"})
    EXPECT_EQ(said(tag, "$1,250.50 24/11/2026"), "$1,250.50 24/11/2026") << tag;
}

TEST(Normaliser, ATagWithoutRegionIsSpainsOrTheUnitedStates) {
  EXPECT_EQ(said("es", "1,5 %"), "uno coma cinco por ciento");
  EXPECT_EQ(said("EN", "11/24/2026"), "November twenty-fourth, twenty twenty-six");
  EXPECT_EQ(said("es-419", "$21"), "veintiún pesos");
  EXPECT_EQ(said("es_mx", "$21"), "veintiún pesos");
}

TEST(Normaliser, NumbersTooLargeForWordsAreReadDigitByDigit) {
  EXPECT_EQ(
      said("en-US", "9" + std::string(20, '0')), "nine" + [] {
        std::string zeros;
        for (int i = 0; i < 20; ++i) zeros += " zero";
        return zeros;
      }());
  EXPECT_EQ(said("es-MX", "999,999,999,999,999").substr(0, 36),
            "novecientos noventa y nueve billones");
}

TEST(Normaliser, AnyBytesGiveUtf8AndEnd) {
  GRand* random = g_rand_new_with_seed(20261124);
  const std::string_view pieces[] = {"$",
                                     "1",
                                     "23",
                                     ".",
                                     ",",
                                     "/",
                                     ":",
                                     "-",
                                     " ",
                                     "%",
                                     "@",
                                     "€",
                                     "km",
                                     "com",
                                     "www.",
                                     "p. m.",
                                     "nov",
                                     "Sr.",
                                     "\xff",
                                     "\xed\xa0\x80",
                                     "\xc3",
                                     "ñ",
                                     "º",
                                     "+52",
                                     "(",
                                     ")",
                                     "IV",
                                     "x",
                                     "\n",
                                     "😀",
                                     std::string_view("\0", 1)};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    const int size = g_rand_int_range(random, 1, 30);
    for (int j = 0; j < size; ++j)
      text += pieces[g_rand_int_range(random, 0, static_cast<int>(std::size(pieces)))];
    for (const char* tag : {"es-MX", "en-GB"}) {
      const auto spoken = said(tag, text);
      if (g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) {
        EXPECT_TRUE(g_utf8_validate(spoken.data(), static_cast<gssize>(spoken.size()), nullptr))
            << text;
      }
    }
  }
  g_rand_free(random);
}

TEST(Normaliser, ALongTextOfNumbersTakesNoTimeToSpeakOf) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += std::to_string(i * 7919) + (i % 3 ? " " : ".");
  const auto begin = g_get_monotonic_time();
  (void)said("es-MX", text);
  (void)said("es-MX", std::string(20000, '1'));
  (void)said("es-MX", std::string(20000, '.'));
  (void)said("en-US", std::string(5000, 'a') + "@");
  EXPECT_LT(g_get_monotonic_time() - begin, 5'000'000);
}

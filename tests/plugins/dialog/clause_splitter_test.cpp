#include "plugins/dialog/clause_splitter.h"

#include "plugins/dialog/utf8.h"
#include "tests/plugins/dialog/clause_golden.h"

#include <gtest/gtest.h>

#include <numeric>
#include <ostream>
#include <random>

using namespace centralita;
using Clauses = std::vector<std::string>;

namespace {

struct Golden {
  const char* why;
  const char* text;
  Clauses clauses;  // without the white space around them
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.why; }

const Golden kGolden[] = {
    {"sentences",
     "Hola. ¿Cómo está? ¡Qué bien! Adiós.",
     {"Hola.", "¿Cómo está?", "¡Qué bien!", "Adiós."}},
    {"early_first_comma",
     "Claro que sí, con mucho gusto le ayudo.",
     {"Claro que sí,", "con mucho gusto le ayudo."}},
    {"too_few_words_before_the_comma", "Hola, buenos días.", {"Hola, buenos días."}},
    {"later_commas_need_more_words",
     "Muy bien. Uno, dos, tres, cuatro cinco seis siete, ocho.",
     {"Muy bien.", "Uno, dos, tres, cuatro cinco seis siete,", "ocho."}},
    {"semicolon_and_colon",
     "Le leo su cita: lunes a las tres; no falte.",
     {"Le leo su cita:", "lunes a las tres; no falte."}},
    {"decimal_point", "Son 3.14 pesos. Gracias.", {"Son 3.14 pesos.", "Gracias."}},
    {"thousands",
     "El total es 1,250.50 pesos, ya con IVA.",
     {"El total es 1,250.50 pesos,", "ya con IVA."}},
    {"time", "Nos vemos a las 10:30 en punto. Bien.", {"Nos vemos a las 10:30 en punto.", "Bien."}},
    {"number_ends_a_sentence", "La opción es la 5. Márquela.", {"La opción es la 5.", "Márquela."}},
    {"titles_es",
     "El Sr. Pérez y la Sra. Ruiz. El Dr. Gil y la Dra. Sanz. Y Ud. Ana.",
     {"El Sr. Pérez y la Sra. Ruiz.", "El Dr. Gil y la Dra. Sanz.", "Y Ud. Ana."}},
    {"titles_en",
     "Mr. Smith and Mrs. Jones met Dr. Who. Fine.",
     {"Mr. Smith and Mrs. Jones met Dr. Who.", "Fine."}},
    {"etc_goes_on_or_ends",
     "Pan, leche, etc. y queso. Pan, leche, etc. Eso es todo.",
     {"Pan, leche, etc. y queso.", "Pan, leche, etc.", "Eso es todo."}},
    {"for_example",
     "Un color, p. ej. Rojo. Otro, p.ej. Azul. Also e.g. Green, i.e. Verde.",
     {"Un color, p. ej. Rojo.", "Otro, p.ej. Azul.", "Also e.g. Green, i.e. Verde."}},
    {"united_states",
     "Vive en EE. UU. desde ayer. The U.S. Army. Fin.",
     {"Vive en EE. UU. desde ayer.", "The U.S. Army.", "Fin."}},
    {"am_and_pm",
     "Abre a las 9 a.m. y cierra a las 5 p.m. Le esperamos.",
     {"Abre a las 9 a.m. y cierra a las 5 p.m.", "Le esperamos."}},
    {"company",
     "Es de Acme S.A. de C.V. desde siempre. Sí.",
     {"Es de Acme S.A. de C.V. desde siempre.", "Sí."}},
    {"initials", "George W. Bush y J. K. Rowling. Ya.", {"George W. Bush y J. K. Rowling.", "Ya."}},
    {"no_is_an_answer_and_a_number",
     "No. Vive en el núm. 5 o el No. 6. Adiós.",
     {"No.", "Vive en el núm. 5 o el No. 6.", "Adiós."}},
    {"months_before_days",
     "Fue en sep. 5 o en oct. 6. Nada más que el mar. Adiós.",
     {"Fue en sep. 5 o en oct. 6.", "Nada más que el mar.", "Adiós."}},
    {"unknown_abbreviation",
     "Son aprox. veinte y mín. diez. Mide dos mts. de alto. Ya.",
     {"Son aprox. veinte y mín. diez.", "Mide dos mts. de alto.", "Ya."}},
    {"email",
     "Escriba a ana.ruiz@ejemplo.com.mx. Le contesto.",
     {"Escriba a ana.ruiz@ejemplo.com.mx.", "Le contesto."}},
    {"url",
     "Visite https://ejemplo.com/a?b=c,d;e:f.html para más. Bien.",
     {"Visite https://ejemplo.com/a?b=c,d;e:f.html para más.", "Bien."}},
    {"domain_at_the_end",
     "Está en www.ejemplo.com. Búsquelo.",
     {"Está en www.ejemplo.com.", "Búsquelo."}},
    {"ellipsis_goes_on",
     "Déjeme ver... aquí está. Pues… no. Bueno... Sigamos.",
     {"Déjeme ver... aquí está.", "Pues… no.", "Bueno...", "Sigamos."}},
    {"questions_stay_whole",
     "¿Lunes, martes o miércoles, por la mañana, dice Ud. entonces? ¿Sí?",
     {"¿Lunes, martes o miércoles, por la mañana, dice Ud. entonces?", "¿Sí?"}},
    {"exclaimed_questions",
     "¿¡Qué, cómo y cuándo!? ¡¿No, no y no?! Vale.",
     {"¿¡Qué, cómo y cuándo!?", "¡¿No, no y no?!", "Vale."}},
    {"no_blank_before_a_question", "Listo.¿Algo más?¡Adiós!", {"Listo.", "¿Algo más?", "¡Adiós!"}},
    {"quotes",
     "Dijo «Hola. Soy yo, Ana, la de ayer.» y colgó. \"Bueno. Sí.\" Eso dijo. “Ya. No.” Fin.",
     {"Dijo «Hola. Soy yo, Ana, la de ayer.» y colgó.", "\"Bueno. Sí.\"", "Eso dijo.", "“Ya. No.”",
      "Fin."}},
    {"parentheses",
     "Venga (si puede. Si no, llame, por favor) mañana. Ya.",
     {"Venga (si puede. Si no, llame, por favor) mañana.", "Ya."}},
    {"list_markers",
     "Hay tres:\n1. Ventas.\n2. Soporte.\n3. Otra.",
     {"Hay tres:", "1. Ventas.", "2. Soporte.", "3. Otra."}},
    {"list_in_a_line", "Elija: 1. Ventas. 2. Soporte.", {"Elija: 1. Ventas.", "2. Soporte."}},
    {"a_marker_alone_on_its_line", "1.\nVentas", {"1.\nVentas"}},
    {"lines_without_stops", "leche\npan\n\nqueso", {"leche", "pan", "queso"}},
    {"english",
     "Sure, I can help. What's your name? It's 5 p.m. now, isn't it?",
     {"Sure, I can help.", "What's your name?", "It's 5 p.m. now, isn't it?"}},
    {"quoted_comma",
     "\"That is fine,\" she said. Bye.",
     {"\"That is fine,\"", "she said.", "Bye."}},
    {"nothing_to_say", "... — !", {"... — !"}},
    {"dots_before_words", "... pues bien. Ya", {"... pues bien.", "Ya"}},
};

Clauses split(const std::vector<std::string_view>& tokens) {
  ClauseSplitter splitter;
  Clauses clauses;
  for (const auto token : tokens)
    for (auto& clause : splitter.push(token)) clauses.push_back(clause);
  for (auto& clause : splitter.finish()) clauses.push_back(clause);
  return clauses;
}

std::string joined(const Clauses& clauses) {
  return std::accumulate(clauses.begin(), clauses.end(), std::string());
}

std::vector<std::string_view> cut_at_random(std::string_view text, std::mt19937& random) {
  std::vector<std::string_view> tokens;
  while (!text.empty()) {
    const auto size = std::min<std::size_t>(1 + random() % 9, text.size());
    tokens.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return tokens;
}

struct ClauseSplitterGolden : ::testing::TestWithParam<Golden> {};

}  // namespace

TEST_P(ClauseSplitterGolden, Splits) {
  Clauses clauses;
  for (const auto& clause : split({GetParam().text})) clauses.emplace_back(trimmed(clause));
  EXPECT_EQ(clauses, GetParam().clauses);
}

TEST_P(ClauseSplitterGolden, TheClausesTogetherAreTheText) {
  EXPECT_EQ(joined(split({GetParam().text})), GetParam().text);
}

TEST_P(ClauseSplitterGolden, WhereTheTokensAreCutMakesNoDifference) {
  const std::string_view text = GetParam().text;
  const auto whole = split({text});
  for (std::size_t i = 0; i <= text.size(); ++i)
    ASSERT_EQ(split({text.substr(0, i), text.substr(i)}), whole) << "cut at " << i;
}

INSTANTIATE_TEST_SUITE_P(Texts, ClauseSplitterGolden, ::testing::ValuesIn(kGolden),
                         [](const auto& info) { return std::string(info.param.why); });

namespace centralita::testing {
void PrintTo(const ClauseGolden& golden, std::ostream* out) { *out << golden.text; }
}  // namespace centralita::testing

namespace {
struct ClauseSplitterInLanguage : ::testing::TestWithParam<centralita::testing::ClauseGolden> {};
}  // namespace

TEST_P(ClauseSplitterInLanguage, PausesWhereAReaderWould) {
  Clauses clauses;
  for (const auto& clause : split({GetParam().text})) clauses.emplace_back(trimmed(clause));
  EXPECT_EQ(clauses, GetParam().clauses);
}

TEST_P(ClauseSplitterInLanguage, CutAnywhereTheClausesAreTheSame) {
  const std::string_view text = GetParam().text;
  const auto whole = split({text});
  EXPECT_EQ(joined(whole), text);
  for (std::size_t i = 0; i <= text.size(); ++i)
    for (std::size_t j = i; j <= text.size(); j += 3)
      ASSERT_EQ(split({text.substr(0, i), text.substr(i, j - i), text.substr(j)}), whole)
          << "cut at " << i << " and " << j;
}

TEST_P(ClauseSplitterInLanguage, ByteByByteTheClausesAreTheSame) {
  const std::string_view text = GetParam().text;
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  EXPECT_EQ(split(bytes), split({text}));
}

INSTANTIATE_TEST_SUITE_P(Spanish, ClauseSplitterInLanguage,
                         ::testing::ValuesIn(centralita::testing::kSpanishClauses));
INSTANTIATE_TEST_SUITE_P(English, ClauseSplitterInLanguage,
                         ::testing::ValuesIn(centralita::testing::kEnglishClauses));

TEST(ClauseSplitter, RandomTextsInRandomTokensLoseNothingAndSplitTheSame) {
  constexpr const char* kPieces[] = {
      "hola",   "Sr.",      "3.14",       "1,250.50", "10:30", " ",
      " ",      " ",        " ",          "\n",       ". ",    ", ",
      "; ",     ": ",       "... ",       "… ",       "? ",    "! ",
      "¿",      "¡",        "(",          ") ",       "«",     "» ",
      "\"",     "EE. UU. ", "ana@b.com ", "1. ",      "Ñu",    "\xF0\x9F\x98\x80",
      "\xFF",   "a.m. ",    "No. ",       "\xC3",     "\r\n",  "etc. ",
      "Luego ", "U.S. ",    "He ",        "b) ",      "Ud. ",  "30 s. ",
      ", e",    ", etc. ",  "p. m. ",     ":( ",      "5\" ",  "'. ",
      "e.g., "};
  std::mt19937 random(20260101);
  for (int round = 0; round < 1500; ++round) {
    std::string text;
    for (auto n = random() % 60; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    const auto whole = split({text});
    ASSERT_EQ(joined(whole), text);
    ASSERT_EQ(split(cut_at_random(text, random)), whole) << text;
  }
}

TEST(ClauseSplitter, AClauseLeavesAsSoonAsTheNextWordBegins) {
  ClauseSplitter splitter;
  EXPECT_EQ(splitter.push("Muy bien."), Clauses{});
  EXPECT_EQ(splitter.push(" "), Clauses{});
  EXPECT_EQ(splitter.push("L"), Clauses{"Muy bien."});
}

TEST(ClauseSplitter, AQuestionLeavesWithTheBlankBehindIt) {
  ClauseSplitter splitter;
  EXPECT_EQ(splitter.push("¿Sí?"), Clauses{});
  EXPECT_EQ(splitter.push(" "), Clauses{"¿Sí?"});
}

TEST(ClauseSplitter, APairThatIsNeverClosedDoesNotHoldTheTextForEver) {
  std::string text = "¿Qué tal";
  for (int i = 0; i < 200; ++i) text += ", y otra cosa. Luego";
  const auto clauses = split({text});
  EXPECT_EQ(joined(clauses), text);
  for (const auto& clause : clauses) EXPECT_LE(clause.size(), 440u);
  EXPECT_TRUE(clauses.front().ends_with('.'));
}

TEST(ClauseSplitter, WordsWithoutPunctuationAreCutBetweenTwoWords) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "palabra ";
  const auto clauses = split({text});
  EXPECT_EQ(joined(clauses), text);
  EXPECT_GT(clauses.size(), 4u);
  for (const auto& clause : clauses) EXPECT_EQ(trimmed(clause).size() % 8, 7u) << clause;
}

TEST(ClauseSplitter, IsAsNewAfterTheEnd) {
  ClauseSplitter splitter;
  EXPECT_EQ(splitter.push("Uno dos tres, y"), Clauses{"Uno dos tres,"});
  EXPECT_EQ(splitter.finish(), Clauses{" y"});
  EXPECT_EQ(splitter.push("Uno dos tres, y"), Clauses{"Uno dos tres,"});
}

TEST(ClauseSplitter, AClauseLeavesAtTheCommaWithTheNextLetter) {
  ClauseSplitter splitter;
  EXPECT_EQ(splitter.push("Uno dos tres,"), Clauses{});
  EXPECT_EQ(splitter.push(" l"), Clauses{"Uno dos tres,"});
}

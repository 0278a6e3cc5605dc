#include "plugins/dialog/speech_text.h"

#include <gtest/gtest.h>

#include <ostream>
#include <random>
#include <vector>

using namespace centralita;

namespace {

struct Golden {
  const char* why;
  const char* text;
  const char* speech;
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.why; }

const Golden kGolden[] = {
    {"plain", "Hola, ¿cómo está? Son $1,250.50 (IVA incluido).",
     "Hola, ¿cómo está? Son $1,250.50 (IVA incluido)."},
    {"thoughts", "<think>El caller quiere\n\nalgo < 3.</think>\n\nClaro.", "Claro."},
    {"thoughts_in_capitals", "Sí.<THINK>no</Think> Ya.", "Sí. Ya."},
    {"thoughts_without_end", "Sí. <think>y nunca acaba", "Sí."},
    {"stray_end_of_thoughts", "</think>Hola", "Hola"},
    {"bold_and_italics", "**Muy** *bien*, __ya__ _está_ ***todo***.", "Muy bien, ya está todo."},
    {"emphasis_after_an_opening_mark", "¿_Ahora_? ¡**Sí**!", "¿Ahora? ¡Sí!"},
    {"products_stay", "3 * 4 y 2*3", "3 * 4 y 2*3"},
    {"snake_case_stays", "mi_correo_1@x.com", "mi_correo_1@x.com"},
    {"telephone_keys", "Marque *72 o **5 pesos**, *no*", "Marque *72 o 5 pesos, no"},
    {"struck", "~~no~~ sí, ~5", "no sí, ~5"},
    {"headings", "# Uno\n### Dos\n#3 y #4", "Uno\nDos\n#3 y #4"},
    {"bullets", "- leche\n* pan\n+ sal\n• té\n  - sopa\n-5 grados",
     "leche\npan\nsal\nté\nsopa\n-5 grados"},
    {"numbers_stay", "1. Uno\n2. Dos", "1. Uno\n2. Dos"},
    {"quotation", "> Hola\n> > ya", "Hola\nya"},
    {"rules", "Uno\n---\nDos\n***\nTres", "Uno\nDos\nTres"},
    {"table", "| Plan | Pago |\n|---|---|\n| A | 5 |", "Plan Pago\nA 5"},
    {"inline_code", "Marque `*5` ya", "Marque *5 ya"},
    {"code_block", "Mire:\n```python\nprint('x')\n```\nListo.", "Mire:\nListo."},
    {"code_block_without_end", "Mire:\n```js\nlet a", "Mire:\n"},
    {"fenced_answer", "```\nHola, soy Ana.\n```\nYa.", "Hola, soy Ana.\nYa."},
    {"fence_in_a_line", "```Hola, soy Ana.``` Ya.", "Hola, soy Ana.\nYa."},
    {"link", "Vea [la **página**](https://a.com/x_(1)) hoy", "Vea la página) hoy"},
    {"image", "![Un gato](http://a/g.png) ¡Sí! ", "Un gato ¡Sí!"},
    {"brackets_stay", "[nota] y [otra] (sí)", "[nota] y [otra] (sí)"},
    {"footnotes", "Sí[^1] claro【4†fuente】.", "Sí claro."},
    {"urls", "En https://www.a.com/b o http://c.mx, y hola http",
     "En www.a.com/b o c.mx, y hola http"},
    {"autolinks", "<https://a.com> o <ana@b.com>", "a.com o ana@b.com"},
    {"html", "Uno<br/>dos <b>tres</b> <i class=\"x\">cuatro</i>", "Uno\ndos tres cuatro"},
    {"less_than_stays", "a < b, 3 <5, x <y z> w", "a < b, 3 <5, x <y z> w"},
    {"control_tokens", "<|start|>Hola<|end|>", "Hola"},
    {"emoji", "Hola 😀! Bien 👍🏽 sí ❤️ 1️⃣ 🇲🇽.", "Hola! Bien sí 1."},
    {"escapes", "5\\*3 \\# a\\b",
     "5*3 # a"
     "b"},
    {"blanks", "a  b\u00a0 c \n\n\n d ", "a b c\nd"},
    {"windows_lines", "a\r\nb", "a\nb"},
    {"half_a_character", "a\xC3", "a"},
};

std::string filter(const std::vector<std::string_view>& tokens) {
  SpeechText speech;
  std::string out;
  for (const auto token : tokens) out += speech.push(token);
  return out + speech.finish();
}

struct SpeechTextGolden : ::testing::TestWithParam<Golden> {};

}  // namespace

TEST_P(SpeechTextGolden, LeavesWhatCanBeSaid) {
  EXPECT_EQ(filter({GetParam().text}), GetParam().speech);
}

TEST_P(SpeechTextGolden, CutAtEveryByteIsTheSame) {
  const std::string_view text = GetParam().text;
  for (std::size_t i = 0; i <= text.size(); ++i)
    for (std::size_t j = i; j <= text.size(); ++j)
      ASSERT_EQ(filter({text.substr(0, i), text.substr(i, j - i), text.substr(j)}),
                GetParam().speech)
          << "cut at " << i << " and " << j;
}

INSTANTIATE_TEST_SUITE_P(Texts, SpeechTextGolden, ::testing::ValuesIn(kGolden),
                         [](const auto& info) { return std::string(info.param.why); });

TEST(SpeechText, RandomTextsInRandomTokensComeOutTheSame) {
  constexpr const char* kPieces[] = {
      "hola",    " ",  " ",       "\n",       "*",        "**", "_",  "`",     "```",
      "```py\n", "<",  "<think>", "</think>", ">",        "[",  "](", ")",     "!",
      "#",       "- ", "---",     "|",        "https://", "ht", "😀",  "á",     "\xC3",
      "【",      "】", "\\",      "<b>",      "5",        "~~", "¿",  "<a@b>", "\r\n"};
  std::mt19937 random(20260102);
  for (int round = 0; round < 1500; ++round) {
    std::string text;
    for (auto n = random() % 40; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
    std::vector<std::string_view> tokens;
    for (std::string_view rest = text; !rest.empty();) {
      const auto size = std::min<std::size_t>(1 + random() % 7, rest.size());
      tokens.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    ASSERT_EQ(filter(tokens), filter({text})) << text;
  }
}

TEST(SpeechText, PlainWordsAreNotHeldBack) {
  SpeechText speech;
  EXPECT_EQ(speech.push("Hola, soy"), "Hola, soy");
  EXPECT_EQ(speech.push(" Ana <y"), " Ana");  // could be a tag
  EXPECT_EQ(speech.push(" no"), " <y no");    // is none
}

TEST(SpeechText, ALongBracketThatIsNeverClosedIsLetGo) {
  SpeechText speech;
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += "palabra ";
  EXPECT_GT(speech.push(text).size(), 700u);
}

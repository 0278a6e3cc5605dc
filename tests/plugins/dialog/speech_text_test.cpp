#include "plugins/dialog/speech_text.h"
#include "plugins/dialog/emoji.h"

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
    {"keycaps", "Marque 1️⃣, *️⃣ o #️⃣, o #5", "Marque 1, o, o #5"},
    {"families", "Mi 👨‍👩‍👧‍👦 y yo 👩🏽‍⚕️.", "Mi y yo."},
    {"flags_of_regions", "De 🏴󠁧󠁢󠁥󠁮󠁧󠁿 o 🏳️‍🌈 ya", "De o ya"},
    {"signs_as_pictures", "Sí‼️ No⁉️ Marca™ ©️ ㊗️ 〽️ ⤴️ ℹ️ fin",
     "Sí No Marca fin"},
    {"only_a_picture", "🎉", ""},
    {"thoughts_of_another_kind", "◁think▷no◁/think▷Sí. <analysis>no</analysis>Ya ◁ fin",
     "Sí. Ya fin"},
    {"nested_thoughts", "<think>a <b>b</b> <think> c</think>Sí.", "Sí."},
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

TEST(Emoji, AreAllOfUnicodesAndNoLetter) {
  // The ranges of the property Emoji (16.0) above ASCII, and what sequences are made of.
  constexpr gunichar kEmoji[][2] = {
      {0xA9, 0xA9},       {0xAE, 0xAE},       {0x203C, 0x203C},   {0x2049, 0x2049},
      {0x2122, 0x2122},   {0x2139, 0x2139},   {0x2194, 0x2199},   {0x21A9, 0x21AA},
      {0x231A, 0x231B},   {0x2328, 0x2328},   {0x23CF, 0x23CF},   {0x23E9, 0x23F3},
      {0x23F8, 0x23FA},   {0x24C2, 0x24C2},   {0x25AA, 0x25AB},   {0x25B6, 0x25B6},
      {0x25C0, 0x25C0},   {0x25FB, 0x25FE},   {0x2600, 0x2604},   {0x260E, 0x260E},
      {0x2611, 0x2611},   {0x2614, 0x2615},   {0x2618, 0x2618},   {0x261D, 0x261D},
      {0x2620, 0x2620},   {0x2622, 0x2623},   {0x2626, 0x2626},   {0x262A, 0x262A},
      {0x262E, 0x262F},   {0x2638, 0x263A},   {0x2640, 0x2640},   {0x2642, 0x2642},
      {0x2648, 0x2653},   {0x265F, 0x2660},   {0x2663, 0x2663},   {0x2665, 0x2666},
      {0x2668, 0x2668},   {0x267B, 0x267B},   {0x267E, 0x267F},   {0x2692, 0x2697},
      {0x2699, 0x2699},   {0x269B, 0x269C},   {0x26A0, 0x26A1},   {0x26A7, 0x26A7},
      {0x26AA, 0x26AB},   {0x26B0, 0x26B1},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},
      {0x26C8, 0x26C8},   {0x26CE, 0x26CF},   {0x26D1, 0x26D1},   {0x26D3, 0x26D4},
      {0x26E9, 0x26EA},   {0x26F0, 0x26F5},   {0x26F7, 0x26FA},   {0x26FD, 0x26FD},
      {0x2702, 0x2702},   {0x2705, 0x2705},   {0x2708, 0x270D},   {0x270F, 0x270F},
      {0x2712, 0x2712},   {0x2714, 0x2714},   {0x2716, 0x2716},   {0x271D, 0x271D},
      {0x2721, 0x2721},   {0x2728, 0x2728},   {0x2733, 0x2734},   {0x2744, 0x2744},
      {0x2747, 0x2747},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
      {0x2757, 0x2757},   {0x2763, 0x2764},   {0x2795, 0x2797},   {0x27A1, 0x27A1},
      {0x27B0, 0x27B0},   {0x27BF, 0x27BF},   {0x2934, 0x2935},   {0x2B05, 0x2B07},
      {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x3030, 0x3030},
      {0x303D, 0x303D},   {0x3297, 0x3297},   {0x3299, 0x3299},   {0x1F004, 0x1F004},
      {0x1F0CF, 0x1F0CF}, {0x1F170, 0x1F171}, {0x1F17E, 0x1F17F}, {0x1F18E, 0x1F18E},
      {0x1F191, 0x1F19A}, {0x1F1E6, 0x1F1FF}, {0x1F201, 0x1F202}, {0x1F21A, 0x1F21A},
      {0x1F22F, 0x1F22F}, {0x1F232, 0x1F23A}, {0x1F250, 0x1F251}, {0x1F300, 0x1F6FF},
      {0x1F7E0, 0x1F7EB}, {0x1F7F0, 0x1F7F0}, {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF},
      {0xFE0E, 0xFE0F},   {0x200D, 0x200D},   {0x20E3, 0x20E3},   {0xE0020, 0xE007F}};
  for (const auto& [first, last] : kEmoji)
    for (auto c = first; c <= last; ++c) EXPECT_TRUE(is_emoji(c)) << std::hex << c;
  for (gunichar c = 0; c < 0x30000; ++c)
    if (g_unichar_isalpha(c) || g_unichar_isdigit(c)) {
      // The circled and squared letters are signs.
      const bool sign =
          (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F100 && c <= 0x1F1FF) || c == 0x2139;
      EXPECT_TRUE(sign || !is_emoji(c)) << std::hex << c;
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

TEST(SpeechText, WhatTheAgentWaitsForIsTakenAndNotSpoken) {
  SpeechText speech;
  auto spoken = speech.push("¿Me da su número? <exp");
  EXPECT_EQ(speech.take_expectation(), "");
  spoken += speech.push("ect digits 10>");
  spoken += speech.finish();
  EXPECT_EQ(spoken, "¿Me da su número?");
  EXPECT_EQ(speech.take_expectation(), "digits 10");
  EXPECT_EQ(speech.take_expectation(), "") << "said once";
}

#include "plugins/dialog/emoji.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

struct Range {
  gunichar first, last;
};
constexpr Range kRanges[] = {
    {0x00A9, 0x00A9},    // copyright
    {0x00AE, 0x00AE},    // registered
    {0x200B, 0x200B},    // zero width space
    {0x200D, 0x200D},    // zero width joiner
    {0x203C, 0x203C},    // double exclamation
    {0x2049, 0x2049},    // exclamation question
    {0x20E3, 0x20E3},    // keycap
    {0x2122, 0x2122},    // trade mark
    {0x2139, 0x2139},    // information
    {0x2190, 0x21FF},    // arrows
    {0x2300, 0x23FF},    // technical
    {0x24C2, 0x24C2},    // circled M
    {0x25A0, 0x25FF},    // geometric shapes
    {0x2600, 0x27BF},    // symbols, dingbats
    {0x2934, 0x2935},    // curved arrows
    {0x2B00, 0x2BFF},    // symbols and arrows
    {0x3030, 0x3030},    // wavy dash
    {0x303D, 0x303D},    // part alternation mark
    {0x3297, 0x3297},    // circled "congratulation"
    {0x3299, 0x3299},    // circled "secret"
    {0xFE00, 0xFE0F},    // variation selectors
    {0xFEFF, 0xFEFF},    // byte order mark
    {0x1F000, 0x1FAFF},  // pictographs, regional indicators, skin tones
    {0xE0000, 0xE007F},  // tags: the flags of regions
};

}  // namespace

bool is_emoji(gunichar c) {
  const auto range =
      std::upper_bound(std::begin(kRanges), std::end(kRanges), c,
                       [](gunichar value, const Range& r) { return value < r.first; });
  return range != std::begin(kRanges) && c <= std::prev(range)->last;
}

}  // namespace centralita

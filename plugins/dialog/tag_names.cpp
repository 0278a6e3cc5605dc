#include "plugins/dialog/tag_names.h"
#include "plugins/dialog/word_list.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

constexpr std::string_view kThoughtTags[] = {"think",     "thinking",   "thought",  "thoughts",
                                             "reasoning", "reflection", "analysis", "scratchpad"};
constexpr std::string_view kLineTags[] = {"br", "p", "div", "li", "ul", "ol", "tr", "hr"};
constexpr std::string_view kTags[] = {
    "a",    "b",    "i",   "u",    "s",     "em",    "strong", "span",  "code",    "pre",     "sub",
    "sup",  "mark", "h1",  "h2",   "h3",    "h4",    "h5",     "h6",    "table",   "td",      "th",
    "body", "html", "img", "font", "small", "speak", "voice",  "break", "prosody", "emphasis"};

}  // namespace

TagKind kind_of_tag(std::string_view name) {
  if (contains(kThoughtTags, name))
    return TagKind::kThoughts;
  if (name == "expect")
    return TagKind::kExpect;
  if (contains(kLineTags, name))
    return TagKind::kLine;
  return contains(kTags, name) ? TagKind::kInline : TagKind::kUnknown;
}

}  // namespace centralita

// Names of the tags that models write into their answers.
#pragma once

#include <string_view>

namespace centralita {

enum class TagKind {
  kUnknown,   // perhaps no tag at all
  kThoughts,  // what is inside is not for the caller
  kLine,      // begins a new line
  kInline,
  kExpect,  // <expect digits 10>: what the agent waits for, for the ear and not for the voice
};

TagKind kind_of_tag(std::string_view name);  // in lower case, without its slash

}  // namespace centralita

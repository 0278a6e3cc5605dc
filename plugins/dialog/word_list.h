#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace centralita {

// Whether a table of words has `word`.
template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace centralita

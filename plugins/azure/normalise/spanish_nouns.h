// What of a Spanish word's form tells its gender, for the numbers before it.
#pragma once

#include "plugins/azure/normalise/number_words.h"

#include <optional>
#include <string_view>

namespace centralita::normalise::spanish {

// Of the noun that a number counts, lower case; nothing for what is no noun: "y", "de", "años" is
// one. By its ending, and a list of those that end otherwise.
std::optional<Gender> gender_of(std::string_view noun);

}  // namespace centralita::normalise::spanish

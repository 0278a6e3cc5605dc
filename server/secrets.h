// Random tokens and comparisons that do not tell how much of a secret was right.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

// 256 random bits as 43 characters that are safe in a URL, a header and a cookie.
std::string random_token();

// In a time that depends on the length of `given` alone.
bool same_secret(std::string_view given, std::string_view secret);

}  // namespace centralita

// What is personal in a text is replaced by what kind of thing it was: "[card]", "[e-mail]",
// "[number]". Written in digits or spoken in words, in Spanish and English. Any thread; pure.
//
// A number counts when it has seven digits or more and is not a date, a time or an amount with
// thousands separators; shorter ones (a year, a price, "dos citas") stay. It errs on the side of
// taking out: what looks like a telephone number is taken for one.
#pragma once

#include <string>
#include <string_view>

namespace centralita {

std::string without_pii(std::string_view text);

}  // namespace centralita

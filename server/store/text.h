// Text as PostgreSQL takes it.
#pragma once

#include <string>
#include <string_view>

namespace centralita::store {

// `text` with every byte that is not UTF-8, and every zero byte (which PostgreSQL's text cannot
// hold), replaced by U+FFFD. `changed` is set, never cleared, when there was one.
std::string clean_text(std::string_view text, bool* changed = nullptr);

}  // namespace centralita::store

#include "server/store/text.h"

#include "plugins/base/ref.h"

namespace centralita::store {

std::string clean_text(std::string_view text, bool* changed) {
  const auto size = static_cast<gssize>(text.size());
  // With a length given, GLib counts a zero byte among the invalid ones.
  if (g_utf8_validate(text.data(), size, nullptr))
    return std::string(text);
  if (changed)
    *changed = true;
  return OwnedString(g_utf8_make_valid(text.data(), size)).get();
}

}  // namespace centralita::store

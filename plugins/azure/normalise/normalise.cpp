#include "plugins/azure/normalise/normalise.h"

#include "plugins/base/locked.h"

#include <map>

namespace centralita {

using namespace normalise;

Normaliser::Normaliser(std::string_view language_tag) : tools_{.locale = Locale::of(language_tag)} {
  tools_.language = Language::of(tools_.locale);
  if (!tools_.language)
    return;
  rules_.push_back(address_rules(tools_));
  rules_.push_back(calendar_rules(tools_));
  rules_.push_back(telephone_rules(tools_));
  rules_.push_back(money_rules(tools_));
  rules_.push_back(abbreviation_rules(tools_));
  rules_.push_back(number_rules(tools_));
}

std::shared_ptr<const Normaliser> Normaliser::of(std::string_view language_tag) {
  static Locked<std::map<std::string, std::shared_ptr<const Normaliser>>> all;
  const auto known = all.lock();
  auto& entry = (*known)[std::string(language_tag)];
  if (!entry)
    entry.reset(new Normaliser(language_tag));
  return entry;
}

std::string Normaliser::operator()(std::string_view text) const {
  // Most of what is said has nothing that any rule looks for.
  if (rules_.empty() || text.find_first_of("0123456789.@/&IVXLC") == std::string_view::npos)
    return std::string(text);
  const OwnedString valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  Claims claims(valid.get());
  for (const auto& rules : rules_) rules->apply(claims);
  if (claims.empty())
    return valid.get();
  claims.join_ranges(tools_.language->words().range);
  return claims.spoken();
}

}  // namespace centralita

#include "pipelines/word_rules.h"

#include <algorithm>

namespace centralita {

WordRules::WordRules(const Settings& settings)
    : not_said_({}, settings.not_said, 0),
      goodbyes_(settings.goodbyes, {}, 0),
      fewest_letters_(static_cast<std::size_t>(std::max(settings.fewest_letters, 0))) {}

bool WordRules::is_nothing(const std::string& text) const {
  std::size_t letters = 0;
  for (const auto& word : spoken_words(text)) letters += word.size();
  if (letters == 0)
    return false;  // whatever it is, these rules do not speak of it
  return letters < fewest_letters_ || not_said_.meaning_of(text) == Meaning::kBackchannel;
}

bool WordRules::is_goodbye(const std::string& text) const {
  return goodbyes_.meaning_of(text) == Meaning::kInterruption;
}

}  // namespace centralita

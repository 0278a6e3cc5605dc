#include "server/journal/pending.h"

namespace centralita::journal {

bool Pending::push(std::int64_t number, Record record) {
  auto& equals = by_worth_.at(static_cast<std::size_t>(worth(record)));
  equals.insert(equals.end(), number);
  records_.emplace_hint(records_.end(), number, std::make_shared<const Record>(std::move(record)));
  if (records_.size() <= limit_)
    return false;
  for (auto& candidates : by_worth_) {
    if (candidates.empty())
      continue;
    records_.erase(*candidates.begin());
    candidates.erase(candidates.begin());
    break;
  }
  return true;
}

std::vector<Pending::Item> Pending::first(std::size_t most) const {
  std::vector<Item> items;
  for (const auto& [number, record] : records_) {
    if (items.size() == most)
      break;
    items.push_back({number, record});
  }
  return items;
}

void Pending::erase_up_to(std::int64_t number) {
  records_.erase(records_.begin(), records_.upper_bound(number));
  for (auto& numbers : by_worth_) numbers.erase(numbers.begin(), numbers.upper_bound(number));
}

}  // namespace centralita::journal

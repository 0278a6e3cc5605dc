// Records that are not yet in the journal's file, in their order, in memory and bounded.
//
// When there is no room, the oldest of those that are worth least goes (worth() in record.h). Not
// thread-safe: the journal guards it.
#pragma once

#include "server/journal/record.h"

#include <array>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace centralita::journal {

class Pending {
 public:
  struct Item {
    std::int64_t number;
    std::shared_ptr<const Record> record;
  };

  explicit Pending(std::size_t limit) : limit_(limit) {}

  // Whether another record was given up for this one. Numbers ascend.
  bool push(std::int64_t number, Record record);
  std::vector<Item> first(std::size_t most) const;
  void erase_up_to(std::int64_t number);

  std::size_t size() const { return records_.size(); }
  std::int64_t first_number() const { return records_.empty() ? 0 : records_.begin()->first; }

 private:
  const std::size_t limit_;
  std::map<std::int64_t, std::shared_ptr<const Record>> records_;
  std::array<std::set<std::int64_t>, 3> by_worth_;  // of records_
};

}  // namespace centralita::journal

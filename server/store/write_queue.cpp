#include "server/store/write_queue.h"

#include <utility>

namespace centralita::store {

std::uint64_t WriteQueue::push(Record record) {
  const bool is_event = std::holds_alternative<CallEvent>(record);
  const bool is_turn =
      std::holds_alternative<TurnFinished>(record) || std::holds_alternative<ToolFinished>(record);
  auto shared = std::make_shared<const Record>(std::move(record));
  const std::lock_guard lock(mutex_);
  const auto number = next_number_++;
  records_.emplace_hint(records_.end(), number, std::move(shared));
  if (is_event)
    events_.insert(events_.end(), number);
  if (is_turn)
    turns_.insert(turns_.end(), number);
  const bool full = records_.size() > limit_;
  if (full)
    drop_one();
  changed_.notify_all();
  return full ? dropped_ : 0;
}

void WriteQueue::drop_one() {
  ++dropped_;
  for (auto* dispensable : {&events_, &turns_}) {
    const auto oldest = dispensable->upper_bound(writing_up_to_);
    if (oldest == dispensable->end())
      continue;
    records_.erase(*oldest);
    dispensable->erase(oldest);
    return;
  }
  records_.erase(records_.upper_bound(writing_up_to_));
}

std::vector<WriteQueue::Entry> WriteQueue::next(std::size_t most,
                                                std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [this] { return closed_ || !records_.empty(); });
  std::vector<Entry> entries;
  if (closed_)
    return entries;
  for (const auto& [number, record] : records_) {
    if (entries.size() == most)
      break;
    entries.push_back({number, record});
    writing_up_to_ = number;
  }
  return entries;
}

void WriteQueue::done(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  records_.erase(records_.begin(), records_.upper_bound(number));
  for (auto* dispensable : {&events_, &turns_})
    dispensable->erase(dispensable->begin(), dispensable->upper_bound(number));
  changed_.notify_all();
}

void WriteQueue::put_back() {
  const std::lock_guard lock(mutex_);
  writing_up_to_ = 0;
}

void WriteQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

bool WriteQueue::wait_empty(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return records_.empty(); });
}

std::size_t WriteQueue::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

std::uint64_t WriteQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

}  // namespace centralita::store

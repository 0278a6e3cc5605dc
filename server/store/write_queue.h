// What waits to be stored, in its order, in memory and bounded.
//
// A record stays here until it is known to be stored: the writer takes a copy of the first ones and
// says afterwards which are done. When there is no room, the oldest event that is not being written
// goes, and with no event left the oldest turn or tool call; beginnings and ends of calls are kept
// as long as there is any of those to give up.
//
// Any thread; nothing here waits except next() and wait_empty().
#pragma once

#include "pipelines/call_records.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <variant>
#include <vector>

namespace centralita::store {

using Record =
    std::variant<CallStarted, CallProgress, TurnFinished, CallEnded, CallEvent, ToolFinished>;

class WriteQueue {
 public:
  struct Entry {
    std::uint64_t number;  // ascending
    std::shared_ptr<const Record> record;
  };

  explicit WriteQueue(std::size_t limit) : limit_(limit) {}

  // How many records have been given up in all, when this one cost another its place; else 0.
  std::uint64_t push(Record record);

  // The first ones, `most` at the most; they are being written until done(). Waits for one until
  // `deadline`; empty when none came or close() was called.
  std::vector<Entry> next(std::size_t most, std::chrono::steady_clock::time_point deadline);
  // Those up to and including `number` are stored, or will never be.
  void done(std::uint64_t number);
  // None is being written any more; the next next() gives the same ones again.
  void put_back();

  void close();  // next() returns at once from now on
  bool wait_empty(std::chrono::milliseconds timeout);
  std::size_t size() const;
  std::uint64_t dropped() const;

 private:
  void drop_one();

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  const std::size_t limit_;
  std::map<std::uint64_t, std::shared_ptr<const Record>> records_;
  std::set<std::uint64_t> events_, turns_;  // of records_; tool calls count as turns
  std::uint64_t next_number_ = 1;
  std::uint64_t writing_up_to_ = 0;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

}  // namespace centralita::store

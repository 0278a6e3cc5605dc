// Deletes what has been kept long enough: calls, deliveries to webhooks, what is known of servers
// that ended months ago, records that the database had refused. Soon after the start and then every
// five minutes, a few hundred rows at a time so that nobody waits behind it. Several instances may
// do it at once. And tells whoever keeps something of a call outside of the database, recordings
// above all, that it must go. Main thread.
#pragma once

#include "plugins/base/io_context.h"
#include "server/store/store.h"

#include <functional>
#include <string>
#include <vector>

namespace centralita {

// In days; 0: for ever.
struct Retention {
  int calls = 0;  // whose agent says nothing
  int deliveries = 30;
};

class Caretaker {
 public:
  Caretaker(IoContext io, store::Store& store, Retention retention);

  using Erased = std::function<void(const std::vector<std::string>& session_ids)>;
  // Borrowed things must outlive this.
  void on_erased(Erased function) { erased_.push_back(std::move(function)); }
  void tell(const std::vector<std::string>& session_ids) const;

  // At once; `done` gets how many calls went, or -1 when the database was away. What else goes is
  // asked for before them.
  void clean(std::function<void(std::int64_t)> done = nullptr);

 private:
  void clean_more(std::int64_t gone, std::function<void(std::int64_t)> done);
  void again(std::chrono::seconds delay);
  void clean_deliveries();

  IoContext io_;
  store::Store& store_;
  const Retention retention_;
  std::vector<Erased> erased_;
  Slot timer_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita

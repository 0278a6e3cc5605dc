// Deletes calls whose time is over: once soon after the start and then every hour, a few hundred at
// a time so that nobody waits behind it. Several instances may do it at once. And tells whoever
// keeps something of a call outside of the database, recordings above all, that it must go. Main
// thread.
#pragma once

#include "plugins/base/io_context.h"
#include "server/store/store.h"

#include <functional>
#include <string>
#include <vector>

namespace centralita {

class Caretaker {
 public:
  // `retention_days` 0: calls whose agent says nothing are kept for ever.
  Caretaker(IoContext io, store::Store& store, int retention_days);

  using Erased = std::function<void(const std::vector<std::string>& session_ids)>;
  // Borrowed things must outlive this.
  void on_erased(Erased function) { erased_.push_back(std::move(function)); }
  void tell(const std::vector<std::string>& session_ids) const;

  // At once; `done` gets how many calls went, or -1 when the database was away.
  void clean(std::function<void(std::int64_t)> done = nullptr);

 private:
  void clean_more(std::int64_t gone, std::function<void(std::int64_t)> done);
  void again(std::chrono::seconds delay);

  IoContext io_;
  store::Store& store_;
  const int retention_days_;
  std::vector<Erased> erased_;
  Slot timer_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita

#include "server/privacy/caretaker.h"

#include "server/store/call_deletion.h"
#include "server/store/erasure.h"
#include "server/store/instances.h"
#include "server/store/refused.h"
#include "server/store/webhooks.h"

#include <spdlog/spdlog.h>

#include <memory>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::string>;

constexpr int kAtATime = 500;

}  // namespace

Caretaker::Caretaker(IoContext io, store::Store& store, Retention retention)
    : io_(std::move(io)), store_(store), retention_(retention) {
  again(60s);
}

void Caretaker::again(std::chrono::seconds delay) {
  timer_ = io_.after(delay, [this] {
    clean();
    again(5min);
  });
}

void Caretaker::tell(const Ids& session_ids) const {
  if (!session_ids.empty())
    for (const auto& function : erased_) function(session_ids);
}

void Caretaker::clean(std::function<void(std::int64_t)> done) {
  // What was deleted by hand goes for good in the same round.
  store_.change<store::Purged>(
      store::purge_deleted_calls, nullptr, [](Result<store::Purged, store::StoreError> purged) {
        if (purged && purged->calls > 0)
          spdlog::info("history: {} deleted calls are gone for good", purged->calls);
        if (purged && purged->untold > 0)
          spdlog::warn("webhook: {} events are given up: their calls have been deleted",
                       purged->untold);
      });
  store_.change<bool>(store::purge_gone_runs, nullptr, [](Result<bool, store::StoreError>) {});
  store_.change<std::int64_t>(
      [this, days = retention_.calls](store::Connection& connection) {
        return store::forget_stale_refused(connection, store_.journal(), days);
      },
      nullptr,
      [](Result<std::int64_t, store::StoreError> forgotten) {
        if (forgotten && *forgotten > 0)
          spdlog::info("journal: {} refused records of calls that are no more are forgotten",
                       *forgotten);
      });
  clean_deliveries();
  clean_more(0, std::move(done));
}

void Caretaker::clean_deliveries() {
  if (retention_.deliveries == 0)
    return;
  store_.change<std::int64_t>(
      [days = retention_.deliveries](store::Connection& connection) {
        return store::purge_deliveries(connection, days, kAtATime);
      },
      nullptr,
      [this, alive = std::weak_ptr<bool>(alive_)](Result<std::int64_t, store::StoreError> gone) {
        if (!alive.expired() && gone && *gone == kAtATime)
          clean_deliveries();
      });
}

void Caretaker::clean_more(std::int64_t gone, std::function<void(std::int64_t)> done) {
  store_.change<Ids>(
      [days = retention_.calls](store::Connection& connection) {
        return store::delete_expired_calls(connection, days, kAtATime);
      },
      nullptr,
      [this, gone, done = std::move(done),
       alive = std::weak_ptr<bool>(alive_)](Result<Ids, store::StoreError> ids) {
        if (alive.expired())
          return;
        if (!ids) {
          spdlog::warn("calls whose time is over could not be deleted: {}", ids.error().message);
          return done ? done(-1) : void();
        }
        tell(*ids);
        const auto all = gone + static_cast<std::int64_t>(ids->size());
        if (ids->size() == kAtATime)
          return clean_more(all, done);
        if (all > 0)
          spdlog::info("{} calls were deleted because their time was over", all);
        if (done)
          done(all);
      });
}

}  // namespace centralita

#include "server/recording/retention.h"

#include "plugins/base/json.h"
#include "server/store/queries.h"
#include "server/store/sql_text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace centralita::recording {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirst = 2min;
constexpr auto kEvery = 1h;
// The note of a recording is stored at its beginning; whatever the database has been through, after
// a day it is there or will never be.
constexpr auto kOrphanAge = 24h;

using Ids = std::vector<std::string>;
using Answer = Result<Ids, store::StoreError>;

Answer ids_of(const Result<store::Rows, store::DbError>& rows) {
  if (!rows)
    return Unexpected(store::store_error(rows.error()));
  Ids ids;
  for (const store::Row row : *rows) ids.push_back(row.text("session_id"));
  return ids;
}

}  // namespace

Retention::Retention(IoContext io, Recorder& recorder, store::Store& store, int days)
    : io_(std::move(io)), recorder_(recorder), store_(store), days_(days) {
  timer_ = io_.after(kFirst, [this] { again(); });
}

void Retention::again() {
  sweep();
  timer_ = io_.after(kEvery, [this] { again(); });
}

void Retention::forget(const std::string& session_id) {
  recorder_.run([&shelf = recorder_.shelf(), session_id] { shelf.remove(session_id); });
  store_.change<bool>(
      [session_id](store::Connection& connection) -> Result<bool, store::StoreError> {
        const auto rows = connection.query(store::query_text("delete_recording"), {session_id});
        if (!rows)
          return Unexpected(store::store_error(rows.error()));
        return rows->affected() > 0;
      },
      nullptr,
      [session_id](const Result<bool, store::StoreError>& answer) {
        if (!answer)
          spdlog::error("call {}: the note of its recording could not be deleted: {}", session_id,
                        answer.error().message);
      });
}

void Retention::sweep(std::function<void(Ids)> done) {
  if (days_ == 0)
    return remove_orphans(std::move(done), {});
  store_.read<Ids>(
      [days = days_](store::Connection& connection) {
        return ids_of(connection.query(store::query_text("list_old_recordings"), {days}));
      },
      nullptr,
      [this, done = std::move(done)](Answer old) {
        if (!old)  // an hour later it may be there
          return done ? done({}) : void();
        for (const auto& id : *old) {
          spdlog::info("call {}: its recording is older than {} days and is deleted", id, days_);
          forget(id);
        }
        remove_orphans(done, std::move(*old));
      });
}

void Retention::remove_orphans(std::function<void(Ids)> done, Ids gone) {
  // Nothing of `this`: the recorder works off its queue when we have gone.
  recorder_.run(
      [&recorder = recorder_, &store = store_, done = std::move(done), gone = std::move(gone)] {
        auto ids = recorder.shelf().session_ids(kOrphanAge);
        json::Array names;
        for (const auto& id : ids) names.add(id);
        store.read<Ids>(
            [names = names.to_string()](store::Connection& connection) {
              return ids_of(connection.query(store::query_text("known_recordings"), {names}));
            },
            nullptr,
            [&recorder, done, gone, ids = std::move(ids)](const Answer& known) mutable {
              if (!known)
                return done ? done(gone) : void();
              const std::set<std::string> kept(known->begin(), known->end());
              for (const auto& id : ids) {
                if (kept.contains(id) || std::find(gone.begin(), gone.end(), id) != gone.end())
                  continue;
                spdlog::info("call {}: no longer in the history, its recording is deleted", id);
                recorder.run([&shelf = recorder.shelf(), id] { shelf.remove(id); });
                gone.push_back(id);
              }
              if (done)
                done(gone);
            });
      });
}

}  // namespace centralita::recording

// The one thread that asks the database, and that changes what is not a call's record, so that no
// handler and no call ever waits for it: a question is asked from any thread and answered on the
// GMainContext that the asker names.
#pragma once

#include "plugins/base/ref.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace centralita::store {

// Runs `function` on `context` (null: the default one) at its next turn.
void post(GMainContext* context, std::function<void()> function);

class Reader {
 public:
  Reader(std::string conninfo, ConnectionOptions options);
  ~Reader();  // what waits is answered with kStopped

  // `query` runs on the reader's thread, and once more on a fresh connection when the old one turns
  // out to be gone; `answer` runs on `context`. With the database away `answer` gets kDatabaseAway;
  // while connecting fails, that is at once for a second or until try_again(). `rescue` may put a
  // value in an error's place; it runs on the reader's or the asker's thread. A `query` that
  // changes something runs once: an old connection is tried out first.
  template <typename T>
  void ask(std::function<Result<T, StoreError>(Connection&)> query, GMainContext* context,
           std::function<void(Result<T, StoreError>)> answer,
           std::function<std::optional<T>(const StoreError&)> rescue = nullptr,
           bool changes = false) {
    auto home = Ref<GMainContext>::share(context ? context : g_main_context_default());
    auto reply = [home, answer = std::move(answer),
                  rescue = std::move(rescue)](Result<T, StoreError> result) {
      if (!result && rescue)
        if (auto value = rescue(result.error()))
          result = std::move(*value);
      post(home.get(), [answer, result = std::move(result)] { answer(result); });
    };
    submit({.run = [this, query = std::move(query), reply,
                    changes] { reply(changes ? attempt_once(query) : attempt(query)); },
            .refuse = [reply](const StoreError& error) { reply(Unexpected(error)); }});
  }

  void try_again();  // any thread: the database is said to be back

 private:
  struct Job {
    std::function<void()> run;
    std::function<void(const StoreError&)> refuse;
  };

  void submit(Job job);
  void run();
  std::optional<StoreError> connect();

  template <typename T>
  Result<T, StoreError> attempt(const std::function<Result<T, StoreError>(Connection&)>& query) {
    for (bool again = false;; again = true) {
      const bool kept = connection_ && connection_->alive();
      if (auto error = connect())
        return Unexpected(std::move(*error));
      auto result = query(*connection_);
      if (connection_->alive() || !kept || again)
        return result;
    }
  }

  template <typename T>
  Result<T, StoreError> attempt_once(
      const std::function<Result<T, StoreError>(Connection&)>& query) {
    if (connection_ && connection_->alive())
      (void)connection_->query("select 1");  // a connection that is gone says so now
    if (auto error = connect())
      return Unexpected(std::move(*error));
    return query(*connection_);
  }

  const std::string conninfo_;
  const ConnectionOptions options_;

  // The reader's thread only.
  std::optional<Connection> connection_;

  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::optional<StoreError> refused_;  // the last attempt to connect
  std::chrono::steady_clock::time_point refused_at_;
  bool stop_ = false;

  std::thread thread_;
};

}  // namespace centralita::store

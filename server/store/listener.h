// Hears what other servers and their database say: PostgreSQL's NOTIFY, on a connection and a
// thread of its own.
//
//   Slot watch = listener.subscribe("agents", context, [](const std::optional<std::string>& what) {
//     // "7": agent 7 was changed; nothing: anything may have been, look for yourself
//   });
//
// There is one channel, kNoticeChannel. What is said on it is a topic and, after a blank, what it
// is about: `select pg_notify('centralita', 'agents 7')`. Of what is said while the connection is
// away nobody hears; so every subscriber is told "anything" whenever the connection has been made.
// A notification is sent when its transaction commits, and equal ones of a transaction come once.
//
// Topics: "agents" (id of the agent, or "numbers"), "incidents"; sql/migrations has the triggers.
//
// Any thread.
#pragma once

#include "plugins/base/locked.h"
#include "plugins/base/slot.h"
#include "server/store/connection.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace centralita::store {

inline constexpr char kNoticeChannel[] = "centralita";

struct ListenerOptions {
  std::string conninfo;
  ConnectionOptions connection;  // its `cancel` belongs to this listener alone
  std::chrono::milliseconds first_retry{100}, longest_retry{2'000};
  std::chrono::milliseconds heartbeat{5'000};  // how often a silent connection is tried out
};

class Listener {
 public:
  using Heard = std::function<void(const std::optional<std::string>& what)>;

  explicit Listener(ListenerOptions options);
  ~Listener();  // nothing is called any more that has not been posted

  // `heard` runs on `context` (null: the default one) until the Slot is dropped, which is done on
  // that context's thread. Connected already, it is told "anything" at once.
  Slot subscribe(std::string topic, GMainContext* context, Heard heard);
  bool connected() const { return connected_; }

 private:
  struct Subscription {
    std::string topic;
    Ref<GMainContext> context;
    Heard heard;
    bool over = false;  // of the context's thread
  };

  void run();
  std::optional<DbError> listen();  // until the connection is lost
  void tell(const std::string* topic, const std::optional<std::string>& what);
  static void post_to(const std::shared_ptr<Subscription>& subscription,
                      std::optional<std::string> what);
  bool pause(std::chrono::milliseconds time);

  const ListenerOptions options_;
  Locked<std::vector<std::weak_ptr<Subscription>>> subscriptions_;
  std::atomic<bool> connected_ = false;
  std::mutex mutex_;  // guards stop_
  std::condition_variable changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace centralita::store

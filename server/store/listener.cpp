#include "server/store/listener.h"

#include "server/store/reader.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita::store {

using std::chrono::milliseconds;

Listener::Listener(ListenerOptions options) : options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

Listener::~Listener() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  if (options_.connection.cancel)
    g_cancellable_cancel(options_.connection.cancel.get());
  thread_.join();
}

Slot Listener::subscribe(std::string topic, GMainContext* context, Heard heard) {
  auto subscription = std::make_shared<Subscription>(Subscription{
      .topic = std::move(topic),
      .context = Ref<GMainContext>::share(context ? context : g_main_context_default()),
      .heard = std::move(heard)});
  subscriptions_.lock()->push_back(subscription);
  // Before or after: when the connection is made in between, it is told twice, which is harmless.
  if (connected_)
    post_to(subscription, std::nullopt);
  return Slot([subscription = std::move(subscription)]() mutable {
    subscription->over = true;
    subscription.reset();
  });
}

void Listener::post_to(const std::shared_ptr<Subscription>& subscription,
                       std::optional<std::string> what) {
  post(subscription->context.get(), [weak = std::weak_ptr(subscription), what = std::move(what)] {
    const auto subscription = weak.lock();
    if (subscription && !subscription->over)
      subscription->heard(what);
  });
}

void Listener::tell(const std::string* topic, const std::optional<std::string>& what) {
  auto subscriptions = subscriptions_.lock();
  std::erase_if(*subscriptions, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : *subscriptions)
    if (const auto subscription = weak.lock();
        subscription && (!topic || subscription->topic == *topic))
      post_to(subscription, what);
}

void Listener::run() {
  auto retry = options_.first_retry;
  bool said = false;
  for (;;) {
    const auto began = std::chrono::steady_clock::now();
    const auto error = listen();
    connected_ = false;
    if (!pause(milliseconds(0)))
      return;
    // The writer of the history says in full that the database is away.
    if (error && !std::exchange(said, true))
      spdlog::debug("store: notifications are not heard: {}", error->message);
    if (std::chrono::steady_clock::now() - began > options_.longest_retry) {
      retry = options_.first_retry;
      said = false;
    }
    if (!pause(retry))
      return;
    retry = std::min(retry * 2, options_.longest_retry);
  }
}

std::optional<DbError> Listener::listen() {
  auto connection = Connection::open(options_.conninfo, options_.connection);
  if (!connection)
    return connection.error();
  // So that pg_stat_activity tells it from the others.
  (void)connection->query("set application_name = 'centralita-listener'");
  if (const auto listening = connection->query(("listen " + std::string(kNoticeChannel)).c_str());
      !listening)
    return listening.error();
  connected_ = true;
  tell(nullptr, std::nullopt);
  for (;;) {
    const auto notices = connection->notices(options_.heartbeat);
    if (!notices)
      return notices.error();
    for (const auto& notice : *notices) {
      const auto blank = notice.payload.find(' ');
      const auto topic = notice.payload.substr(0, blank);
      tell(&topic, blank == std::string::npos ? std::string() : notice.payload.substr(blank + 1));
    }
    if (notices->empty())
      if (const auto alive = connection->query("select 1"); !alive)
        return alive.error();
  }
}

bool Listener::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stop_; });
}

}  // namespace centralita::store

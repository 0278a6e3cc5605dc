#include "server/store/reader.h"

#include <utility>

namespace centralita::store {
namespace {

constexpr std::size_t kMostWaiting = 1'000;
constexpr std::chrono::seconds kRefusedFor{1};

}  // namespace

void post(GMainContext* context, std::function<void()> function) {
  const auto source = Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
  g_source_set_callback(
      source.get(),
      [](gpointer data) noexcept -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      new std::function<void()>(std::move(function)),
      [](gpointer data) noexcept { delete static_cast<std::function<void()>*>(data); });
  g_source_attach(source.get(), context);
}

Reader::Reader(std::string conninfo, ConnectionOptions options)
    : conninfo_(std::move(conninfo)), options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

Reader::~Reader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  if (options_.cancel)
    g_cancellable_cancel(options_.cancel.get());
  thread_.join();
  for (const auto& job : jobs_) job.refuse({kStopped, "The server is being stopped."});
}

void Reader::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() < kMostWaiting) {
      jobs_.push_back(std::move(job));
      changed_.notify_all();
      return;
    }
  }
  job.refuse({kBusy, "Too many questions are waiting for the database."});
}

void Reader::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_)
      return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job.run();
  }
}

void Reader::try_again() {
  const std::lock_guard lock(mutex_);
  refused_.reset();
}

std::optional<StoreError> Reader::connect() {
  if (connection_ && connection_->alive())
    return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    if (refused_ && std::chrono::steady_clock::now() - refused_at_ < kRefusedFor)
      return refused_;
    refused_.reset();
  }
  auto connection = Connection::open(conninfo_, options_);
  if (!connection) {
    const std::lock_guard lock(mutex_);
    refused_ = StoreError{kDatabaseAway, connection.error().message};
    refused_at_ = std::chrono::steady_clock::now();
    return refused_;
  }
  connection_ = std::move(*connection);
  return std::nullopt;
}

}  // namespace centralita::store

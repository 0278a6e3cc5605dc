#include "server/journal/journal.h"

#include "plugins/base/ref.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace centralita::journal {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kGroup = 2ms;
// Forgetting what is done costs a write of its own unless records come that it can go along with.
constexpr auto kTidy = 500ms;
constexpr auto kShrink = 20ms;  // between two pieces, so that what is added meanwhile goes first
constexpr std::size_t kBatch = 1'000;
constexpr auto kSayAgain = 60s;

std::string new_run() { return OwnedString(g_uuid_string_random()).get(); }

}  // namespace

Journal::Journal(JournalOptions options)
    : options_(std::move(options)), run_(new_run()), pending_(options_.memory_limit) {
  done_.run = run_;
  if (const auto error = open_file())
    fails(*error);
  else
    works();
  thread_ = std::thread([this] { write_all(); });
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = closed_ = true;
    changed_.notify_all();
    added_.notify_all();
  }
  thread_.join();
  const auto left = status();
  if (const auto lost = left.in_memory + aside_.size(); lost > 0)
    spdlog::error(
        "journal: {} records are lost with this process: they never reached the disk ({})", lost,
        left.last_error);
}

void Journal::add(Record record) {
  bool dropped = false;
  std::uint64_t lost = 0;
  {
    const std::lock_guard lock(mutex_);
    dropped = pending_.push(++last_number_, std::move(record));
    lost = dropped_ += dropped;
    added_.notify_one();
    if (failing_)
      changed_.notify_all();
  }
  // A line a record would drown the log of a server that is in trouble already.
  constexpr std::uint64_t kEvery = 1'000;
  if (dropped && lost % kEvery == 1)
    spdlog::error(
        "journal: the disk fails, the database is away, and the memory kept for records is full: "
        "{} "
        "records lost so far, the oldest turns first",
        lost);
}

// --- To the disk -------------------------------------------------------------

void Journal::write_all() {
  auto retry = options_.first_retry;
  Done before;
  bool roomy = true;  // the file may hold what nobody needs
  for (;;) {
    std::vector<Pending::Item> items;
    Done done;
    bool stop = false;
    {
      std::unique_lock lock(mutex_);
      if (failing_) {
        added_.wait_for(lock, retry, [this] { return stop_; });
      } else {
        const auto work = [this] { return stop_ || pending_.size() > 0; };
        if (tidy_ && !roomy)
          added_.wait(lock, [&] { return work() || !tidy_; });
        if (!work())
          added_.wait_for(lock, roomy ? kShrink : kTidy, work);
        added_.wait_for(lock, kGroup, [this] { return stop_; });
      }
      items = pending_.first(kBatch);
      done = done_;
      stop = stop_;
    }
    const auto error = write(items, done);
    if (error) {
      fails(*error);
      if (stop)
        return;
      retry = std::min(retry * 2, options_.longest_retry);
      continue;
    }
    retry = options_.first_retry;
    works();
    if ((roomy || before.place != done.place) && !stop)
      roomy = shrink();
    before = done;
    const std::lock_guard lock(mutex_);
    if (stop && pending_.size() == 0)
      return;
  }
}

std::optional<SqliteError> Journal::write(const std::vector<Pending::Item>& items,
                                          const Done& done) {
  if (auto error = open_file())
    return error;
  std::vector<Entry> entries;
  for (const auto& item : items)
    if (item.number > done.number)
      entries.push_back(encode(*item.record, run_, item.number));
  {
    const std::lock_guard file(file_mutex_);
    // What was put aside goes first: with what is done, its record is forgotten.
    auto error = write_aside();
    if (!error)
      error = file_->commit(entries, done);
    if (error) {
      // A disk that cannot be written can often be read still, and what it holds goes first.
      // A damaged file is opened anew, with a look at what can be saved.
      if (error->corrupt() || error->code == SQLITE_READONLY)
        file_.reset();
      return error;
    }
  }
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries) on_disk_ += entry.number > done_.number;
  if (!items.empty())
    pending_.erase_up_to(items.back().number);
  tidy_ = done_.place == done.place && done_.number == done.number;
  changed_.notify_all();
  return std::nullopt;
}

bool Journal::shrink() {
  const std::lock_guard file(file_mutex_);
  if (!file_)
    return false;
  const auto more = file_->shrink();
  if (!more)
    spdlog::warn("journal: the file does not become smaller: {}", more.error().message);
  return more && *more;
}

// Opens the file unless it is open, and ends the calls of previous runs.
std::optional<SqliteError> Journal::open_file() {
  std::vector<OpenCall> cut_off;
  std::int64_t count = 0;
  {
    const std::lock_guard file(file_mutex_);
    if (file_)
      return std::nullopt;
    auto opened = JournalFile::open(options_.folder);
    if (!opened)
      return opened.error();
    Done done;
    {
      const std::lock_guard lock(mutex_);
      done_.place = 0;  // places are the file's own
      done = done_;
    }
    auto counted = opened->count(done);
    auto calls = opened->calls_not_of(run_);
    if (!counted || !calls)
      return counted ? calls.error() : counted.error();
    count = *counted;
    cut_off = std::move(*calls);
    file_ = std::move(*opened);
    count_refused();
  }
  if (count > 0)
    spdlog::info("journal: {} records wait in {} for the database", count, file_->path());
  if (!cut_off.empty())
    spdlog::warn("journal: {} calls of a previous run were cut off and are closed as failed",
                 cut_off.size());
  {
    const std::lock_guard lock(mutex_);
    on_disk_ = count;
  }
  for (const auto& call : cut_off)
    add(CallEnded{.session_id = call.session_id,
                  .status = "failed",
                  .end_cause = "server-restarted",
                  .error = "The server stopped while the call was going on.",
                  .end_time = call.last_news});
  return std::nullopt;
}

void Journal::works() {
  const std::lock_guard lock(mutex_);
  if (was_failing_)
    spdlog::info("journal: the disk works again");
  failing_ = was_failing_ = false;
  changed_.notify_all();
}

void Journal::fails(const SqliteError& error) {
  const std::lock_guard lock(mutex_);
  failing_ = true;
  last_error_ = error.message;
  changed_.notify_all();
  const auto now = steady_clock::now();
  if (was_failing_ && now - said_ < kSayAgain)
    return;
  was_failing_ = true;
  said_ = now;
  const bool full = error.code == SQLITE_FULL || error.code == SQLITE_IOERR;
  spdlog::critical(
      "journal: records cannot be written to the disk ({}). {} wait in memory and are lost if this "
      "process dies; calls go on. {}",
      error.message, pending_.size(),
      full ? "Is the disk full? Make room." : "Is the folder of CENTRALITA_DATA writable?");
}

// --- To the database ---------------------------------------------------------

std::vector<Entry> Journal::next(std::size_t most, steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    // What is on the disk goes first, for the order's sake.
    const auto offers = [this] {
      return closed_ || on_disk_ > 0 || (failing_ && pending_.size() > 0);
    };
    if (!changed_.wait_until(lock, deadline, offers) || closed_)
      return {};
    if (on_disk_ == 0) {
      const auto items = pending_.first(most);
      lock.unlock();
      std::vector<Entry> entries;
      for (const auto& item : items) entries.push_back(encode(*item.record, run_, item.number));
      return entries;
    }
    const auto done = done_;
    lock.unlock();
    {
      const std::lock_guard file(file_mutex_);
      if (file_) {
        auto entries = file_->first(most, done);
        if (entries && !entries->empty())
          return std::move(*entries);
        if (!entries) {
          fails(entries.error());
          file_.reset();  // the journal's thread opens it again, and repairs what can be repaired
        }
      }
    }
    // Nothing to be had from the disk now: it is being opened again.
    lock.lock();
    const auto until = std::min(deadline, steady_clock::now() + 100ms);
    if (changed_.wait_until(lock, until, [this] { return closed_; }) || until == deadline)
      return {};
  }
}

void Journal::done(const std::vector<Entry>& entries) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries) {
    const bool pending =
        entry.place == 0 && pending_.size() > 0 && entry.number >= pending_.first_number();
    if (pending)
      pending_.erase_up_to(entry.number);
    else
      on_disk_ = std::max<std::int64_t>(0, on_disk_ - 1);
    done_.place = std::max(done_.place, entry.place);
    if (entry.run == run_)
      done_.number = std::max(done_.number, entry.number);
  }
  if (!entries.empty()) {
    tidy_ = false;
    added_.notify_one();
  }
  changed_.notify_all();
}

void Journal::put_aside(const Entry& entry, const std::string& reason) {
  const std::lock_guard file(file_mutex_);
  aside_.push_back({entry, reason, std::chrono::system_clock::now()});
  if (aside_.size() > JournalFile::kMostRefused)
    aside_.pop_front();
  if (const auto error = file_ ? write_aside() : std::nullopt)
    fails(*error);
  count_refused();
}

// With the file's mutex held, and the file open.
std::optional<SqliteError> Journal::write_aside() {
  while (!aside_.empty()) {
    if (auto error = file_->refuse(aside_.front()))
      return error;
    aside_.pop_front();
  }
  return std::nullopt;
}

std::vector<Refused> Journal::refused(std::size_t most) {
  const std::lock_guard file(file_mutex_);
  std::vector<Refused> refused(aside_.rbegin(), aside_.rend());
  if (file_)
    if (auto on_disk = file_->refused(most))
      std::move(on_disk->begin(), on_disk->end(), std::back_inserter(refused));
  refused.resize(std::min(refused.size(), most));
  return refused;
}

void Journal::forget_refused(const Entry& entry) {
  const std::lock_guard file(file_mutex_);
  std::erase_if(aside_, [&](const Refused& record) {
    return record.entry.run == entry.run && record.entry.number == entry.number;
  });
  if (file_)
    (void)file_->forget_refused(entry.run, entry.number);
  count_refused();
}

bool Journal::beginning_refused(const std::string& session_id) {
  const std::lock_guard file(file_mutex_);
  if (std::any_of(aside_.begin(), aside_.end(), [&](const Refused& record) {
        return record.entry.kind == "call-started" && record.entry.session_id == session_id;
      }))
    return true;
  if (!file_)
    return false;
  const auto on_disk = file_->beginning_refused(session_id);
  return !on_disk || *on_disk;
}

// With the file's mutex held.
void Journal::count_refused() {
  auto count = static_cast<std::int64_t>(aside_.size());
  if (file_) {
    const auto on_disk = file_->count_refused();
    if (!on_disk)
      return;
    count += *on_disk;
  }
  const std::lock_guard lock(mutex_);
  refused_ = static_cast<std::size_t>(count);
}

std::vector<Delivered> Journal::delivered() {
  const std::lock_guard file(file_mutex_);
  if (file_)
    if (auto runs = file_->delivered())
      return std::move(*runs);
  return {};
}

std::vector<Entry> Journal::delivered(const Delivered& beyond, std::size_t most) {
  const std::lock_guard file(file_mutex_);
  if (file_)
    if (auto entries = file_->delivered(beyond, most))
      return std::move(*entries);
  return {};
}

void Journal::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

std::vector<std::string> Journal::open_calls() {
  std::vector<std::string> ids;
  const std::lock_guard file(file_mutex_);
  if (!file_)
    return ids;
  if (const auto calls = file_->calls_of(run_))
    for (const auto& call : *calls) ids.push_back(call.session_id);
  return ids;
}

void Journal::keep(const std::string& key, const std::string& value) {
  const std::lock_guard file(file_mutex_);
  if (const auto error = file_ ? file_->keep(key, value) : std::nullopt)
    spdlog::error("journal: {} could not be kept for the next start: {}", key, error->message);
}

std::string Journal::kept(const std::string& key) {
  const std::lock_guard file(file_mutex_);
  if (!file_)
    return "";
  const auto value = file_->kept(key);
  return value ? *value : "";
}

bool Journal::wait_empty(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return pending_.size() == 0 && on_disk_ == 0; });
}

bool Journal::wait_on_disk(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return pending_.size() == 0 && !failing_; });
}

JournalStatus Journal::status() const {
  const std::lock_guard lock(mutex_);
  return {.healthy = !failing_,
          .last_error = last_error_,
          .waiting = pending_.size() + static_cast<std::size_t>(on_disk_),
          .in_memory = pending_.size(),
          .dropped = dropped_,
          .refused = refused_};
}

}  // namespace centralita::journal

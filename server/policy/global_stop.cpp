#include "server/policy/global_stop.h"

#include <glib/gstdio.h>
#include <spdlog/spdlog.h>

namespace centralita::policy {
namespace {

// Every server knows within a second, also one whose notifications do not come: a connection that a
// firewall has forgotten, a pooler that does not pass LISTEN on.
constexpr auto kLook = std::chrono::milliseconds(500);

using std::chrono::duration_cast;
using std::chrono::microseconds;

store::Incident incident_of(const Stop& stop) {
  return {.kind = store::kGlobalStop,
          .began = stop.since,
          .reason = stop.reason,
          .raised_by = stop.by,
          .errors = stop.errors};
}

Stop stop_of(const store::Incident& incident) {
  return {.reason = incident.reason,
          .by = incident.raised_by,
          .since = incident.began,
          .errors = incident.errors};
}

}  // namespace

GlobalStop::GlobalStop(IoContext io, store::Store& store, std::string file, Handlers handlers)
    : io_(std::move(io)), store_(store), file_(std::move(file)), handlers_(std::move(handlers)) {
  load_file();
  watch_ =
      store_.listener().subscribe("incidents", nullptr, [this](const auto&) { synchronise(); });
  look_soon();
}

void GlobalStop::look_soon() {
  look_ = io_.after(kLook, [this] {
    look_soon();
    if (!busy_)
      synchronise();
  });
}

std::optional<Stop> GlobalStop::state() { return stop_.copy(); }

void GlobalStop::raise(Stop stop, const store::Author& author) {
  if (state())
    return;
  author_ = author;
  stop.since = std::chrono::floor<microseconds>(stop.since);  // as the database gives it back
  pending_ = Pending::kRaise;
  notice_ = Notice{.id = OwnedString(g_uuid_string_random()).get()};
  telling_ = false;
  hold(std::move(stop));
  synchronise();
}

bool GlobalStop::clear(const store::Author& author) {
  if (!state())
    return false;
  author_ = author;
  // Not known there yet, it need not become so.
  pending_ = pending_ == Pending::kRaise && !busy_ ? Pending::kNothing : Pending::kClear;
  notice_.reset();
  hold(std::nullopt);
  handlers_.on_cleared(author.name);
  synchronise();
  return true;
}

void GlobalStop::hold(std::optional<Stop> stop) {
  *stop_.lock() = std::move(stop);
  save_file();
}

void GlobalStop::raised_here(const Stop& stop) {
  if (notice_ && !std::exchange(telling_, true))
    handlers_.on_raised(stop, *notice_);
}

void GlobalStop::told(const std::string& id, bool Notice::*who) {
  if (!notice_ || notice_->id != id)
    return;
  (*notice_).*who = true;
  if (notice_->webhook && notice_->mail)
    notice_.reset();
  save_file();
}

// --- The database ------------------------------------------------------------

void GlobalStop::synchronise() {
  if (busy_) {
    again_ = true;
    return;
  }
  switch (pending_) {
    case Pending::kRaise:
      return store_raise();
    case Pending::kClear:
      return store_clear();
    case Pending::kNothing:
      return read_database();
  }
}

void GlobalStop::store_raise() {
  const auto stop = state();
  if (!stop)
    return;
  busy_ = true;
  store_.change_promptly<std::int64_t>(
      [incident = incident_of(*stop), author = author_](store::Connection& connection) {
        return store::raise_incident(connection, incident, author);
      },
      nullptr,
      [this, stop = *stop,
       alive = std::weak_ptr(alive_)](const Result<std::int64_t, store::StoreError>& id) {
        if (alive.expired())
          return;
        busy_ = false;
        if (id && pending_ == Pending::kRaise)
          pending_ = Pending::kNothing;
        if (!id) {
          if (notice_ && !telling_)
            spdlog::error("the global stop holds on this server only: {}", id.error().message);
          if (pending_ == Pending::kRaise)
            raised_here(stop);  // nobody can say whether another server was first
          return;               // looked at again soon
        }
        save_file();
        if (*id > 0 && state())
          raised_here(stop);
        again_ = false;
        synchronise();  // what holds now may be another server's
      });
}

void GlobalStop::store_clear() {
  busy_ = true;
  store_.change_promptly<bool>(
      [author = author_](store::Connection& connection) {
        return store::end_incident(connection, store::kGlobalStop, "", author);
      },
      nullptr,
      [this, alive = std::weak_ptr(alive_)](const Result<bool, store::StoreError>& ended) {
        if (alive.expired())
          return;
        busy_ = false;
        if (!ended) {
          if (!std::exchange(said_, true))
            spdlog::warn("the end of the global stop is known to this server only: {}",
                         ended.error().message);
          return;
        }
        if (pending_ == Pending::kClear)
          pending_ = Pending::kNothing;
        said_ = false;
        save_file();
        again_ = false;
        synchronise();
      });
}

void GlobalStop::read_database() {
  busy_ = true;
  store_.read_promptly<std::optional<store::Incident>>(
      [](store::Connection& connection) {
        return store::find_open_incident(connection, store::kGlobalStop);
      },
      nullptr,
      [this, alive = std::weak_ptr(alive_)](
          const Result<std::optional<store::Incident>, store::StoreError>& open) {
        if (alive.expired())
          return;
        busy_ = false;
        // What was decided here meanwhile goes first.
        if (std::exchange(again_, false) || pending_ != Pending::kNothing)
          return synchronise();
        const auto held = state();
        if (!open) {
          if (held)
            raised_here(*held);  // as in store_raise()
          return;
        }
        if (*open && !held)
          spdlog::warn("new calls are refused: {} (global stop by {})", (*open)->reason,
                       (*open)->raised_by);
        if (*open) {
          if (held && held->since == (*open)->began && held->by == (*open)->raised_by)
            raised_here(*held);
          else
            notice_.reset();  // whoever raised it tells of it
          if (auto stop = stop_of(**open); stop != state())
            hold(std::move(stop));
          return;
        }
        if (!held)
          return;
        notice_.reset();
        hold(std::nullopt);
        spdlog::warn("new calls are taken again: the global stop was cleared elsewhere");
        handlers_.on_cleared("another server");
      });
}

// --- The file ----------------------------------------------------------------

void GlobalStop::save_file() {
  if (file_.empty())
    return;
  const auto stop = state();
  if (!stop && pending_ != Pending::kClear) {
    g_unlink(file_.c_str());
    return;
  }
  json::Object document;
  document.set("stopped", stop.has_value())
      .set("stored", pending_ == Pending::kNothing)
      .set("author", author_.name);
  if (stop)
    document.set("reason", stop->reason)
        .set("by", stop->by)
        .set("since_us", static_cast<std::int64_t>(
                             duration_cast<microseconds>(stop->since.time_since_epoch()).count()))
        .set("errors", stop->errors);
  if (notice_)
    document.set("notified", json::Object()
                                 .set("id", notice_->id)
                                 .set("webhook", notice_->webhook)
                                 .set("mail", notice_->mail));
  const auto text = document.to_string() + "\n";
  const OwnedString folder(g_path_get_dirname(file_.c_str()));
  g_mkdir_with_parents(folder.get(), 0700);
  GError* error = nullptr;
  if (!g_file_set_contents_full(file_.c_str(), text.c_str(), static_cast<gssize>(text.size()),
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
    const OwnedError owned(error);
    spdlog::error("the global stop is not kept for a restart: {}", owned->message);
  }
}

void GlobalStop::load_file() {
  char* contents = nullptr;
  if (file_.empty() || !g_file_get_contents(file_.c_str(), &contents, nullptr, nullptr))
    return;
  const auto document = json::parse(OwnedString(contents).get());
  if (!document || !document->is_object()) {
    spdlog::error("{} is not readable and is ignored", file_);
    return;
  }
  const auto fields = document->object();
  const bool stored = fields.boolean("stored").value_or(false);
  author_ = {.name = fields.string("author").value_or(""), .address = ""};
  if (!fields.boolean("stopped").value_or(false)) {
    pending_ = stored ? Pending::kNothing : Pending::kClear;
    return;
  }
  Stop stop{.reason = fields.string("reason").value_or(""),
            .by = fields.string("by").value_or(""),
            .since = WallTime(microseconds(fields.integer("since_us").value_or(0))),
            .errors = fields.string("errors").value_or("[]")};
  spdlog::warn("new calls are refused, as before the restart: {} (global stop by {})", stop.reason,
               stop.by);
  pending_ = stored ? Pending::kNothing : Pending::kRaise;
  // Whether it is this server that tells is asked of the database first: it may have ended between
  // raising the stop and hearing that another had been quicker.
  if (const auto notified = fields.object("notified"))
    notice_ = Notice{.id = notified->string("id").value_or(""),
                     .webhook = notified->boolean("webhook").value_or(false),
                     .mail = notified->boolean("mail").value_or(false),
                     .resumed = true};
  *stop_.lock() = std::move(stop);
}

}  // namespace centralita::policy

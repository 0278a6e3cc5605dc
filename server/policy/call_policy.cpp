#include "server/policy/call_policy.h"

#include "server/handlers/api.h"

#include <spdlog/spdlog.h>

namespace centralita::policy {
namespace {

constexpr char kErrors[] = "errors";  // who raised a stop that nobody commanded
// As many as GLOBAL_STOP_MAX_ERRORS_IN_WINDOW may be.
constexpr std::size_t kMostRemembered = 1'000;

Mail mail_about(const Stop& stop, const std::string& instance) {
  const auto since = iso_time(stop.since);
  return {.subject = "Centralita: llamadas detenidas / calls stopped",
          .text = "Centralita (" + instance + ") rechaza las llamadas nuevas desde " + since +
                  ".\nMotivo: " + stop.reason + "\nPor: " + stop.by +
                  "\nLas llamadas en curso siguen. Cuando esté resuelto, reanude desde el panel o "
                  "con POST /api/v1/system/resume.\n\nCentralita (" +
                  instance + ") refuses new calls since " + since + ".\nReason: " + stop.reason +
                  "\nBy: " + stop.by +
                  "\nLive calls go on. When it is solved, resume in the dashboard or with POST "
                  "/api/v1/system/resume.\n\n" +
                  stop.errors + "\n"};
}

}  // namespace

CallPolicy::CallPolicy(IoContext io, store::Store& store, PolicySettings settings,
                       Surroundings surroundings)
    : io_(std::move(io)),
      store_(store),
      settings_(std::move(settings)),
      around_(std::move(surroundings)),
      admission_({.max_calls = settings_.max_calls, .max_lateness = settings_.max_lateness}),
      window_(settings_.max_errors, settings_.error_window),
      webhook_(io_, settings_.webhook_url, settings_.webhook_secret),
      mailer_(settings_.mail),
      global_stop_(
          io_, store, around_.data_dir.empty() ? "" : around_.data_dir + "/global-stop.json",
          {.on_raised = [this](const Stop& stop, const Notice& notice) { raised(stop, notice); },
           .on_cleared =
               [this](const std::string& by) {
                 spdlog::warn("global_call_stop_cleared by=\"{}\"", by);
                 window_.clear();
                 recent_.clear();
               }}) {}

// --- New calls ---------------------------------------------------------------

std::optional<Refusal> CallPolicy::refusal(const std::string& language) {
  if (draining_)
    return refusal_of("draining", language, "This server is stopping.");
  if (const auto stop = global_stop_.state())
    return refusal_of("stopped", language, "Reason: " + stop->reason);
  const auto full = admission_.room_for_one_more(load());
  if (!full.empty())
    return refusal_of(full, language);
  if (!store_.status().can_answer_calls)
    return refusal_of("database-away", language, "The database is away.");
  return std::nullopt;
}

bool CallPolicy::stop(const std::string& reason, const store::Author& author) {
  if (stopped())
    return false;
  global_stop_.raise({.reason = reason,
                      .by = author.name,
                      .since = io_.wall(),
                      .errors = recent_errors().to_string()},
                     author);
  return true;
}

// --- Errors ------------------------------------------------------------------

void CallPolicy::call_started(const CallStarted& call) {
  (*client_types_.lock())[call.session_id] = call.client_type;
}

void CallPolicy::call_ended(const CallEnded& end) {
  std::string client_type;
  {
    const auto known = client_types_.lock();
    if (const auto found = known->find(end.session_id); found != known->end()) {
      client_type = std::move(found->second);
      known->erase(found);
    }
  }
  if (is_critical(end))
    io_.post([this, end, client_type, alive = std::weak_ptr(alive_)] {
      if (!alive.expired())
        critical_error(end, client_type);
    });
}

void CallPolicy::critical_error(const CallEnded& end, const std::string& client_type) {
  const auto now = io_.now();
  const bool too_many = window_.add(now);
  const int count = window_.count(now);
  spdlog::error(
      "call {}: critical_call_error reason=\"{}\" client_type={} error_count_in_window={} "
      "window_seconds={}",
      end.session_id, end.error, client_type, count, settings_.error_window.count());
  json::Object description;
  description.set("call_id", end.session_id)
      .set("client_type", client_type)
      .set("cause", end.end_cause)
      .set("provider", end.fault.provider)
      .set("operation", end.fault.operation)
      .set("code", end.fault.code)
      .set("text", end.error)
      .set("time", iso_time(end.end_time));
  recent_.push_back({now, std::move(description)});
  if (recent_.size() > kMostRemembered)
    recent_.pop_front();
  if (settings_.max_errors > 0 && too_many && !stopped())
    global_stop_.raise({.reason = std::to_string(count) + " critical errors within " +
                                  std::to_string(settings_.error_window.count()) +
                                  " s; the last one: " + end.error,
                        .by = kErrors,
                        .since = io_.wall(),
                        .errors = recent_errors().to_string()},
                       {.name = kErrors, .address = ""});
}

json::Array CallPolicy::recent_errors() {
  while (!recent_.empty() && recent_.front().at + window_.window() <= io_.now())
    recent_.pop_front();
  json::Array errors;
  for (const auto& error : recent_) errors.add(error.description);
  return errors;
}

void CallPolicy::raised(const Stop& stop, const Notice& notice) {
  const auto document = json::parse(stop.errors);
  const auto errors = document ? document->array() : json::Array();
  const auto calls = errors.objects();
  const auto count = static_cast<std::int64_t>(calls.size());
  const auto window = static_cast<std::int64_t>(settings_.error_window.count());
  if (notice.resumed)
    spdlog::warn("the administrator is told of the global stop, as before the restart");
  else
    spdlog::error(
        "global_call_stop_activated reason=\"{}\" by=\"{}\" error_count_in_window={} "
        "window_seconds={}",
        stop.reason, stop.by, count, window);
  json::Object event;
  event.set("event", "global_call_stop_activated")
      .set("reason", stop.reason)
      .set("by", stop.by)
      .set("since", iso_time(stop.since))
      .set("instance", around_.instance)
      .set("call_id", calls.empty() ? "" : calls.back().string("call_id").value_or(""))
      .set("error_count_in_window", count)
      .set("window_seconds", window)
      .set("errors", errors);
  const auto told = [this, &notice](bool Notice::*who) {
    return [this, io = io_, id = notice.id, who, alive = std::weak_ptr(alive_)] {
      io.post([this, id, who, alive] {
        if (!alive.expired())
          global_stop_.told(id, who);
      });
    };
  };
  if (!notice.webhook)
    webhook_.send(notice.id, event, told(&Notice::webhook));
  if (!notice.mail) {
    auto mail = mail_about(stop, around_.instance);
    mail.id = notice.id;
    mail.on_sent = told(&Notice::mail);
    mailer_.send(std::move(mail));
  }
}

}  // namespace centralita::policy

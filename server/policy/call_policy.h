// What the server does about failures and about too much work: counts the critical errors of all
// calls, stops taking new ones when they are too many, says so to whoever must know, and decides of
// each new call whether it is taken.
//
// It follows all calls (CallObserver, any thread); everything else is the main thread's.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/locked.h"
#include "server/policy/admin_webhook.h"
#include "server/policy/admission.h"
#include "server/policy/critical_errors.h"
#include "server/policy/global_stop.h"
#include "server/policy/mail.h"
#include "server/policy/policy_settings.h"

#include <deque>
#include <functional>
#include <map>

namespace centralita::policy {

class CallPolicy final : public CallObserver {
 public:
  struct Surroundings {
    std::string data_dir;  // empty: nothing is kept in files
    std::string instance;  // name of this server, for notices
    std::function<Load()> load;
  };
  CallPolicy(IoContext io, store::Store& store, PolicySettings settings, Surroundings surroundings);

  // Why a new call is not taken now; empty: it is. `language`: of the sentence for the caller.
  std::optional<Refusal> refusal(const std::string& language = "");

  // From now on every new call is refused: the server is about to stop.
  void begin_draining() { draining_ = true; }
  bool draining() const { return draining_; }

  // By an administrator. False: one holds already.
  bool stop(const std::string& reason, const store::Author& author);
  // False: none held.
  bool resume(const store::Author& author) { return global_stop_.clear(author); }

  std::optional<Stop> stopped() { return global_stop_.state(); }
  int errors_in_window() { return window_.count(io_.now()); }
  const PolicySettings& settings() const { return settings_; }
  Load load() const { return around_.load(); }
  const std::string& instance() const { return around_.instance; }
  bool notices_sent() const { return webhook_.idle(); }

  // CallObserver, any thread.
  void call_started(const CallStarted& call) override;
  void turn_finished(const TurnFinished&) override {}
  void call_ended(const CallEnded& end) override;

 private:
  void critical_error(const CallEnded& end, const std::string& client_type);
  void raised(const Stop& stop, const Notice& notice);
  json::Array recent_errors();

  struct CriticalError {
    Clock::TimePoint at;
    json::Object description;
  };

  const IoContext io_;
  store::Store& store_;
  const PolicySettings settings_;
  const Surroundings around_;
  Admission admission_;
  bool draining_ = false;
  ErrorWindow window_;
  std::deque<CriticalError> recent_;
  Locked<std::map<std::string, std::string>> client_types_;  // of live calls
  AdminWebhook webhook_;
  Mailer mailer_;
  GlobalStop global_stop_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace centralita::policy

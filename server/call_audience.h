// Everybody who follows calls: what a call tells, each of them is told, in the order of their
// admission. All are admitted before the first call; then calls tell from any shard, so whoever
// listens is called from several threads at once and must not block.
//
// Of a call whose agent wants it so, or of every one, nobody is told what is personal in what was
// said (server/privacy/pii.h).
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/locked.h"
#include "server/logging/trace_id.h"
#include "server/privacy/pii.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace centralita {

class CallAudience final : public CallObserver {
 public:
  // Borrowed: outlives every call.
  void admit(CallObserver& observer) { observers_.push_back(&observer); }
  // Before the first call.
  void redact_every_call() { redact_all_ = true; }

  // What the usage of a call costs, as JSON; called from any shard. Set before the first call.
  void price_by(std::function<std::string(const CallUsage&)> price) { price_ = std::move(price); }

  void call_started(const CallStarted& call) override {
    if (call.redact_pii && !redact_all_)
      redacted_.lock()->insert(call.session_id);
    auto traced = call;
    if (call.trace_id.empty())
      traced.trace_id = trace_id_of(call.session_id);
    for (const auto* id : {&traced.session_id, &traced.provider_call_id})
      remember_trace(*id, traced.trace_id);
    for (auto* observer : observers_) observer->call_started(traced);
  }
  void turn_finished(const TurnFinished& turn) override {
    if (!redacts(turn.session_id)) {
      for (auto* observer : observers_) observer->turn_finished(turn);
      return;
    }
    auto clean = turn;
    clean.content = without_pii(turn.content);
    clean.generated = without_pii(turn.generated);
    for (auto* observer : observers_) observer->turn_finished(clean);
  }
  void call_ended(const CallEnded& end) override {
    auto priced = end;
    if (end.usage && price_)
      priced.cost = price_(*end.usage);
    for (auto* observer : observers_) observer->call_ended(priced);
    redacted_.lock()->erase(end.session_id);
  }
  void call_event(const CallEvent& event) override {
    if (!redacts(event.session_id)) {
      for (auto* observer : observers_) observer->call_event(event);
      return;
    }
    auto clean = event;
    clean.detail = without_pii(event.detail);
    for (auto* observer : observers_) observer->call_event(clean);
  }
  void tool_finished(const ToolFinished& tool) override {
    if (!redacts(tool.session_id)) {
      for (auto* observer : observers_) observer->tool_finished(tool);
      return;
    }
    auto clean = tool;
    clean.arguments = without_pii(tool.arguments);
    clean.result = without_pii(tool.result);
    for (auto* observer : observers_) observer->tool_finished(clean);
  }

  // What of it may be told; for what does not come by here.
  std::string told(const std::string& session_id, const std::string& text) {
    return redacts(session_id) ? without_pii(text) : text;
  }

 private:
  bool redacts(const std::string& session_id) {
    return redact_all_ || redacted_.lock()->contains(session_id);
  }

  std::vector<CallObserver*> observers_;
  std::function<std::string(const CallUsage&)> price_;
  bool redact_all_ = false;
  Locked<std::set<std::string>> redacted_;
};

}  // namespace centralita

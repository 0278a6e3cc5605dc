// Everybody who follows calls: what a call tells, each of them is told, in the order of their
// admission. All are admitted before the first call; then calls tell from any shard, so whoever
// listens is called from several threads at once and must not block.
#pragma once

#include "pipelines/call_records.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace centralita {

class CallAudience final : public CallObserver {
 public:
  // Borrowed: outlives every call.
  void admit(CallObserver& observer) { observers_.push_back(&observer); }

  // What the usage of a call costs, as JSON; called from any shard. Set before the first call.
  void price_by(std::function<std::string(const CallUsage&)> price) { price_ = std::move(price); }

  void call_started(const CallStarted& call) override {
    for (auto* observer : observers_) observer->call_started(call);
  }
  void turn_finished(const TurnFinished& turn) override {
    for (auto* observer : observers_) observer->turn_finished(turn);
  }
  void call_ended(const CallEnded& end) override {
    auto priced = end;
    if (end.usage && price_)
      priced.cost = price_(*end.usage);
    for (auto* observer : observers_) observer->call_ended(priced);
  }
  void call_event(const CallEvent& event) override {
    for (auto* observer : observers_) observer->call_event(event);
  }
  void tool_finished(const ToolFinished& tool) override {
    for (auto* observer : observers_) observer->tool_finished(tool);
  }

 private:
  std::vector<CallObserver*> observers_;
  std::function<std::string(const CallUsage&)> price_;
};

}  // namespace centralita

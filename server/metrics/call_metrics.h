// What calls tell, counted. The names are the predecessor's where it had one.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/locked.h"
#include "server/metrics/metrics.h"

#include <map>
#include <string>

namespace centralita::metrics {

class CallMetrics final : public CallObserver {
 public:
  explicit CallMetrics(Registry& registry);

  void call_started(const CallStarted& call) override;
  void turn_finished(const TurnFinished& turn) override;
  void call_ended(const CallEnded& end) override;
  void call_event(const CallEvent& event) override;

 private:
  struct Live {
    std::string client_type;
    WallTime start;
  };
  Gauge& active_;
  Counter &user_turns_, &agent_turns_, &interrupted_, &barge_ins_, &provider_failures_;
  Histogram &response_, &duration_;
  std::map<std::string, Histogram*> parts_;
  std::map<std::pair<std::string, std::string>, Counter*> ended_;  // by client type and status
  Locked<std::map<std::string, Live>> live_;  // taken at a call's start and end alone
};

// Of this process, when read: memory, threads, descriptors, CPU time, since when; version.
void add_process_metrics(Registry& registry);

}  // namespace centralita::metrics

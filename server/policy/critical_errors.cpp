#include "server/policy/critical_errors.h"

namespace centralita::policy {

bool is_critical(const CallEnded& end) {
  if (end.status != "failed")
    return false;
  if (end.end_cause == "no-reply" || end.end_cause == "pipeline-error")
    return true;
  if (end.end_cause != "provider-failed")
    return false;
  const auto& code = end.fault.code;
  return code != "bad-request" && code != "too-large" && code != "model-retired";
}

bool ErrorWindow::add(Time now) {
  errors_.push_back(now);
  return count(now) >= limit_;
}

int ErrorWindow::count(Time now) {
  while (!errors_.empty() && errors_.front() + window_ <= now) errors_.pop_front();
  return static_cast<int>(errors_.size());
}

}  // namespace centralita::policy

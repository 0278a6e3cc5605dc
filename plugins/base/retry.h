// When a request that failed is made again, and after how long a wait.
//
//   Retry retry;                                     // one per clause, utterance or reply
//   if (const auto pause = retry.next(error))
//     timer = io.after(*pause, [] { send again });
//   else
//     report(error);
//
// An error that another try cannot mend is final. What may pass is tried again as often as the
// policy allows: after what the service asks for (Retry-After), and where it does not say, after a
// pause that doubles each time. Somebody is on the telephone: a service that asks for a longer wait
// than the policy's longest is not waited for. Pauses of our own are shortened at random, so that
// the calls that met the same limit do not come back at the same moment.
#pragma once

#include "plugins/base/provider_error.h"

namespace centralita {

struct RetryPolicy {
  int tries = 2;                                 // requests in all
  std::chrono::milliseconds first_pause{100};    // before the second one
  std::chrono::milliseconds longest_pause{500};  // of ours, and that the service may ask for
  double jitter = 0.25;                          // at most so much of a pause of ours is left out
};

class Retry {
 public:
  explicit Retry(RetryPolicy policy = {}) : policy_(policy) {}

  // Counts a failure. The wait before the next try; none: the failure stands.
  std::optional<std::chrono::milliseconds> next(const ProviderError& error) {
    return next(error.retriable(), error.retry_after);
  }
  std::optional<std::chrono::milliseconds> next(
      bool may_pass, std::optional<std::chrono::milliseconds> retry_after = std::nullopt);

  int failures() const { return failures_; }

 private:
  RetryPolicy policy_;
  int failures_ = 0;
};

}  // namespace centralita

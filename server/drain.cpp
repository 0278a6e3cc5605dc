#include "server/drain.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

// An apology, at its longest.
constexpr auto kApologyLimit = 15s;
constexpr auto kCheck = 100ms;

}  // namespace

void Drain::begin(std::function<void()> done) {
  done_ = std::move(done);
  until_ = io_.now() + limit_;
  watch();
}

void Drain::watch() {
  const bool late = io_.now() >= until_;
  if (around_.idle() || (late && (apologised_ || limit_ == 0s)))
    return done_();
  if (late) {
    apologised_ = true;
    until_ = io_.now() + kApologyLimit;
    around_.apologise();
  }
  timer_ = io_.after(kCheck, [this] { watch(); });
}

}  // namespace centralita

#include "pipelines/filler.h"

#include <algorithm>

namespace centralita {

void Filler::wait_begins(Time now) {
  if (waits_since_)
    return;
  waits_since_ = now;
  said_ = false;
}

void Filler::wait_ends() { waits_since_.reset(); }

void Filler::heard_until(Time time) {
  if (waits_since_)
    waits_since_ = std::max(*waits_since_, time);
}

std::optional<Filler::Time> Filler::deadline() const {
  if (!waits_since_ || said_ || settings_.phrases.empty() || settings_.delay.count() == 0)
    return std::nullopt;
  return *waits_since_ + settings_.delay;
}

std::optional<std::string> Filler::due(Time now) {
  const auto when = deadline();
  if (!when || now < *when)
    return std::nullopt;
  said_ = true;
  return another();
}

std::optional<std::string> Filler::another() {
  if (settings_.phrases.empty() || settings_.delay.count() == 0)
    return std::nullopt;
  return settings_.phrases[next_++ % settings_.phrases.size()];
}

std::vector<std::string> usual_fillers(const std::string& language) {
  if (language.starts_with("en"))
    return {"One moment, please.", "Just a second.", "Still with you, one moment."};
  return {"Un momento, por favor.", "Permítame un segundo.", "Sigo con usted, un momento."};
}

}  // namespace centralita

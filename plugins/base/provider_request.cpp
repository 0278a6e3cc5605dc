#include "plugins/base/provider_request.h"

#include <array>

namespace centralita {
namespace {

bool is_success(const HttpAnswer& answer) { return answer.status >= 200 && answer.status < 300; }

class Race : public std::enable_shared_from_this<Race> {
 public:
  Race(IoContext io, std::shared_ptr<ProviderHealth::Request> health, HttpRequest request,
       HttpHandlers handlers)
      : io_(std::move(io)),
        health_(std::move(health)),
        request_(std::move(request)),
        handlers_(std::make_shared<HttpHandlers>(std::move(handlers))) {}

  void start(std::optional<std::chrono::milliseconds> second_after) {
    begin(0);
    if (second_after)
      timer_ = io_.after(*second_after, [this] {
        health_->hedged();
        begin(1);
      });
  }

  void stop() {
    handlers_ = nullptr;
    timer_.reset();
    for (auto& leg : legs_) leg.request.reset();
  }

 private:
  struct Leg {
    Slot request;
    std::optional<HttpAnswer> answer;
    bool running = false;
  };

  void begin(std::size_t i) {
    legs_[i].running = true;
    legs_[i].request = HttpStream::start(
        io_, request_,
        {.on_answer = [this, i](const HttpAnswer& answer) { legs_[i].answer = answer; },
         .on_bytes = [this, i](std::span<const std::uint8_t> bytes) { came(i, bytes); },
         .on_end = [this, i] { ended(i); },
         .on_failure = [this, i](const HttpFailure& failure) { failed(i, failure); }});
  }

  // From now on only this one is listened to. False: whoever listens has gone.
  bool choose(std::size_t i) {
    if (chosen_)
      return true;
    chosen_ = i;
    timer_.reset();
    legs_[1 - i].request.reset();
    const auto handlers = handlers_;
    if (legs_[i].answer && handlers->on_answer)
      handlers->on_answer(*legs_[i].answer);
    return handlers_ != nullptr;
  }

  // Whether another one may still do better than the refusal or the failure of this one.
  bool other_runs(std::size_t i) const { return !chosen_ && legs_[1 - i].running; }

  void give_up(std::size_t i) {
    legs_[i].running = false;
    legs_[i].request.reset();
  }

  void came(std::size_t i, std::span<const std::uint8_t> bytes) {
    const auto self = shared_from_this();
    const bool success = legs_[i].answer && is_success(*legs_[i].answer);
    if (!success && other_runs(i))
      return give_up(i);
    if (success)
      health_->answered(io_.now());
    if (choose(i) && handlers_->on_bytes)
      std::shared_ptr(handlers_)->on_bytes(bytes);
  }

  void ended(std::size_t i) {
    const auto self = shared_from_this();
    if (!(legs_[i].answer && is_success(*legs_[i].answer)) && other_runs(i))
      return give_up(i);
    if (choose(i) && handlers_->on_end)
      std::shared_ptr(handlers_)->on_end();
  }

  void failed(std::size_t i, const HttpFailure& failure) {
    const auto self = shared_from_this();
    if (other_runs(i))
      return give_up(i);
    if (choose(i) && handlers_->on_failure)
      std::shared_ptr(handlers_)->on_failure(failure);
  }

  const IoContext io_;
  const std::shared_ptr<ProviderHealth::Request> health_;
  const HttpRequest request_;
  std::shared_ptr<HttpHandlers> handlers_;  // a running one is held by whoever runs it; null: over
  std::array<Leg, 2> legs_;
  std::optional<std::size_t> chosen_;
  Slot timer_;
};

}  // namespace

Slot start_provider_request(const IoContext& io, std::shared_ptr<ProviderHealth::Request> health,
                            bool hedge, HttpRequest request, HttpHandlers handlers) {
  const auto late = hedge ? health->late_after() : std::nullopt;
  const auto race =
      std::make_shared<Race>(io, std::move(health), std::move(request), std::move(handlers));
  race->start(late);
  return Slot([race] { race->stop(); });
}

}  // namespace centralita

#include "server/policy/admin_webhook.h"

#include "server/webhooks/webhook_signature.h"

#include <spdlog/spdlog.h>

#include <array>

namespace centralita::policy {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// After each failure but the last.
constexpr std::array<milliseconds, 6> kPauses = {1s, 5s, 20s, 60s, 200s, 600s};
constexpr HttpDeadlines kDeadlines{.connect = 5s, .first_byte = 10s, .stall = 5s};

}  // namespace

void AdminWebhook::send(const std::string& id, const json::Object& event,
                        std::function<void()> on_told) {
  if (url_.empty())
    return on_told();
  auto& delivery = deliveries_.emplace_back();
  delivery.id = "msg_" + id;
  delivery.body = event.to_string();
  delivery.on_told = std::move(on_told);
  attempt(std::prev(deliveries_.end()));
}

void AdminWebhook::attempt(Deliveries::iterator delivery) {
  const std::int64_t timestamp = std::chrono::duration_cast<std::chrono::seconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count();
  HttpRequest request{
      .url = url_,
      .headers = {{"webhook-id", delivery->id}, {"webhook-timestamp", std::to_string(timestamp)}},
      .content_type = "application/json",
      .body = delivery->body,
      .deadlines = kDeadlines};
  if (!secret_.empty())
    request.headers.emplace_back(
        "webhook-signature", webhook_signature(secret_, delivery->id, timestamp, delivery->body));
  ++delivery->tries;
  delivery->status = 0;
  delivery->work = HttpStream::start(
      io_, std::move(request),
      {.on_answer = [delivery](const HttpAnswer& answer) { delivery->status = answer.status; },
       .on_end =
           [this, delivery] {
             if (delivery->status < 200 || delivery->status >= 300)
               return failed(delivery, "HTTP " + std::to_string(delivery->status));
             const auto on_told = std::move(delivery->on_told);
             deliveries_.erase(delivery);
             on_told();
           },
       .on_failure = [this,
                      delivery](const HttpFailure& failure) { failed(delivery, failure.detail); }});
}

void AdminWebhook::failed(Deliveries::iterator delivery, const std::string& why) {
  const auto done = static_cast<std::size_t>(delivery->tries);
  if (done > kPauses.size()) {
    spdlog::error(
        "the administrator's webhook (ADMIN_NOTIFICATION_WEBHOOK_URL) was not told, given up "
        "after {} tries: {}",
        done, why);
    deliveries_.erase(delivery);
    return;
  }
  spdlog::warn("the administrator's webhook was not told, tried again: {}", why);
  delivery->work = io_.after(kPauses[done - 1], [this, delivery] { attempt(delivery); });
}

}  // namespace centralita::policy

// Tells an administrator's web service what has happened: a POST of JSON, signed as Standard
// Webhooks has it (server/webhooks/webhook_signature.h). What is not answered with 2xx is sent
// again, with growing pauses, for about a quarter of an hour. One thread: its IoContext's.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/json.h"

#include <functional>
#include <list>
#include <string>

namespace centralita::policy {

class AdminWebhook {
 public:
  AdminWebhook(IoContext io, std::string url, std::string secret)
      : io_(std::move(io)), url_(std::move(url)), secret_(std::move(secret)) {}

  // `id`: of the notice, the same at a second send() of it. `on_told`: it was answered with 2xx, or
  // there is no web service to tell.
  void send(const std::string& id, const json::Object& event, std::function<void()> on_told);
  bool idle() const { return deliveries_.empty(); }

 private:
  struct Delivery {
    std::string id, body;
    std::function<void()> on_told;
    int tries = 0;
    int status = 0;
    Slot work;
  };
  using Deliveries = std::list<Delivery>;

  void attempt(Deliveries::iterator delivery);
  void failed(Deliveries::iterator delivery, const std::string& why);

  const IoContext io_;
  const std::string url_, secret_;
  Deliveries deliveries_;
};

}  // namespace centralita::policy

// Tells an administrator's web service what has happened: a POST of JSON, signed as Standard
// Webhooks (standardwebhooks.com) has it: webhook-id, webhook-timestamp, and webhook-signature
// "v1," and the base64 of HMAC-SHA256 over "ID.TIMESTAMP.BODY". The secret is the text of the
// environment, or what follows "whsec_" decoded. What is not answered with 2xx is sent again, with
// growing pauses, for about a quarter of an hour. One thread: its IoContext's.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/json.h"

#include <list>
#include <string>

namespace centralita::policy {

std::string webhook_signature(const std::string& secret, const std::string& id,
                              const std::string& timestamp, const std::string& body);

class AdminWebhook {
 public:
  AdminWebhook(IoContext io, std::string url, std::string secret)
      : io_(std::move(io)), url_(std::move(url)), secret_(std::move(secret)) {}

  void send(const json::Object& event);
  bool idle() const { return deliveries_.empty(); }

 private:
  struct Delivery {
    std::string id, body;
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

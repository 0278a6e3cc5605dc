// Sends what is due to webhooks: claims it in the database, so that of any number of servers
// exactly one does, and says there how it went.
//
// Delivered is what was answered with 2xx. Anything else is tried again, ever more rarely, for a
// day (kDelays), or when the receiver asked for it (Retry-After); then it is "dead", until somebody
// sends it again by hand. 410 Gone is final at once. Of a server that dies over a delivery another
// one takes it a minute later: a receiver may see an event twice, with the same webhook-id.
// Redirects are not followed. The name is resolved before each request, and an address in a private
// network refused unless those are allowed. Main thread.
#pragma once

#include "plugins/base/io_context.h"
#include "server/store/store.h"
#include "server/store/webhooks.h"

#include <map>
#include <memory>

namespace centralita {

struct WebhookOptions {
  bool allow_private = false;
  bool redact = false;  // nothing personal is sent: see webhook_body()
};

class WebhookSender {
 public:
  // `store` outlives it.
  WebhookSender(const IoContext& io, store::Store& store, WebhookOptions options);
  ~WebhookSender();

  void poll();  // at once; else within a second

 private:
  using Claimed = store::Claimed;
  struct Due {
    Claimed delivery;
    std::string mistake;  // why it has no body; empty: it has one
  };
  struct Lookup;

  void wait();
  void take(const std::vector<Due>& due);
  void resolve(const Claimed& delivery);
  void resolved(const Claimed& delivery, const std::string& mistake);
  void send(const Claimed& delivery);
  void answered(const Claimed& delivery, std::optional<int> status, std::string error,
                std::optional<std::chrono::milliseconds> retry_after);

  const IoContext io_;
  store::Store& store_;
  const WebhookOptions options_;
  std::map<std::int64_t, Slot> requests_;  // under way, by delivery
  bool asking_ = false;
  Slot timer_;
  std::shared_ptr<WebhookSender*> self_;  // for answers that come late
  Ref<GCancellable> cancel_ = Ref<GCancellable>::adopt(g_cancellable_new());
};

// What is sent of an event: {"type", "id", "timestamp", "data"}. A call's data is what
// GET /api/v1/calls/{id} shows; with `redact` without numbers, cards and addresses, those of the
// telephones included. Blocks; on the store's thread.
Result<std::string, store::StoreError> webhook_body(store::Connection& connection,
                                                    const store::Claimed& delivery, bool redact);

}  // namespace centralita

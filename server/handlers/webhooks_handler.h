// /api/v1/webhooks and /api/v1/webhook-deliveries.
#pragma once

#include "server/router.h"
#include "server/store/store.h"
#include "server/webhooks/webhook_sender.h"

namespace centralita {

void add_webhooks_handler(Router& router, store::Store& store, WebhookSender& sender,
                          bool allow_private);

}  // namespace centralita

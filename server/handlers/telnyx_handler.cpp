#include "server/handlers/telnyx_handler.h"

#include "server/telephony/carrier_paths.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

// Longer than any signature stays valid, in either direction.
constexpr auto kRememberEvents = std::chrono::minutes(30);

}  // namespace

void add_telnyx_handler(Router& router, const TelnyxSettings& settings,
                        const PublicAddress& address, const IoContext& io, PhoneHost& host,
                        PhoneCalls& calls) {
  const auto seen = std::make_shared<SeenIds>(kRememberEvents);
  router.add(
      "POST", kTelnyxPath, Access::kOpen,
      [key = settings.public_key, &address, io, &host, &calls, seen](const Exchange& exchange) {
        if (!key) {
          spdlog::error(
              "Telnyx' webhook refused: TELNYX_PUBLIC_KEY is not set, so nobody can be "
              "trusted");
          return exchange->reply_error(403, "telnyx-not-configured",
                                       "TELNYX_PUBLIC_KEY is not set on this server.");
        }
        const auto body = exchange->body();
        const auto mistake = telnyx_signature_error(
            *key, exchange->header("telnyx-signature-ed25519"),
            exchange->header("telnyx-timestamp"), body, std::chrono::system_clock::now());
        if (!mistake.empty()) {
          spdlog::warn("Telnyx' webhook refused: {} (from {})", mistake,
                       exchange->client_address());
          return exchange->reply_error(403, "bad-signature", mistake + ".");
        }
        auto event = parse_telnyx_event(body);
        if (!event) {
          spdlog::warn("Telnyx' webhook cannot be read: {}", event.error());
          return exchange->reply_error(400, "bad-event", event.error() + ".");
        }
        if (event->type == "call.initiated" && event->direction == "incoming" &&
            host.sends_calls_elsewhere())
          return exchange->reply_error(503, "draining",
                                       "This server is stopping; ask another one.");
        exchange->reply(200, "text/plain; charset=utf-8", "");
        if (!seen->add(event->id, io.now()))
          return spdlog::debug("Telnyx' event {} came again (attempt {})", event->id,
                               event->attempt);
        io.post([&calls, event = std::move(*event), base = address.call_url(*exchange)] {
          calls.telnyx_event(event, base);
        });
      });
}

}  // namespace centralita

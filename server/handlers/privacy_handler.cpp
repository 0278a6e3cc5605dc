#include "server/handlers/privacy_handler.h"

#include "server/handlers/api.h"
#include "server/store/erasure.h"
#include "server/store/refused.h"

#include <algorithm>

namespace centralita {
namespace {

// Fewer digits would be somebody else's number too.
constexpr auto kFewestDigits = 7;

void erase(store::Store& store, Caretaker& caretaker, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto number = body->string("number").value_or("");
  const auto digits =
      std::count_if(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits < kFewestDigits || number.find_first_not_of("+0123456789 -().") != number.npos)
    return exchange->reply_error(
        422, "invalid-number",
        agents::Words{"number debe ser un número de teléfono completo, como +525512345678.",
                      "number must be a whole telephone number, such as +525512345678."}
            .in(language_of(*exchange)));
  store.change<store::Erasure>(
      [&store, number, author = author_of(*exchange)](store::Connection& connection) {
        auto erasure = store::erase_number(connection, number, author);
        if (erasure) {
          store::forget_refused_of_number(store.journal(), number);
          // What is left over now is what other servers do in their next round.
          (void)store::forget_stale_refused(connection, store.journal(), 0);
        }
        return erasure;
      },
      nullptr,
      [exchange, &caretaker](Result<store::Erasure, store::StoreError> erasure) {
        if (!erasure)
          return reply_store_error(*exchange, erasure.error());
        caretaker.tell(erasure->session_ids);
        exchange->reply_json(
            200, json::Object()
                     .set("erased", static_cast<std::int64_t>(erasure->session_ids.size()))
                     .set("going_on", erasure->going_on));
      });
}

}  // namespace

void add_privacy_handler(Router& router, store::Store& store, Caretaker& caretaker) {
  router.add("POST", "/api/v1/privacy/erase", Access::kAdmin,
             [&](const Exchange& exchange) { erase(store, caretaker, exchange); });
}

}  // namespace centralita

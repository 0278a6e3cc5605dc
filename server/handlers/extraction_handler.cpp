#include "server/handlers/extraction_handler.h"

#include "server/handlers/api.h"
#include "server/store/extractions.h"

#include <utility>

namespace centralita {

void add_extraction_handler(Router& router, store::Store& store, std::function<void()> asked) {
  router.add("POST", "/api/v1/calls/{id}/extract", Access::kEditor,
             [&store, asked = std::move(asked)](const Exchange& exchange) {
               const auto id = whole_number(exchange->id);
               if (!id)
                 return exchange->reply_error(404, store::kNotFound, "There is no such call.");
               store.change<int>(
                   [id = *id](store::Connection& connection) {
                     return store::ask_for_extraction(connection, id);
                   },
                   nullptr,
                   [exchange, asked](const Result<int, store::StoreError>& done) {
                     if (!done && done.error().code == store::kNotEnded)
                       return exchange->reply_error(409, store::kNotEnded, done.error().message);
                     if (!done)
                       return reply_store_error(*exchange, done.error());
                     asked();
                     exchange->reply_json(202, json::Object().set("status", "waiting"));
                   });
             });
}

}  // namespace centralita

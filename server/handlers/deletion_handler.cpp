#include "server/handlers/deletion_handler.h"

#include "server/handlers/api.h"
#include "server/handlers/call_filter_query.h"
#include "server/store/call_deletion.h"

namespace centralita {
namespace {

using agents::Words;
using store::Deletion;
using store::StoreError;

void refuse(const Exchange& exchange, int status, const char* code, const Words& words) {
  exchange->reply_error(status, code, words.in(language_of(*exchange)));
}

void reply(const Exchange& exchange, const Deletion& deletion) {
  json::Object answer;
  answer.set("deleted", deletion.deleted).set("going_on", deletion.going_on);
  if (deletion.name.empty()) {
    answer.set("deletion", nullptr).set("undo_until", nullptr);
  } else {
    answer.set("deletion", deletion.name)
        .set("undo_until", iso_time(std::chrono::system_clock::now() + store::kUndoTime));
  }
  exchange->reply_json(200, answer);
}

void remove(store::Store& store, const Exchange& exchange, store::CallFilter filter, bool one) {
  store.change<Deletion>(
      [filter = std::move(filter), author = author_of(*exchange)](store::Connection& connection) {
        return store::delete_calls(connection, filter, author);
      },
      nullptr,
      [exchange, one](Result<Deletion, StoreError> deletion) {
        if (!deletion)
          return reply_store_error(*exchange, deletion.error());
        if (one && deletion->deleted == 0) {
          if (deletion->going_on == 0)
            return exchange->reply_error(404, store::kNotFound, "There is no such call.");
          return refuse(exchange, 409, "going-on",
                        {"La llamada sigue en curso. Cuélguela antes de borrarla.",
                         "The call is still going on. Hang up before you delete it."});
        }
        reply(exchange, *deletion);
      });
}

void delete_one(store::Store& store, const Exchange& exchange) {
  const auto id = whole_number(exchange->id);
  if (!id)
    return exchange->reply_error(404, store::kNotFound, "There is no such call.");
  remove(store, exchange, {.ids = {*id}}, true);
}

void delete_of(store::Store& store, const Exchange& exchange, const HttpExchange::Fields& fields) {
  auto filter = read_call_filter(fields, language_of(*exchange));
  if (!filter)
    return exchange->reply_error(422, "bad-filter", filter.error());
  if (filter->empty())
    return refuse(exchange, 422, "nothing-chosen",
                  {"Diga qué llamadas: ids, filter, o all con el valor true.",
                   "Say which calls: ids, filter, or all with the value true."});
  remove(store, exchange, std::move(*filter), false);
}

void delete_many(store::Store& store, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  // Everything, but only for who says so.
  if (body->boolean("all") == true)
    return remove(store, exchange, {}, false);
  const auto filter = body->object("filter").value_or(json::Object());
  // Misspelt, a member would let through calls that nobody meant to delete.
  for (const auto& name : filter.names())
    if (!is_filter_field(name))
      return refuse(
          exchange, 422, "bad-filter",
          {"filter no tiene ningún miembro " + name + ".", "filter has no member " + name + "."});
  auto fields = filter_fields(filter);
  for (const char* name : {"ids", "call_ids"})  // the second is the predecessor's
    if (const auto given = filter_fields(*body); given.contains(name))
      fields["ids"] = given.at(name);
  delete_of(store, exchange, fields);
}

void restore(store::Store& store, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  const auto name = body->string("deletion").value_or("");
  if (name.empty())
    return refuse(exchange, 422, "bad-request",
                  {"deletion debe ser el nombre que dio el borrado.",
                   "deletion must be the name that the deleting gave."});
  store.change<std::int64_t>(
      [name, author = author_of(*exchange)](store::Connection& connection) {
        return store::restore_calls(connection, name, author);
      },
      nullptr,
      [exchange](Result<std::int64_t, StoreError> restored) {
        if (!restored)
          return reply_store_error(*exchange, restored.error());
        exchange->reply_json(200, json::Object().set("restored", *restored));
      });
}

}  // namespace

void add_deletion_handler(Router& router, store::Store& store) {
  const auto add = [&](const char* method, const char* path,
                       void (*handler)(store::Store&, const Exchange&)) {
    router.add(method, path, Access::kEditor,
               [&store, handler](const Exchange& exchange) { handler(store, exchange); });
  };
  add("DELETE", "/api/v1/calls/{id}", delete_one);
  add("POST", "/api/v1/calls/delete", delete_many);
  add("POST", "/api/v1/calls/restore", restore);
  // The predecessor's names. Its "clear" asked nobody; here it wants {"all": true} as well.
  add("POST", "/api/history/delete-selected", delete_many);
  add("POST", "/api/history/clear", delete_many);
}

}  // namespace centralita

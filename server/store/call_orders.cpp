#include "server/store/call_orders.h"

#include "server/store/queries.h"
#include "server/store/sql_text.h"
#include "server/store/text.h"

namespace centralita::store {
namespace {

json::Object object_in(const Row& row, const char* column) {
  const auto document = json::parse(row.text(column));
  return document ? document->object() : json::Object();
}

}  // namespace

Result<std::string, StoreError> host_of_call(Connection& connection, const std::string& call) {
  const auto rows = connection.query(query_text("find_call_host"), {clean_text(call)});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return rows->empty() ? std::string() : (*rows)[0].text("host");
}

Result<std::optional<PassedOrder>, StoreError> pass_call_order(Connection& connection,
                                                               const std::string& run,
                                                               const CallOrder& order) {
  const auto rows =
      connection.query(query_text("pass_call_order"),
                       {clean_text(order.call), run, order.kind, order.body.to_string()});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return std::optional<PassedOrder>();
  const Row row = (*rows)[0];
  return std::optional(
      PassedOrder{.host = row.text("host"), .lives = row.boolean("lives"), .id = row.text("id")});
}

Result<std::optional<CallOrder>, StoreError> take_call_order(Connection& connection,
                                                             const std::string& id) {
  const auto rows = connection.query(query_text("take_call_order"), {id});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return std::optional<CallOrder>();
  const Row row = (*rows)[0];
  return std::optional(CallOrder{
      .call = row.text("call"), .kind = row.text("kind"), .body = object_in(row, "body")});
}

Result<bool, StoreError> answer_call_order(Connection& connection, const std::string& id,
                                           const OrderAnswer& answer) {
  const auto rows =
      connection.query(query_text("answer_call_order"),
                       {id, std::int64_t{answer.status}, clean_text(answer.body.to_string())});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  return !rows->empty();
}

Result<std::optional<OrderAnswer>, StoreError> collect_call_order(Connection& connection,
                                                                  const std::string& id) {
  const auto rows = connection.query(query_text("collect_call_order"), {id});
  if (!rows)
    return Unexpected(store_error(rows.error()));
  if (rows->empty())
    return std::optional<OrderAnswer>();
  const Row row = (*rows)[0];
  return std::optional(OrderAnswer{.status = static_cast<int>(row.integer("status")),
                                   .body = object_in(row, "answer")});
}

}  // namespace centralita::store

// Orders to live calls on their way between servers, one function a statement. All block; they run
// on the store's own threads (Store::change).
#pragma once

#include "plugins/base/json.h"
#include "server/store/connection.h"
#include "server/store/history.h"

#include <optional>
#include <string>

namespace centralita::store {

struct CallOrder {
  std::string call;  // session_id, or the carrier's id
  std::string kind;
  json::Object body;
};

struct PassedOrder {
  std::string host;  // of the server that has the call
  bool lives = false;
  std::string id;  // empty: nobody was told, because it does not live or is the one that asks
};

struct OrderAnswer {
  int status = 0;  // of HTTP
  json::Object body;
};

// Of the server that has a call, by either of its ids; "": the history knows no such call that is
// going on.
Result<std::string, StoreError> host_of_call(Connection& connection, const std::string& call);

// Tells the server that has the call. Empty: the history knows no such call that is going on.
Result<std::optional<PassedOrder>, StoreError> pass_call_order(Connection& connection,
                                                               const std::string& run,
                                                               const CallOrder& order);
// Empty: it is not there any more.
Result<std::optional<CallOrder>, StoreError> take_call_order(Connection& connection,
                                                             const std::string& id);
Result<bool, StoreError> answer_call_order(Connection& connection, const std::string& id,
                                           const OrderAnswer& answer);
// The answer, and the order is gone. Empty: there is none yet.
Result<std::optional<OrderAnswer>, StoreError> collect_call_order(Connection& connection,
                                                                  const std::string& id);

}  // namespace centralita::store

// Orders to calls that go on, wherever they are: one for a call of this server is carried out here;
// any other is passed on, over the database and its NOTIFY, to the server that has the call, and
// answered as that one answers. Nobody needs to know which server a request must go to.
//
//   orders.add("context", [](const std::string& call, const json::Object& order, Done done) {...});
//   orders.give("context", id, body, [exchange](const Reply& reply) {...});
//
// What is passed on is carried out as it is here, its mistakes included; who gives an order has
// been let in by the server that was asked. Main thread.
#pragma once

#include "plugins/base/io_context.h"
#include "server/store/call_orders.h"
#include "server/store/store.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace centralita {

class CallOrders {
 public:
  // What is answered over HTTP.
  struct Reply {
    int status = 200;
    json::Object body;
  };
  static Reply error(int status, const char* code, const std::string& message);

  // Called once, at once or later.
  using Done = std::function<void(const Reply&)>;
  using CarryOut =
      std::function<void(const std::string& call, const json::Object& order, const Done& done)>;

  // `has`: whether a call, by either of its ids, is this server's. `store` outlives it.
  CallOrders(const IoContext& io, store::Store& store,
             std::function<bool(const std::string& call)> has);
  ~CallOrders();

  // How orders of that kind are carried out on this server's calls. Of a call that is nowhere it is
  // asked too, and says so in its own words.
  void add(const std::string& kind, CarryOut carry_out) { kinds_[kind] = std::move(carry_out); }
  void give(const std::string& kind, const std::string& call, const json::Object& order, Done done);

 private:
  struct Waiting {
    Done done;
    std::string host;  // whose answer it is
    Slot timer;
  };
  using Passed = Result<std::optional<store::PassedOrder>, store::StoreError>;

  void pass_on(const store::CallOrder& order, const Done& done);
  void passed(const store::CallOrder& order, const Passed& passed, const Done& done);
  void asked(const std::string& id);
  void answered(const std::string& id);
  // What is said on one of our topics: "RUN ID", and only our own run's concerns us.
  void hear(const std::optional<std::string>& what,
            void (CallOrders::*function)(const std::string&));

  const IoContext io_;
  store::Store& store_;
  const std::function<bool(const std::string&)> has_;
  std::map<std::string, CarryOut> kinds_;
  std::map<std::string, Waiting> waiting_;                            // by the order's id
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for answers that come later
  Slot orders_, answers_;
};

}  // namespace centralita

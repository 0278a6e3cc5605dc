#include "server/live/call_orders.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using store::StoreError;

// Longer than a carrier's command may take.
constexpr auto kPatience = 20s;

}  // namespace

CallOrders::Reply CallOrders::error(int status, const char* code, const std::string& message) {
  return {status,
          json::Object().set("error", json::Object().set("code", code).set("message", message))};
}

CallOrders::CallOrders(const IoContext& io, store::Store& store,
                       std::function<bool(const std::string&)> has)
    : io_(io), store_(store), has_(std::move(has)) {
  orders_ = store_.listener().subscribe(
      "call-order", io_.context(), [this](const auto& what) { hear(what, &CallOrders::asked); });
  answers_ =
      store_.listener().subscribe("call-order-answer", io_.context(),
                                  [this](const auto& what) { hear(what, &CallOrders::answered); });
}

CallOrders::~CallOrders() = default;

void CallOrders::give(const std::string& kind, const std::string& call, const json::Object& order,
                      Done done) {
  if (has_(call))
    return kinds_.at(kind)(call, order, done);
  pass_on({.call = call, .kind = kind, .body = order}, done);
}

// --- The server that was asked -----------------------------------------------

void CallOrders::pass_on(const store::CallOrder& order, const Done& done) {
  store_.change<std::optional<store::PassedOrder>>(
      [order, run = store_.run()](store::Connection& connection) {
        return store::pass_call_order(connection, run, order);
      },
      io_.context(),
      [this, alive = std::weak_ptr(alive_), order, done](const Passed& result) {
        if (!alive.expired())
          passed(order, result, done);
      });
}

void CallOrders::passed(const store::CallOrder& order, const Passed& passed, const Done& done) {
  if (!passed)
    return done(error(503, passed.error().code.c_str(),
                      "This server has no such live call, and the database cannot say whether "
                      "another one does: " +
                          passed.error().message));
  if (!*passed || ((*passed)->lives && (*passed)->id.empty()))
    return kinds_.at(order.kind)(order.call, order.body, done);  // nowhere, or over by now
  const auto& host = (*passed)->host;
  if (!(*passed)->lives)
    return done(error(404, "instance-lost",
                      "The server " + host + ", which had the call, is not there any more."));
  const auto& id = (*passed)->id;
  waiting_[id] = {.done = done, .host = host, .timer = io_.after(kPatience, [this, id] {
                    const auto waiting = waiting_.extract(id);
                    waiting.mapped().done(
                        error(504, "instance-silent",
                              "The server " + waiting.mapped().host +
                                  ", which has the call, does not answer. The order may still be "
                                  "carried out."));
                  })};
  answered(id);  // what is said of the answer may have come before this
}

void CallOrders::answered(const std::string& id) {
  if (!waiting_.contains(id))
    return;
  using Answer = std::optional<store::OrderAnswer>;
  store_.change<Answer>(
      [id](store::Connection& connection) { return store::collect_call_order(connection, id); },
      io_.context(),
      [this, alive = std::weak_ptr(alive_), id](const Result<Answer, StoreError>& answer) {
        if (alive.expired() || !answer || !*answer)
          return;  // then its time runs out
        if (const auto waiting = waiting_.extract(id))
          waiting.mapped().done({(*answer)->status, (*answer)->body});
      });
}

// --- The server that has the call --------------------------------------------

void CallOrders::asked(const std::string& id) {
  using Taken = std::optional<store::CallOrder>;
  store_.read<Taken>(
      [id](store::Connection& connection) { return store::take_call_order(connection, id); },
      io_.context(),
      [this, alive = std::weak_ptr(alive_), id](const Result<Taken, StoreError>& order) {
        if (alive.expired() || !order || !*order)
          return;
        const auto reply = [&store = store_, id](const Reply& reply) {
          store.change<bool>(
              [id, reply](store::Connection& connection) {
                return store::answer_call_order(connection, id, {reply.status, reply.body});
              },
              nullptr, [](const Result<bool, StoreError>&) {});
        };
        const auto kind = kinds_.find((*order)->kind);
        if (kind == kinds_.end())  // of a newer version
          return reply(error(501, "unknown-order",
                             "The server that has the call is of a version that does not know "
                             "this order."));
        spdlog::info("call {}: {}, as another server was asked to", (*order)->call, kind->first);
        kind->second((*order)->call, (*order)->body, reply);
      });
}

void CallOrders::hear(const std::optional<std::string>& what,
                      void (CallOrders::*function)(const std::string&)) {
  const auto& run = store_.run();
  if (what && what->size() > run.size() && what->starts_with(run) && (*what)[run.size()] == ' ')
    (this->*function)(what->substr(run.size() + 1));
}

}  // namespace centralita

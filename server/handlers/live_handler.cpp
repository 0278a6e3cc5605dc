#include "server/handlers/live_handler.h"

#include "plugins/base/soup_listener.h"
#include "server/handlers/api.h"
#include "server/live/call_listener.h"
#include "server/live/event_stream.h"
#include "server/media_stream/upgrade.h"
#include "server/store/call_deletion.h"
#include "server/store/call_orders.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using Rows = std::vector<store::CallRow>;

// A call of another instance, of which the database knows no more than that.
json::Object elsewhere(const store::CallRow& call) {
  json::Object object;
  object.set("session_id", call.session_id)
      .set("client_type", call.client_type)
      .set("direction", call.direction)
      .set("from", call.from_number)
      .set("to", call.to_number)
      .set("agent", call.agent_name)
      .set("state", call.status)
      .set("state_since", nullptr)
      .set("start_time", iso_time(call.start_time))
      .set("last_user", "")
      .set("last_agent", "")
      .set("response_ms", nullptr)
      .set("turns", nullptr)
      .set("elsewhere", true);
  return object;
}

void list_calls(LiveCalls& calls, store::Store& store, const Exchange& exchange) {
  store.read<Rows>(
      [](store::Connection& connection) { return store::list_open_calls(connection); }, nullptr,
      [exchange, &calls](Result<Rows, store::StoreError> rows) {
        json::Array list;
        for (const auto& call : calls.list()) list.add(call);
        if (rows)
          for (const auto& call : *rows)
            if (!calls.has(call.session_id))
              list.add(elsewhere(call));
        // Our own are known without a database.
        exchange->reply_json(200, json::Object().set("calls", list).set("complete", bool(rows)));
      });
}

// What is said in a call is known where it is: who asks here is told where that is.
void reply_not_here(store::Store& store, const Exchange& exchange) {
  store.read<std::string>(
      [id = exchange->id](store::Connection& connection) {
        return store::host_of_call(connection, id);
      },
      nullptr,
      [exchange](const Result<std::string, store::StoreError>& host) {
        if (!host || host->empty())
          return exchange->reply_error(404, store::kNotFound, "There is no such live call here.");
        exchange->reply_error(409, "call-elsewhere",
                              "The call is on the server " + *host +
                                  ": what is said in it is known and heard there only. It can be "
                                  "hung up, transferred and told things from here.");
      });
}

void listen(LiveCalls& calls, const IoContext& io, store::Store& store, const OnSession& on_session,
            const Exchange& exchange) {
  const auto id = exchange->id;
  if (!calls.has(id))
    return reply_not_here(store, exchange);
  auto socket = Ref<GSocket>::share(socket_of(exchange->message()));
  const bool upgraded = upgrade_to_websocket(
      exchange->message(), [io, on_session, id, socket](Ref<GIOStream> stream, Ref<GUri> uri) {
        const auto tap = std::make_shared<std::weak_ptr<AudioTap>>();
        const auto listener = CallListener::open(
            io, std::move(stream), std::move(uri), socket, [on_session, id, tap] {
              on_session(id, [gone = *tap](MediaSession* session) {
                if (session)
                  session->stop_listening(gone.lock());
              });
            });
        auto ear = listener->tap();
        *tap = ear;
        const auto over = [io, weak = std::weak_ptr(listener)] {
          io.post([weak] {
            if (const auto listener = weak.lock())
              listener->end();
          });
        };
        const bool there = on_session(id, [ear, over](MediaSession* session) {
          if (session)
            session->listen(ear);
          else
            over();
        });
        if (!there)
          over();
      });
  if (!upgraded)
    return exchange->reply_error(400, "not-a-websocket",
                                 "This address is for WebSocket connections.");
  exchange->release();
  store.change<bool>(
      [id, author = author_of(*exchange)](store::Connection& connection) {
        return store::audit_call(connection, "call.listened", id, "{}", author);
      },
      nullptr,
      [id](Result<bool, store::StoreError> noted) {
        if (!noted)
          spdlog::error("call {}: somebody listens, and the audit log does not have it: {}", id,
                        noted.error().message);
      });
}

}  // namespace

void add_live_handler(Router& router, LiveCalls& calls, const IoContext& io, store::Store& store,
                      OnSession on_session) {
  router.add("GET", "/api/v1/live-calls", Access::kViewer,
             [&calls, &store](const Exchange& exchange) { list_calls(calls, store, exchange); });
  router.add("GET", "/api/v1/live-calls/stream", Access::kViewer,
             [&calls, io](const Exchange& exchange) { stream_events(calls, io, *exchange); });
  router.add("GET", "/api/v1/live-calls/{id}", Access::kViewer,
             [&calls, &store](const Exchange& exchange) {
               const auto detail = calls.detail(exchange->id);
               if (!detail)
                 return reply_not_here(store, exchange);
               exchange->reply_json(200, *detail);
             });
  router.add("GET", "/api/v1/live-calls/{id}/audio", Access::kEditor,
             [&calls, io, &store, on_session](const Exchange& exchange) {
               listen(calls, io, store, on_session, exchange);
             });
}

}  // namespace centralita

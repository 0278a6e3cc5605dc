// An HTTP server on loopback that lives in the caller's own GMainContext and answers when it is
// told to, piece by piece; and the means to know when nothing is on its way any more, so that a
// test can hold time still until all that happens at one moment has happened.
//
//   LoopbackServer server(context, session, [&](LoopbackServer::Exchange& exchange) {
//     exchange.begin(200, "application/json");
//     exchange.send("{}");
//     exchange.complete();
//   });
//   server.settle();    // iterates the context until nothing moves
//
// One thread: the context's.
#pragma once

#include "plugins/base/soup_listener.h"
#include "plugins/base/soup_ref.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace centralita::replay {

class LoopbackServer {
 public:
  class Exchange {
   public:
    unsigned id() const { return id_; }
    const std::string& path() const { return path_; }
    const std::string& body() const { return body_; }
    std::string header(const char* name) const;
    // The client has given it up or has the whole answer: nothing can be sent any more.
    bool over() const { return over_; }

    void begin(int status, const char* content_type);
    void send(std::span<const std::uint8_t> bytes);
    void send(const std::string& text);
    void complete();
    void cut();  // closes the connection

    // Called when the client gives it up before the answer was complete.
    std::function<void()> on_abandoned;

   private:
    friend class LoopbackServer;
    unsigned id_ = 0;
    std::string path_, body_;
    Ref<SoupServerMessage> message_;
    bool begun_ = false, complete_ = false, cut_ = false, written_ = false, over_ = false;
  };
  using ExchangePtr = std::shared_ptr<Exchange>;

  // `session`: the only one that talks with this server; its requests get a number in a header.
  LoopbackServer(GMainContext* context, SoupSession* session,
                 std::function<void(const ExchangePtr&)> on_request);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  const std::string& url() const { return url_; }

  // Runs the context until it has nothing to do, every request has arrived and every byte of an
  // answer has reached the client. Requests are handed to `on_request` here, in the order in which
  // they were made, whichever connection was the faster. Throws when it takes seconds.
  void settle();

 private:
  void on_queued(SoupMessage* message);
  void on_unqueued(SoupMessage* message);
  void on_message(SoupServerMessage* message, const char* path);
  bool in_flight() const;

  GMainContext* const context_;
  const Ref<SoupSession> session_;
  const std::function<void(const ExchangePtr&)> on_request_;
  Ref<SoupServer> server_;
  std::unique_ptr<SoupListener> listener_;
  gulong queued_ = 0, unqueued_ = 0;
  std::string url_;
  unsigned last_id_ = 0;
  std::map<SoupMessage*, unsigned> requests_;  // of the session, under way
  std::map<unsigned, ExchangePtr> exchanges_;  // arrived, and not over
  std::map<unsigned, ExchangePtr> arrived_;    // of these, not handed over
};

}  // namespace centralita::replay

// One HTTP request and its answer. Main thread only.
//
// An answer is given exactly once: inside the handler, or later by whoever keeps the shared_ptr (a
// store's answer, a provider's). A request whose exchange is dropped without an answer gets a 500,
// so that no client ever waits for nothing.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/slot.h"
#include "plugins/base/soup_ref.h"
#include "server/security/identity.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace centralita {

class HttpExchange {
 public:
  using Fields = std::map<std::string, std::string>;

  HttpExchange(SoupServerMessage* message, std::string path, GHashTable* query);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  const char* method() const { return soup_server_message_get_method(message_.get()); }
  const std::string& path() const { return path_; }
  const Fields& query() const { return query_; }
  std::string query(const std::string& name) const;
  std::string query_string() const;             // as it was sent, without "?"
  std::string header(const char* name) const;   // empty when absent; of several the last
  std::string headers(const char* name) const;  // all of that name, joined by commas
  // The trace that this request belongs to (W3C Trace Context); empty: it names none.
  std::string trace_id() const;
  std::string cookie(const std::string& name) const;
  std::string body() const;
  Fields form() const;  // application/x-www-form-urlencoded; of a repeated name the last value
  std::string peer_address() const;  // of the connection: a proxy's, where there is one
  // Of who asks, as far as trusted proxies say.
  std::string client_address() const { return client_.empty() ? peer_address() : client_; }
  bool is_secure() const { return secure_; }          // the client came by https
  void set_client(std::string address, bool secure);  // the router's
  SoupServerMessage* message() const { return message_.get(); }

  // What a "{name}" of the route's pattern stands for, decoded.
  std::string parameter(const std::string& name) const;
  std::string id;                          // parameter("id")
  void set_parameters(Fields parameters);  // the router's

  // Who asks. Of a route that is open to anybody: an empty name.
  const Identity& identity() const { return identity_; }
  void set_identity(Identity identity) { identity_ = std::move(identity); }

  // Called with the answer's status, once.
  void on_answer(std::function<void(int)> function) { on_answer_ = std::move(function); }

  void set_header(const char* name, const std::string& value);
  void reply(int status, const char* content_type, const std::string& body);
  void reply_json(int status, const json::Object& body) {
    reply(status, "application/json; charset=utf-8", body.to_string());
  }
  // {"error": {"code", "message"}}: the code for programs, the message for people.
  void reply_error(int status, const char* code, const std::string& message);
  void redirect(const std::string& location);  // 303
  // The answer begins, with 200, and its body comes by and by: see stream_reply.h.
  void reply_streamed();
  // An answer whose body of `size` bytes the handler appends piece by piece, from before resume()
  // on; of a HEAD nothing is appended.
  void begin_body(int status, const char* content_type, std::int64_t size);
  void resume();
  // The answer is being given in another way (a WebSocket handshake).
  void release();
  // The answer comes later. Called by the router when the handler has returned without one.
  void hold();

 private:
  void wake();

  Ref<SoupServerMessage> message_;
  std::string path_;
  Fields query_, parameters_;
  Identity identity_;
  std::string client_;
  bool secure_ = false;
  std::function<void(int)> on_answer_;
  bool answered_ = false;
  bool held_ = false;
  bool gone_ = false;  // the message is over, or the client has hung up
  std::vector<Slot> signals_;
};

}  // namespace centralita

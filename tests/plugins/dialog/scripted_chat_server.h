// A chat completion service on loopback that does what a test tells it: one script a request,
// played on a thread of its own with a real libsoup server.
//
//   ScriptedChatServer server;
//   server.expect({chunk("Hola. "), wait(), chunk("Adiós."), finish("stop"), done()});
//   ... server.wait_for_request() ... server.go() ...
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/soup_listener.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace centralita::testing {

struct Step {
  enum class Kind {
    kStatus,  // instead of 200 text/event-stream; text is the body
    kBytes,   // as they are
    kWait,    // for go()
    kStall,   // nothing more, the connection stays
    kCut,     // the connection is closed in the middle
  } kind;
  std::string text;
  int status = 200;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers = {};
};
using Script = std::vector<Step>;

inline Step bytes(std::string text) { return {Step::Kind::kBytes, std::move(text)}; }
inline Step event(const std::string& data) { return bytes("data: " + data + "\n\n"); }
inline Step chunk(const std::string& content) {
  return event(json::Object()
                   .set("choices", json::Array().add(json::Object().set(
                                       "delta", json::Object().set("content", content))))
                   .to_string());
}
inline Step tool_call(int index, const char* id, const char* name, const char* arguments) {
  const auto call =
      json::Object()
          .set("index", index)
          .set("id", id)
          .set("type", "function")
          .set("function", json::Object().set("name", name).set("arguments", arguments));
  return event(
      json::Object()
          .set("choices", json::Array().add(json::Object().set(
                              "delta", json::Object().set("tool_calls", json::Array().add(call)))))
          .to_string());
}
inline Step finish(const char* reason) {
  return event(
      json::Object()
          .set("choices",
               json::Array().add(
                   json::Object().set("delta", json::Object()).set("finish_reason", reason)))
          .set("usage", json::Object().set("prompt_tokens", 11).set("completion_tokens", 7))
          .to_string());
}
inline Step done() { return event("[DONE]"); }
inline Step wait() { return {Step::Kind::kWait, {}}; }
inline Step stall() { return {Step::Kind::kStall, {}}; }
inline Step cut() { return {Step::Kind::kCut, {}}; }
inline Step status(int code, std::string body, std::map<std::string, std::string> headers = {}) {
  return {Step::Kind::kStatus, std::move(body), code, "application/json", std::move(headers)};
}

struct ReceivedRequest {
  std::string path, authorization, body;

  json::Object json() const { return json::parse(body)->object(); }
  // "user: Hola"
  std::vector<std::string> messages() const {
    std::vector<std::string> lines;
    for (const auto& message : json().objects("messages"))
      lines.push_back(message.string("role").value_or("?") + ": " +
                      message.string("content").value_or(""));
    return lines;
  }
};

class ScriptedChatServer {
 public:
  ScriptedChatServer();
  ~ScriptedChatServer();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

  void expect(Script script);  // for the next request that has none yet
  void go();                   // past one wait(), of any request
  // The next request not yet given out; fails the test after ten seconds without one.
  ReceivedRequest wait_for_request();
  std::size_t requests() const;
  // Connections that the client closed while an answer was under way.
  bool wait_for_hang_up();

 private:
  struct Exchange;

  static void handle(SoupServer* server, SoupServerMessage* message, const char* path,
                     GHashTable* query, gpointer self) noexcept;
  void begin(SoupServerMessage* message, const char* path);
  void play(const std::shared_ptr<Exchange>& exchange);
  void watch(const std::shared_ptr<Exchange>& exchange);
  void run_in_thread(std::function<void()> function);

  Ref<GMainContext> context_ = Ref<GMainContext>::adopt(g_main_context_new());
  Ref<GMainLoop> loop_ = Ref<GMainLoop>::adopt(g_main_loop_new(context_.get(), FALSE));
  std::thread thread_;
  int port_ = 0;

  // The server's thread only.
  Ref<SoupServer> server_;
  std::vector<std::shared_ptr<Exchange>> exchanges_;
  int allowed_ = 0;  // go() without a wait() yet

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Script> scripts_;             // locked
  std::vector<ReceivedRequest> received_;  // locked
  std::size_t given_out_ = 0;              // locked
  int hang_ups_ = 0;                       // locked
};

}  // namespace centralita::testing

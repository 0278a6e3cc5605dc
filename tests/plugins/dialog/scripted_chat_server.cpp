#include "tests/plugins/dialog/scripted_chat_server.h"

#include <gtest/gtest.h>

#include <future>

namespace centralita::testing {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;

gboolean call(gpointer data) noexcept {
  (*static_cast<std::function<void()>*>(data))();
  return G_SOURCE_REMOVE;
}
void forget(gpointer data) noexcept { delete static_cast<std::function<void()>*>(data); }

}  // namespace

struct ScriptedChatServer::Exchange {
  Ref<SoupServerMessage> message;
  Script script;
  std::size_t next = 0;
  bool waits = false;
  bool over = false;
  ScriptedChatServer* owner = nullptr;
  Ref<GSource> watch;
};

ScriptedChatServer::ScriptedChatServer() {
  std::promise<int> port;
  auto ready = port.get_future();
  thread_ = std::thread([this, &port] {
    g_main_context_push_thread_default(context_.get());
    server_ = Ref<SoupServer>::adopt(soup_server_new("server-header", "scripted", nullptr));
    soup_server_add_handler(server_.get(), nullptr, handle, this, nullptr);
    const auto listener = std::move(*SoupListener::listen(server_.get(), "127.0.0.1", 0));
    port.set_value(listener->port());
    g_main_loop_run(loop_.get());
    for (const auto& exchange : exchanges_)
      if (exchange->watch)
        g_source_destroy(exchange->watch.get());
    soup_server_disconnect(server_.get());
    exchanges_.clear();
    server_ = nullptr;
    g_main_context_pop_thread_default(context_.get());
  });
  port_ = ready.get();
}

ScriptedChatServer::~ScriptedChatServer() {
  run_in_thread([this] { g_main_loop_quit(loop_.get()); });
  thread_.join();
}

void ScriptedChatServer::run_in_thread(std::function<void()> function) {
  const auto source = Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_callback(source.get(), call, new std::function<void()>(std::move(function)), forget);
  g_source_attach(source.get(), context_.get());
}

void ScriptedChatServer::expect(Script script) {
  const std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(script));
}

void ScriptedChatServer::go() {
  run_in_thread([this] {
    for (const auto& exchange : exchanges_)
      if (exchange->waits && !exchange->over) {
        exchange->waits = false;
        return play(exchange);
      }
    ++allowed_;
  });
}

ReceivedRequest ScriptedChatServer::wait_for_request() {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [this] { return received_.size() > given_out_; })) {
    ADD_FAILURE() << "no request came";
    return {.body = "{}"};
  }
  return received_[given_out_++];
}

std::size_t ScriptedChatServer::requests() const {
  const std::lock_guard lock(mutex_);
  return received_.size();
}

bool ScriptedChatServer::wait_for_hang_up() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [this] { return hang_ups_ > 0; });
}

void ScriptedChatServer::handle(SoupServer*, SoupServerMessage* message, const char* path,
                                GHashTable*, gpointer self) noexcept {
  static_cast<ScriptedChatServer*>(self)->begin(message, path);
}

void ScriptedChatServer::begin(SoupServerMessage* message, const char* path) {
  const auto exchange = std::make_shared<Exchange>();
  exchange->message = Ref<SoupServerMessage>::share(message);
  exchange->owner = this;
  exchanges_.push_back(exchange);
  auto* headers = soup_server_message_get_request_headers(message);
  const char* key = soup_message_headers_get_one(headers, "Authorization");
  auto* body = soup_server_message_get_request_body(message);
  {
    const std::lock_guard lock(mutex_);
    received_.push_back(
        {path, key ? key : "", std::string(body->data, static_cast<std::size_t>(body->length))});
    if (scripts_.empty()) {
      exchange->script = {status(500, "{\"error\":{\"message\":\"a request without a script\"}}")};
    } else {
      exchange->script = std::move(scripts_.front());
      scripts_.pop_front();
    }
  }
  changed_.notify_all();
  if (exchange->script.empty() || exchange->script.front().kind != Step::Kind::kStatus) {
    soup_server_message_set_status(message, 200, nullptr);
    auto* answer = soup_server_message_get_response_headers(message);
    soup_message_headers_set_content_type(answer, "text/event-stream", nullptr);
    soup_message_headers_set_encoding(answer, SOUP_ENCODING_CHUNKED);
    watch(exchange);
  }
  play(exchange);
}

void ScriptedChatServer::play(const std::shared_ptr<Exchange>& exchange) {
  auto* message = exchange->message.get();
  auto* body = soup_server_message_get_response_body(message);
  while (exchange->next < exchange->script.size()) {
    const auto& step = exchange->script[exchange->next++];
    switch (step.kind) {
      case Step::Kind::kStatus:
        soup_server_message_set_status(message, static_cast<guint>(step.status), nullptr);
        for (const auto& [name, value] : step.headers)
          soup_message_headers_append(soup_server_message_get_response_headers(message),
                                      name.c_str(), value.c_str());
        soup_server_message_set_response(message, step.content_type.c_str(), SOUP_MEMORY_COPY,
                                         step.text.data(), step.text.size());
        exchange->over = true;
        return;
      case Step::Kind::kBytes:
        soup_message_body_append(body, SOUP_MEMORY_COPY, step.text.data(), step.text.size());
        continue;
      case Step::Kind::kWait:
        if (allowed_ > 0) {
          --allowed_;
          continue;
        }
        exchange->waits = true;
        soup_server_message_unpause(message);
        return;
      case Step::Kind::kStall:
        soup_server_message_unpause(message);
        return;
      case Step::Kind::kCut: {
        exchange->over = true;
        g_socket_shutdown(socket_of(message), TRUE, TRUE, nullptr);
        return;
      }
    }
  }
  exchange->over = true;
  soup_message_body_complete(body);
  soup_server_message_unpause(message);
}

// libsoup reads nothing while it writes an answer: the socket itself tells when the client has
// gone.
void ScriptedChatServer::watch(const std::shared_ptr<Exchange>& exchange) {
  auto* socket = socket_of(exchange->message.get());
  exchange->watch = Ref<GSource>::adopt(
      g_socket_create_source(socket, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), nullptr));
  const auto gone = +[](GSocket*, GIOCondition, gpointer data) noexcept -> gboolean {
    auto* exchange = static_cast<Exchange*>(data);
    if (!exchange->over) {
      exchange->over = true;
      {
        const std::lock_guard lock(exchange->owner->mutex_);
        ++exchange->owner->hang_ups_;
      }
      exchange->owner->changed_.notify_all();
    }
    return G_SOURCE_REMOVE;
  };
  g_source_set_callback(exchange->watch.get(),
                        reinterpret_cast<GSourceFunc>(reinterpret_cast<void (*)()>(gone)),
                        exchange.get(), nullptr);
  g_source_attach(exchange->watch.get(), context_.get());
}

}  // namespace centralita::testing

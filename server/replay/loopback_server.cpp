#include "server/replay/loopback_server.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <stdexcept>

namespace centralita::replay {
namespace {

constexpr char kIdHeader[] = "X-Test-Request";
constexpr gint64 kPatience = 20 * G_USEC_PER_SEC;  // of real time

// Bytes that the kernel has not brought to the other end yet.
int unsent(SoupServerMessage* message) {
  auto* socket = socket_of(message);
  int bytes = 0;
  if (socket && ioctl(g_socket_get_fd(socket), SIOCOUTQ, &bytes) == 0)
    return bytes;
  return 0;
}

}  // namespace

std::string LoopbackServer::Exchange::header(const char* name) const {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message_.get()), name);
  return value ? value : "";
}

void LoopbackServer::Exchange::begin(int status, const char* content_type) {
  if (over_)
    return;
  begun_ = true;
  soup_server_message_set_status(message_.get(), static_cast<guint>(status), nullptr);
  auto* headers = soup_server_message_get_response_headers(message_.get());
  soup_message_headers_set_content_type(headers, content_type, nullptr);
  soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
  soup_server_message_unpause(message_.get());
}

void LoopbackServer::Exchange::send(std::span<const std::uint8_t> bytes) {
  if (over_ || bytes.empty())
    return;
  soup_message_body_append(soup_server_message_get_response_body(message_.get()), SOUP_MEMORY_COPY,
                           bytes.data(), bytes.size());
  soup_server_message_unpause(message_.get());
}

void LoopbackServer::Exchange::send(const std::string& text) {
  send(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void LoopbackServer::Exchange::complete() {
  if (over_)
    return;
  complete_ = true;
  soup_message_body_complete(soup_server_message_get_response_body(message_.get()));
  soup_server_message_unpause(message_.get());
}

void LoopbackServer::Exchange::cut() {
  if (over_)
    return;
  complete_ = cut_ = true;
  g_socket_shutdown(socket_of(message_.get()), TRUE, TRUE, nullptr);
}

LoopbackServer::LoopbackServer(GMainContext* context, SoupSession* session,
                               std::function<void(const ExchangePtr&)> on_request)
    : context_(context),
      session_(Ref<SoupSession>::share(session)),
      on_request_(std::move(on_request)),
      server_(Ref<SoupServer>::adopt(soup_server_new("server-header", "test", nullptr))) {
  soup_server_add_handler(
      server_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
         gpointer self) noexcept { static_cast<LoopbackServer*>(self)->on_message(message, path); },
      this, nullptr);
  auto listener = SoupListener::listen(server_.get(), "127.0.0.1", 0);
  if (!listener)
    throw std::runtime_error("the loopback server cannot listen: " + listener.error());
  listener_ = std::move(*listener);
  url_ = "http://127.0.0.1:" + std::to_string(listener_->port());

  queued_ = g_signal_connect(session, "request-queued",
                             G_CALLBACK(+[](SoupSession*, SoupMessage* m, gpointer self) noexcept {
                               static_cast<LoopbackServer*>(self)->on_queued(m);
                             }),
                             this);
  unqueued_ =
      g_signal_connect(session, "request-unqueued",
                       G_CALLBACK(+[](SoupSession*, SoupMessage* m, gpointer self) noexcept {
                         static_cast<LoopbackServer*>(self)->on_unqueued(m);
                       }),
                       this);
}

LoopbackServer::~LoopbackServer() {
  g_signal_handler_disconnect(session_.get(), queued_);
  g_signal_handler_disconnect(session_.get(), unqueued_);
  soup_session_abort(session_.get());
  listener_.reset();
  soup_server_disconnect(server_.get());
  exchanges_.clear();
  while (g_main_context_iteration(context_, FALSE)) continue;
}

void LoopbackServer::on_queued(SoupMessage* message) {
  if (std::string(soup_message_get_method(message)) == "HEAD")
    return;  // a connection opened ahead of its use: nothing of it arrives
  const auto id = ++last_id_;
  requests_[message] = id;
  soup_message_headers_replace(soup_message_get_request_headers(message), kIdHeader,
                               std::to_string(id).c_str());
}

void LoopbackServer::on_unqueued(SoupMessage* message) {
  const auto node = requests_.extract(message);
  if (node.empty())
    return;
  arrived_.erase(node.mapped());
  const auto found = exchanges_.extract(node.mapped());
  if (found.empty())
    return;
  auto& exchange = *found.mapped();
  exchange.over_ = true;
  if (!exchange.complete_ && exchange.on_abandoned)
    exchange.on_abandoned();
}

void LoopbackServer::on_message(SoupServerMessage* message, const char* path) {
  const auto exchange = std::make_shared<Exchange>();
  exchange->message_ = Ref<SoupServerMessage>::share(message);
  exchange->path_ = path;
  const auto* body = soup_server_message_get_request_body(message);
  exchange->body_.assign(body->data ? body->data : "", static_cast<std::size_t>(body->length));
  exchange->id_ = static_cast<unsigned>(std::stoul("0" + exchange->header(kIdHeader)));
  soup_server_message_pause(message);
  g_signal_connect_data(
      message, "finished", G_CALLBACK(+[](SoupServerMessage*, gpointer data) noexcept {
        (*static_cast<ExchangePtr*>(data))->written_ = true;
      }),
      new ExchangePtr(exchange),
      [](gpointer data, GClosure*) noexcept { delete static_cast<ExchangePtr*>(data); },
      static_cast<GConnectFlags>(0));
  for (const auto& [request, id] : requests_)
    if (id == exchange->id_)
      exchanges_[id] = exchange;
  if (!exchanges_.contains(exchange->id_)) {
    exchange->over_ = true;  // given up on its way here
    return;
  }
  arrived_[exchange->id_] = exchange;
}

bool LoopbackServer::in_flight() const {
  for (const auto& [request, id] : requests_)
    if (!exchanges_.contains(id))
      return true;
  for (const auto& [id, exchange] : exchanges_) {
    if (exchange->begun_ && unsent(exchange->message_.get()) > 0)
      return true;
    if (exchange->cut_ || (exchange->complete_ && !exchange->written_))
      return true;
  }
  return false;
}

void LoopbackServer::settle() {
  const auto deadline = g_get_monotonic_time() + kPatience;
  for (int quiet = 0; quiet < 2;) {
    if (g_main_context_iteration(context_, FALSE)) {
      quiet = 0;
    } else if (!in_flight()) {
      ++quiet;
      if (quiet == 2 && !arrived_.empty()) {
        const auto first = arrived_.extract(arrived_.begin());
        on_request_(first.mapped());
        quiet = 0;
      }
    } else {
      quiet = 0;
      g_usleep(20);  // the kernel's turn
    }
    if (g_get_monotonic_time() > deadline)
      throw std::runtime_error("the loopback server waits in vain for the network to be quiet");
  }
}

}  // namespace centralita::replay

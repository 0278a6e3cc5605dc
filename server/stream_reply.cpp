#include "server/stream_reply.h"

#include "plugins/base/soup_listener.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace centralita {
namespace {

template <typename F>
Slot connect(SoupServerMessage* message, const char* name, F function, gpointer data) {
  const auto id = g_signal_connect(message, name, G_CALLBACK(function), data);
  return Slot([message, id] { g_signal_handler_disconnect(message, id); });
}

}  // namespace

std::shared_ptr<StreamReply> StreamReply::begin(HttpExchange& exchange, const char* content_type) {
  std::shared_ptr<StreamReply> reply(new StreamReply);
  auto* message = exchange.message();
  if (std::strcmp(exchange.method(), "HEAD") == 0) {
    exchange.reply(200, content_type, "");
    return reply;
  }
  reply->message_ = Ref<SoupServerMessage>::share(message);
  reply->self_ = reply;
  auto* headers = soup_server_message_get_response_headers(message);
  soup_message_headers_set_content_type(headers, content_type, nullptr);
  soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message), FALSE);
  reply->signals_.push_back(connect(
      message, "wrote-body-data",
      +[](SoupServerMessage*, guint size, gpointer self) noexcept {
        auto* reply = static_cast<StreamReply*>(self);
        reply->pending_ -= std::min<std::size_t>(reply->pending_, size);
      },
      reply.get()));
  reply->signals_.push_back(connect(
      message, "wrote-chunk",
      +[](SoupServerMessage*, gpointer self) noexcept {
        const auto keep = static_cast<StreamReply*>(self)->shared_from_this();
        if (keep->pending_ == 0 && keep->open() && keep->on_drained)
          keep->on_drained();
      },
      reply.get()));
  // The second one alone comes where the server itself goes.
  for (const char* over : {"finished", "disconnected"})
    reply->signals_.push_back(connect(
        message, over,
        +[](SoupServerMessage*, gpointer self) noexcept {
          const auto keep = static_cast<StreamReply*>(self)->shared_from_this();
          keep->closed();
        },
        reply.get()));
  exchange.reply_streamed();
  return reply;
}

void StreamReply::write(std::string_view text) {
  if (!open() || text.empty())
    return;
  pending_ += text.size();
  soup_message_body_append(soup_server_message_get_response_body(message_.get()), SOUP_MEMORY_COPY,
                           text.data(), text.size());
  soup_server_message_unpause(message_.get());
}

void StreamReply::end() {
  if (!open())
    return;
  ended_ = true;
  soup_message_body_complete(soup_server_message_get_response_body(message_.get()));
  soup_server_message_unpause(message_.get());
}

void StreamReply::cut() {
  if (!open())
    return;
  ended_ = true;
  if (auto* socket = socket_of(message_.get()))
    g_socket_shutdown(socket, TRUE, TRUE, nullptr);
  soup_server_message_unpause(message_.get());
}

void StreamReply::closed() {
  const auto keep = std::move(self_);
  // Not from within the signal's own emission: its slots would go while it runs.
  const auto tell = std::exchange(on_closed, nullptr);
  on_drained = nullptr;
  ended_ = true;
  if (tell)
    tell();
}

}  // namespace centralita

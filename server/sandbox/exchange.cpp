#include "server/sandbox/exchange.h"

#include "plugins/base/soup_listener.h"

#include <algorithm>

namespace centralita::sandbox {
namespace {

// A stream that is to be cut or to stall does so after this many pieces.
constexpr int kPiecesBeforeFault = 3;

using Connected = std::function<void()>;

Slot connect_signal(SoupServerMessage* message, const char* signal, Connected function) {
  auto* held = new Connected(std::move(function));
  const auto id = g_signal_connect_data(
      message, signal, G_CALLBACK(+[](SoupServerMessage*, gpointer data) noexcept {
        (*static_cast<Connected*>(data))();
      }),
      held, [](gpointer data, GClosure*) noexcept { delete static_cast<Connected*>(data); },
      GConnectFlags(0));
  return Slot([message, id] { g_signal_handler_disconnect(message, id); });
}

}  // namespace

Exchange::Exchange(Ref<SoupServerMessage> message, std::shared_ptr<TimerQueue> timers)
    : message_(std::move(message)), timers_(std::move(timers)), begun_(timers_->now()) {}

std::shared_ptr<Exchange> Exchange::begin(Ref<SoupServerMessage> message,
                                          std::shared_ptr<TimerQueue> timers) {
  std::shared_ptr<Exchange> exchange(new Exchange(std::move(message), std::move(timers)));
  exchange->self_ = exchange;
  exchange->connect();
  soup_server_message_pause(exchange->message());
  return exchange;
}

void Exchange::connect() {
  signals_.push_back(connect_signal(message(), "wrote-chunk", [this] {
    --unsent_;
    if (cut_ && unsent_ <= 0)
      g_socket_shutdown(socket_of(message()), TRUE, TRUE, nullptr);
  }));
  signals_.push_back(connect_signal(message(), "finished", [this] { leave(); }));
  signals_.push_back(connect_signal(message(), "disconnected", [this] { leave(); }));
}

std::string Exchange::header(const char* name) const {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message()), name);
  return value ? value : "";
}

std::string_view Exchange::body() const {
  const auto* body = soup_server_message_get_request_body(message());
  return {body->data ? body->data : "", static_cast<std::size_t>(body->length)};
}

void Exchange::start(std::function<void()> send) {
  const auto ready =
      begun_ + std::max<std::chrono::nanoseconds>(
                   least_latency_, fault_.delay.value_or(std::chrono::milliseconds(0)));
  if (timers_->now() >= ready)
    return send();
  held_back_ = true;
  timer_ = timers_->at(ready, [this, send = std::move(send)] {
    held_back_ = false;
    send();
  });
}

void Exchange::answer(int status, std::string content_type, std::string body, Headers headers) {
  if (gone_)
    return;
  start([this, status, content_type, body, headers] {
    auto type = content_type;
    auto bytes = body;
    if (fault_.wrong_audio) {
      type = "text/html";
      bytes =
          "<html><head><title>Service</title></head><body>This page is no answer.</body></html>";
    } else if (fault_.malformed) {
      bytes = bytes.substr(0, bytes.size() * 2 / 3);  // whole by its length, broken by its content
    }
    soup_server_message_set_status(message(), static_cast<guint>(status), nullptr);
    auto* out = soup_server_message_get_response_headers(message());
    for (const auto& [name, value] : headers)
      soup_message_headers_replace(out, name.c_str(), value.c_str());
    soup_message_headers_set_content_type(out, type.c_str(), nullptr);
    soup_message_headers_set_content_length(out, static_cast<goffset>(bytes.size()));
    if (fault_.cut || fault_.stall) {
      cut_ = fault_.cut;
      deliver(bytes.substr(0, bytes.size() / 2));
      if (fault_.stall && fault_.stall_for.count() > 0) {
        timer_ = timers_->after(fault_.stall_for, [this, rest = bytes.substr(bytes.size() / 2)] {
          deliver(rest);
          complete();
        });
      }
      return;
    }
    if (!bytes.empty())
      deliver(bytes);
    complete();
  });
}

void Exchange::begin_stream(std::string content_type, Headers headers) {
  if (gone_)
    return;
  soup_server_message_set_status(message(), 200, nullptr);
  auto* out = soup_server_message_get_response_headers(message());
  for (const auto& [name, value] : headers)
    soup_message_headers_replace(out, name.c_str(), value.c_str());
  soup_message_headers_set_content_type(out, content_type.c_str(), nullptr);
  soup_message_headers_set_encoding(out, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate(soup_server_message_get_response_body(message()), FALSE);
  start([this] {
    for (const auto& bytes : std::exchange(waiting_, {})) write(bytes);
    if (ended_)
      complete();
  });
}

void Exchange::write(std::string bytes) {
  if (gone_ || cut_ || bytes.empty())
    return;
  if (held_back_) {
    waiting_.push_back(std::move(bytes));
    return;
  }
  deliver(bytes);
  if (++writes_ != kPiecesBeforeFault)
    return;
  if (fault_.cut) {
    cut_connection();
  } else if (fault_.stall) {
    held_back_ = true;
    if (fault_.stall_for.count() > 0) {
      timer_ = timers_->after(fault_.stall_for, [this] {
        held_back_ = false;
        for (const auto& piece : std::exchange(waiting_, {})) write(piece);
        if (ended_)
          complete();
      });
    }
  }
}

void Exchange::end() {
  ended_ = true;
  if (fault_.cut)
    cut_connection();
  else if (fault_.stall && writes_ < kPiecesBeforeFault && fault_.stall_for.count() == 0)
    held_back_ = true;
  else if (!held_back_)
    complete();
}

void Exchange::cut_connection() {
  if (gone_)
    return;
  cut_ = true;
  if (unsent_ <= 0)
    g_socket_shutdown(socket_of(message()), TRUE, TRUE, nullptr);
}

void Exchange::deliver(const std::string& bytes) {
  if (gone_)
    return;
  ++unsent_;
  soup_message_body_append(soup_server_message_get_response_body(message()), SOUP_MEMORY_COPY,
                           bytes.data(), bytes.size());
  soup_server_message_unpause(message());
}

void Exchange::complete() {
  if (gone_ || cut_)
    return;
  soup_message_body_complete(soup_server_message_get_response_body(message()));
  soup_server_message_unpause(message());
}

void Exchange::leave() {
  if (std::exchange(gone_, true))
    return;
  const auto keep = std::exchange(self_, nullptr);
  timer_.reset();
  if (const auto told = std::exchange(on_gone, nullptr))
    told();
}

}  // namespace centralita::sandbox

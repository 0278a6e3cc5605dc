#include "server/security/request_deadline.h"

#include "plugins/base/slot.h"
#include "plugins/base/soup_listener.h"

#include <spdlog/spdlog.h>

namespace centralita {

using Clock = std::chrono::steady_clock;

struct RequestDeadline::State {
  SoupServer* server;
  std::chrono::milliseconds limit;
  std::map<SoupServerMessage*, Clock::time_point> unread;
  gulong handlers[3] = {};
  guint timer = 0;

  static void on_started(SoupServer*, SoupServerMessage* message, gpointer self) noexcept {
    static_cast<State*>(self)->unread[message] = Clock::now();
  }
  static void on_over(SoupServer*, SoupServerMessage* message, gpointer self) noexcept {
    static_cast<State*>(self)->unread.erase(message);
  }
  static gboolean on_tick(gpointer data) noexcept {
    auto* self = static_cast<State*>(data);
    const auto now = Clock::now();
    std::erase_if(self->unread, [&](const auto& entry) {
      if (entry.second + self->limit > now)
        return false;
      if (auto* socket = socket_of(entry.first)) {
        spdlog::info("a request from {} was not complete after {} ms and is cut off",
                     soup_server_message_get_remote_host(entry.first), self->limit.count());
        g_socket_shutdown(socket, TRUE, TRUE, nullptr);
      }
      return true;
    });
    return G_SOURCE_CONTINUE;
  }
};

RequestDeadline::RequestDeadline(SoupServer* server, std::chrono::milliseconds limit)
    : state_(std::make_unique<State>()) {
  state_->server = server;
  state_->limit = limit;
  state_->handlers[0] =
      g_signal_connect(server, "request-started", G_CALLBACK(State::on_started), state_.get());
  state_->handlers[1] =
      g_signal_connect(server, "request-read", G_CALLBACK(State::on_over), state_.get());
  state_->handlers[2] =
      g_signal_connect(server, "request-aborted", G_CALLBACK(State::on_over), state_.get());
  state_->timer =
      g_timeout_add(static_cast<guint>(limit.count() / 4), State::on_tick, state_.get());
}

RequestDeadline::~RequestDeadline() {
  for (const auto handler : state_->handlers) g_signal_handler_disconnect(state_->server, handler);
  g_source_remove(state_->timer);
}

}  // namespace centralita

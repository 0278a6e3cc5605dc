#include "server/live/call_listener.h"

#include "plugins/base/json.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <utility>

namespace centralita {
namespace {

// Bytes that the listener has not taken yet: two seconds of both sides of a telephone call.
constexpr int kMostUnsent = 32 * 1024;
constexpr guint kKeepaliveSeconds = 20;

json::Object json_of(const WireFormat& format) {
  using enum WireFormat::Encoding;
  const char* name = format.encoding == kMulaw  ? "mulaw"
                     : format.encoding == kAlaw ? "alaw"
                                                : "pcm";
  return json::Object().set("encoding", name).set("rate", format.rate);
}

}  // namespace

std::shared_ptr<CallListener> CallListener::open(const IoContext& io, Ref<GIOStream> stream,
                                                 Ref<GUri> uri, Ref<GSocket> socket,
                                                 std::function<void()> closed) {
  std::shared_ptr<CallListener> self(new CallListener(io));
  self->self_ = self;
  self->socket_ = std::move(socket);
  self->closed_ = std::move(closed);
  self->connection_ = Ref<SoupWebsocketConnection>::adopt(soup_websocket_connection_new(
      stream.get(), uri.get(), SOUP_WEBSOCKET_CONNECTION_SERVER, nullptr, nullptr, nullptr));
  auto* connection = self->connection_.get();
  soup_websocket_connection_set_keepalive_interval(connection, kKeepaliveSeconds);
  const auto id = g_signal_connect(
      connection, "closed", G_CALLBACK(+[](SoupWebsocketConnection*, gpointer data) noexcept {
        auto* self = static_cast<CallListener*>(data);
        const auto keep = std::move(self->self_);
        if (const auto tell = std::exchange(self->closed_, nullptr))
          tell();
        // The signal's own connection goes when its emission is over.
        self->io_.post([keep] {});
      }),
      self.get());
  self->signals_.emplace_back([connection, id] { g_signal_handler_disconnect(connection, id); });
  return self;
}

std::shared_ptr<AudioTap> CallListener::tap() {
  const auto on_main = [io = io_, weak = weak_from_this()](auto function) {
    io.post([weak, function = std::move(function)]() mutable {
      if (const auto self = weak.lock())
        function(*self);
    });
  };
  return std::make_shared<AudioTap>(AudioTap::Sink{
      .began =
          [on_main](WireFormat caller, WireFormat agent) {
            on_main([caller, agent](CallListener& self) {
              self.send_text(json::Object()
                                 .set("type", "format")
                                 .set("caller", json_of(caller))
                                 .set("agent", json_of(agent))
                                 .to_string());
            });
          },
      .deliver =
          [on_main](AudioTap::Side side, std::vector<std::uint8_t> audio) {
            on_main([side, audio = std::move(audio)](CallListener& self) {
              self.send_block(side, audio);
            });
          },
      .cleared =
          [on_main] { on_main([](CallListener& self) { self.send_text(R"({"type":"clear"})"); }); },
      .ended = [on_main] { on_main([](CallListener& self) { self.end(); }); }});
}

void CallListener::end() {
  send_text(R"({"type":"ended"})");
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, "ended");
}

bool CallListener::keeps_up() const {
  int unsent = 0;
  return !socket_ || ioctl(g_socket_get_fd(socket_.get()), SIOCOUTQ, &unsent) != 0 ||
         unsent < kMostUnsent;
}

void CallListener::send_block(AudioTap::Side side, const std::vector<std::uint8_t>& audio) {
  if (soup_websocket_connection_get_state(connection_.get()) != SOUP_WEBSOCKET_STATE_OPEN ||
      !keeps_up())
    return;
  message_.assign(1, static_cast<std::uint8_t>(side));
  message_.insert(message_.end(), audio.begin(), audio.end());
  soup_websocket_connection_send_binary(connection_.get(), message_.data(), message_.size());
}

void CallListener::send_text(const std::string& text) {
  if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text(connection_.get(), text.c_str());
}

}  // namespace centralita

#include "server/media_stream/upgrade.h"

#include "plugins/base/soup_listener.h"
#include "server/media_stream/send_backlog.h"

namespace centralita {
namespace {

struct Handover {
  std::function<void(Ref<GIOStream>, Ref<GUri>)> take;
};

void on_101_written(SoupServerMessage* message, gpointer data) noexcept {
  if (soup_server_message_get_status(message) != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return;
  auto* socket = socket_of(message);
  if (socket)
    leave_alone(socket);
  auto uri = Ref<GUri>::share(soup_server_message_get_uri(message));
  auto stream = Ref<GIOStream>::adopt(soup_server_message_steal_connection(message));
  if (socket)
    note_socket_under(stream.get(), socket);
  static_cast<Handover*>(data)->take(std::move(stream), std::move(uri));
}

void forget(gpointer data, GClosure*) noexcept { delete static_cast<Handover*>(data); }

}  // namespace

bool upgrade_to_websocket(SoupServerMessage* message,
                          std::function<void(Ref<GIOStream>, Ref<GUri>)> take) {
  if (!soup_websocket_server_process_handshake(message, nullptr, nullptr, nullptr, nullptr))
    return false;
  g_signal_connect_data(message, "wrote-informational", G_CALLBACK(on_101_written),
                        new Handover{std::move(take)}, forget, GConnectFlags{});
  return true;
}

}  // namespace centralita

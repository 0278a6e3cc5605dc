#include "server/media_stream/send_backlog.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace centralita {
namespace {

constexpr char kSocketKey[] = "centralita-socket-under";

}  // namespace

std::chrono::nanoseconds SendBacklog::age(Clock::TimePoint now, std::uint64_t acknowledged) {
  while (!marks_.empty() && marks_.front().sent <= acknowledged) marks_.pop_front();
  if (sent_ > acknowledged && (marks_.empty() || marks_.back().sent < sent_))
    marks_.push_back({now, sent_});
  return marks_.empty() ? std::chrono::nanoseconds(0) : now - marks_.front().at;
}

GSocket* socket_under(GIOStream* stream) {
  if (G_IS_SOCKET_CONNECTION(stream))
    return g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
  return static_cast<GSocket*>(g_object_get_data(G_OBJECT(stream), kSocketKey));
}

void note_socket_under(GIOStream* stream, GSocket* socket) {
  g_object_set_data_full(G_OBJECT(stream), kSocketKey, g_object_ref(socket), g_object_unref);
}

std::optional<std::uint64_t> acknowledged_bytes(GSocket* socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (!socket || getsockopt(g_socket_get_fd(socket), IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      size < offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
    return std::nullopt;
  return info.tcpi_bytes_acked;
}

}  // namespace centralita

#include "plugins/base/soup_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

constexpr int kBacklog = 1024;  // calls that ring in the same moment; GSocket's own is 10
constexpr guint kPauseMs = 100;
constexpr char kLeftAlone[] = "centralita-left-alone";
constexpr char kAnswers[] = "centralita-answers";  // a request that has been read

// The address is the one thing that libsoup hands on from the connection to its messages.
constexpr char kSocketKey[] = "centralita-socket";

// An address object of its own: the socket keeps the one that it gives out, and would be kept by
// it, open, for ever.
Ref<GSocketAddress> remote_address(GSocket* socket) {
  const auto given = Ref<GSocketAddress>::adopt(g_socket_get_remote_address(socket, nullptr));
  sockaddr_storage native{};
  if (!given || !g_socket_address_to_native(given.get(), &native, sizeof native, nullptr))
    return nullptr;
  return Ref<GSocketAddress>::adopt(g_socket_address_new_from_native(&native, sizeof native));
}

}  // namespace

// Known as long as it lives, and whether it was found hung up on the last time.
struct SoupListener::Accepted {
  explicit Accepted(GSocket* socket) { g_weak_ref_init(&weak, socket); }
  ~Accepted() { g_weak_ref_clear(&weak); }
  GWeakRef weak;
  bool over = false;
};

SoupListener::~SoupListener() {
  close();
  for (const auto id : signals_) g_signal_handler_disconnect(server_.get(), id);
  if (sweeper_)
    g_source_destroy(sweeper_.get());
}

SoupListener::SoupListener(SoupServer* server, Ref<GSocket> socket)
    : server_(Ref<SoupServer>::share(server)), socket_(std::move(socket)) {}

Result<std::unique_ptr<SoupListener>> SoupListener::listen(SoupServer* server,
                                                           const std::string& host,
                                                           std::uint16_t port,
                                                           std::chrono::milliseconds sweep) {
  const auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(host.c_str(), port));
  if (!address)
    return Unexpected("\"" + host + "\" is not an address such as 127.0.0.1 or 0.0.0.0");
  GError* error = nullptr;
  auto socket =
      Ref<GSocket>::adopt(g_socket_new(g_socket_address_get_family(address.get()),
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error));
  if (socket)
    g_socket_set_listen_backlog(socket.get(), kBacklog);
  if (!socket || !g_socket_bind(socket.get(), address.get(), TRUE, &error) ||
      !g_socket_listen(socket.get(), &error)) {
    const OwnedError owned(error);
    return Unexpected(std::string(owned->message));
  }
  g_socket_set_blocking(socket.get(), FALSE);
  std::unique_ptr<SoupListener> listener(new SoupListener(server, std::move(socket)));
  const auto bound =
      Ref<GSocketAddress>::adopt(g_socket_get_local_address(listener->socket_.get(), nullptr));
  listener->port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  listener->keep_connections();
  listener->watch_requests();
  listener->watch();
  auto* self = listener.get();
  self->sweeper_ = Ref<GSource>::adopt(g_timeout_source_new(static_cast<guint>(sweep.count())));
  g_source_set_callback(
      self->sweeper_.get(),
      +[](gpointer data) noexcept -> gboolean {
        static_cast<SoupListener*>(data)->sweep();
        return G_SOURCE_CONTINUE;
      },
      self, nullptr);
  g_source_attach(self->sweeper_.get(), g_main_context_get_thread_default());
  return listener;
}

// A server of libsoup 3.2 that listens to nothing itself closes every connection after its first
// answer. So it listens to one end of a pair, by whose other end, as long as it lives, nothing
// comes.
void SoupListener::keep_connections() {
  constexpr char kOtherEnd[] = "centralita-other-end";
  int ends[2];
  if (g_object_get_data(G_OBJECT(server_.get()), kOtherEnd) ||
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return;
  auto other = Ref<GSocket>::adopt(g_socket_new_from_fd(ends[0], nullptr));
  const auto silent = Ref<GSocket>::adopt(g_socket_new_from_fd(ends[1], nullptr));
  GError* error = nullptr;
  if (!silent || !other ||
      !soup_server_listen_socket(server_.get(), silent.get(), SoupServerListenOptions(0), &error)) {
    const OwnedError owned(error);
    g_warning("connections will not be kept: %s", owned ? owned->message : "no socket");
    return;
  }
  g_object_set_data_full(G_OBJECT(server_.get()), kOtherEnd, other.release(), g_object_unref);
}

void SoupListener::watch_requests() {
  using Handler = void (*)(SoupServer*, SoupServerMessage*, gpointer) noexcept;
  constexpr Handler read = [](SoupServer*, SoupServerMessage* message, gpointer) noexcept {
    if (auto* socket = socket_of(message))
      g_object_set_data(G_OBJECT(socket), kAnswers, GINT_TO_POINTER(1));
  };
  constexpr Handler over = [](SoupServer*, SoupServerMessage* message, gpointer) noexcept {
    if (auto* socket = socket_of(message))
      g_object_set_data(G_OBJECT(socket), kAnswers, nullptr);
  };
  for (const auto& [name, handler] :
       {std::pair{"request-read", read}, {"request-finished", over}, {"request-aborted", over}})
    signals_.push_back(g_signal_connect(server_.get(), name, G_CALLBACK(handler), nullptr));
}

void SoupListener::sweep() {
  std::erase_if(accepted_, [](const std::unique_ptr<Accepted>& accepted) {
    const auto socket = Ref<GSocket>::adopt(static_cast<GSocket*>(g_weak_ref_get(&accepted->weak)));
    if (!socket || g_socket_is_closed(socket.get()) ||
        g_object_get_data(G_OBJECT(socket.get()), kLeftAlone))
      return true;
    if (g_object_get_data(G_OBJECT(socket.get()), kAnswers)) {
      accepted->over = false;
      return false;
    }
    char byte;
    const bool over = recv(g_socket_get_fd(socket.get()), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    if (!std::exchange(accepted->over, over) || !over)
      return false;
    g_socket_close(socket.get(), nullptr);
    return true;
  });
}

void leave_alone(GSocket* socket) {
  g_object_set_data(G_OBJECT(socket), kLeftAlone, GINT_TO_POINTER(1));
}

void SoupListener::close() {
  if (source_)
    g_source_destroy(source_.get());
  source_ = nullptr;
  g_socket_close(socket_.get(), nullptr);
}

void SoupListener::watch() {
  source_ = Ref<GSource>::adopt(g_socket_create_source(socket_.get(), G_IO_IN, nullptr));
  g_source_set_callback(source_.get(), G_SOURCE_FUNC(on_readable), this, nullptr);
  g_source_attach(source_.get(), g_main_context_get_thread_default());
}

// The connection that cannot be taken keeps the socket readable: without a pause this thread would
// do nothing else.
void SoupListener::pause() {
  source_ = Ref<GSource>::adopt(g_timeout_source_new(kPauseMs));
  g_source_set_callback(source_.get(), on_pause_over, this, nullptr);
  g_source_attach(source_.get(), g_main_context_get_thread_default());
}

gboolean SoupListener::on_pause_over(gpointer self) noexcept {
  static_cast<SoupListener*>(self)->watch();
  return G_SOURCE_REMOVE;
}

gboolean SoupListener::on_readable(GSocket*, GIOCondition, gpointer data) noexcept {
  auto* self = static_cast<SoupListener*>(data);
  if (self->accept())
    return G_SOURCE_CONTINUE;
  self->pause();
  return G_SOURCE_REMOVE;
}

bool SoupListener::accept() {
  GError* error = nullptr;
  const auto socket = Ref<GSocket>::adopt(g_socket_accept(socket_.get(), nullptr, &error));
  if (!socket) {
    const OwnedError owned(error);
    if (g_error_matches(owned.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return true;  // gone before we came
    g_warning("a connection could not be taken: %s", owned->message);
    return false;
  }
  const auto local = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
  const auto remote = remote_address(socket.get());
  if (!local || !remote)
    return true;  // gone already
  g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, TRUE, nullptr);
  g_object_set_data_full(G_OBJECT(remote.get()), kSocketKey, g_object_ref(socket.get()),
                         g_object_unref);
  const auto connection = Ref<GIOStream>::adopt(
      G_IO_STREAM(g_socket_connection_factory_create_connection(socket.get())));
  if (accepted_.size() >= most_accepted_) {
    std::erase_if(accepted_, [](const std::unique_ptr<Accepted>& each) {
      return !Ref<GSocket>::adopt(static_cast<GSocket*>(g_weak_ref_get(&each->weak)));
    });
    most_accepted_ = std::max<std::size_t>(64, 2 * accepted_.size());
  }
  accepted_.push_back(std::make_unique<Accepted>(socket.get()));
  soup_server_accept_iostream(server_.get(), connection.get(), local.get(), remote.get(), nullptr);
  return true;
}

GSocket* socket_of(SoupServerMessage* message) {
  auto* remote = soup_server_message_get_remote_address(message);
  return remote ? static_cast<GSocket*>(g_object_get_data(G_OBJECT(remote), kSocketKey)) : nullptr;
}

}  // namespace centralita

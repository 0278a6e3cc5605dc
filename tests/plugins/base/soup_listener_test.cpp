#include "plugins/base/soup_listener.h"

#include "plugins/base/io_context.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <filesystem>
#include <iterator>
#include <string_view>

namespace centralita {
namespace {

std::ptrdiff_t open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return std::distance(begin(files), end(files));
}

// A connection on which a request has been sent, or nothing.
Ref<GSocket> ask(std::uint16_t port, std::string_view request) {
  const auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", port));
  auto socket = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr));
  if (!g_socket_connect(socket.get(), address.get(), nullptr, nullptr))
    return nullptr;
  g_socket_send(socket.get(), request.data(), request.size(), nullptr, nullptr);
  return socket;
}

struct SoupListenerTest : ::testing::Test {
  SoupListenerTest() {
    g_main_context_push_thread_default(context.get());
    server = Ref<SoupServer>::adopt(soup_server_new(nullptr, nullptr));
    soup_server_add_handler(
        server.get(), nullptr,
        [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
           gpointer test) noexcept {
          static_cast<SoupListenerTest*>(test)->socket = socket_of(message);
          static_cast<SoupListenerTest*>(test)->client =
              soup_server_message_get_remote_host(message);
          soup_server_message_set_status(message, 204, nullptr);
        },
        this, nullptr);
  }
  ~SoupListenerTest() override {
    soup_server_disconnect(server.get());
    g_main_context_pop_thread_default(context.get());
  }

  // One connection with one request; whether it was answered.
  bool visit(std::uint16_t port) {
    const auto socket = ask(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    if (!socket)
      return false;
    g_socket_set_blocking(socket.get(), FALSE);
    std::string answer;
    for (gssize n = -1; n != 0;) {
      g_main_context_iteration(context.get(), FALSE);
      char bytes[256];
      n = g_socket_receive(socket.get(), bytes, sizeof bytes, nullptr, nullptr);
      if (n > 0)
        answer.append(bytes, static_cast<std::size_t>(n));
    }
    while (g_main_context_iteration(context.get(), FALSE)) {
    }
    return answer.starts_with("HTTP/1.1 204");
  }

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  Ref<SoupServer> server;
  GSocket* socket = nullptr;
  std::string client;
};

TEST_F(SoupListenerTest, AnswersWithTheSocketAndTheClientKnown) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  EXPECT_TRUE(visit((*listener)->port()));
  EXPECT_NE(socket, nullptr);
  EXPECT_EQ(client, "127.0.0.1");
}

// A client that hangs up between two requests, as browsers and load balancers do.
TEST_F(SoupListenerTest, AKeptConnectionThatTheClientClosesIsClosedHereToo) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  const auto before = open_files();
  for (int i = 0; i < 20; ++i) {
    const auto client = ask((*listener)->port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(client);
    g_socket_set_blocking(client.get(), FALSE);
    char bytes[256];
    while (g_socket_receive(client.get(), bytes, sizeof bytes, nullptr, nullptr) <= 0)
      g_main_context_iteration(context.get(), FALSE);
    g_socket_close(client.get(), nullptr);
    for (int quiet = 0; quiet < 100; ++quiet) {
      if (g_main_context_iteration(context.get(), FALSE))
        quiet = 0;
      g_usleep(20);
    }
  }
  EXPECT_LE(open_files(), before + 1);
}

// libsoup 3.2 reads the end in the middle of going on to the next request, and keeps the
// connection.
TEST_F(SoupListenerTest, AConnectionThatEndsWithItsRequestIsClosedWithinSeconds) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  const auto before = open_files();
  for (int i = 0; i < 5; ++i) {
    const auto client = ask((*listener)->port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(client);
    g_socket_close(client.get(), nullptr);
  }
  const auto end = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
  bool came = false;
  while (g_get_monotonic_time() < end && !(came && open_files() <= before + 1)) {
    g_main_context_iteration(context.get(), TRUE);
    came |= socket != nullptr;
  }
  EXPECT_LE(open_files(), before + 1);
}

TEST_F(SoupListenerTest, AThousandConnectionsLeaveNoMemoryBehind) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  for (int i = 0; i < 100; ++i) visit((*listener)->port());
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(visit((*listener)->port()));
  // soup_server_listen() of libsoup 3.2.3 leaves 352,000.
  EXPECT_LT(mallinfo2().uordblks, before + 50'000);
}

TEST_F(SoupListenerTest, TakesNoConnectionAfterClose) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  const auto port = (*listener)->port();
  (*listener)->close();
  EXPECT_FALSE(visit(port));
}

TEST_F(SoupListenerTest, SaysWhatIsWrongWithAnAddress) {
  const auto name = SoupListener::listen(server.get(), "localhost", 0);
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error(), "\"localhost\" is not an address such as 127.0.0.1 or 0.0.0.0");

  const auto first = SoupListener::listen(server.get(), "127.0.0.1", 0);
  const auto second = SoupListener::listen(server.get(), "127.0.0.1", (*first)->port());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("in use"), std::string::npos) << second.error();
}

}  // namespace
}  // namespace centralita

#include "plugins/base/soup_listener.h"

#include "plugins/base/io_context.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>

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
        [](SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
           gpointer test) noexcept {
          static_cast<SoupListenerTest*>(test)->socket = socket_of(message);
          static_cast<SoupListenerTest*>(test)->client =
              soup_server_message_get_remote_host(message);
          // After an answer without a body libsoup closes them well.
          soup_server_message_set_status(message, std::string_view(path) == "/body" ? 200 : 204,
                                         nullptr);
          if (std::string_view(path) == "/slow") {
            soup_server_message_pause(message);
            static_cast<SoupListenerTest*>(test)->held = Ref<SoupServerMessage>::share(message);
          }
        },
        this, nullptr);
  }
  ~SoupListenerTest() override {
    soup_server_disconnect(server.get());
    g_main_context_pop_thread_default(context.get());
  }

  // At most ten seconds of real time.
  void run_until(const std::function<bool()>& so) {
    const auto end = g_get_monotonic_time() + 10 * G_TIME_SPAN_SECOND;
    while (!so() && g_get_monotonic_time() < end) g_main_context_iteration(context.get(), FALSE);
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
  static constexpr std::chrono::milliseconds kSweep{20};
  GSocket* socket = nullptr;
  Ref<SoupServerMessage> held;
  std::string client;
};

TEST_F(SoupListenerTest, AnswersWithTheSocketAndTheClientKnown) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  EXPECT_TRUE(visit((*listener)->port()));
  EXPECT_NE(socket, nullptr);
  EXPECT_EQ(client, "127.0.0.1");
}

// libsoup 3.2 forgets these without closing them (with SoupListener's sweep an hour away all forty
// stay): a client in a thread of its own, as in life, that hangs up on a kept connection as soon as
// it has its answer.
TEST_F(SoupListenerTest, KeptConnectionsThatClientsHangUpOnAreClosedHereToo) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0, kSweep);
  ASSERT_TRUE(listener);
  const auto before = open_files();
  std::atomic<int> answered = 0;
  std::atomic<bool> over = false;
  std::thread clients([&, port = (*listener)->port()] {
    for (int i = 0; i < 40; ++i)
      if (const auto client = ask(port, "GET /body HTTP/1.1\r\nHost: a\r\n\r\n")) {
        char bytes[256];
        answered += g_socket_receive(client.get(), bytes, sizeof bytes, nullptr, nullptr) > 0;
        g_socket_close(client.get(), nullptr);
      }
    over = true;
  });
  run_until([&] { return over && open_files() <= before + 1; });
  clients.join();
  EXPECT_EQ(answered, 40);
  EXPECT_LE(open_files(), before + 1);
}

// shutdown(SHUT_WR): it has said all there is to say, and waits.
TEST_F(SoupListenerTest, AClientThatHasOnlyStoppedSayingSomethingGetsItsAnswerHoweverLateItIs) {
  const auto listener = SoupListener::listen(server.get(), "127.0.0.1", 0, kSweep);
  ASSERT_TRUE(listener);
  const auto client = ask((*listener)->port(), "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(client);
  g_socket_shutdown(client.get(), FALSE, TRUE, nullptr);
  g_socket_set_blocking(client.get(), FALSE);
  const auto late = g_get_monotonic_time() + 10 * kSweep.count() * 1000;
  run_until([&] { return held && g_get_monotonic_time() > late; });
  ASSERT_TRUE(held);
  soup_server_message_unpause(held.get());
  std::string answer;
  bool closed = false;
  run_until([&] {
    char bytes[256];
    const auto n = g_socket_receive(client.get(), bytes, sizeof bytes, nullptr, nullptr);
    if (n > 0)
      answer.append(bytes, static_cast<std::size_t>(n));
    closed = n == 0;
    return closed;
  });
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 204") << answer;
  EXPECT_TRUE(closed) << "nothing more can come of it";
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

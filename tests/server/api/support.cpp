#include "tests/server/api/support.h"

#include "server/store/migrate.h"

namespace centralita {

template <>
struct RefTraits<GSocketClient> : GObjectTraits {};
template <>
struct RefTraits<GSocketConnection> : GObjectTraits {};

// Migrations take longer than most tests.
std::string ApiTest::new_database() {
  auto& postgres = PostgresFixture::shared();
  static const std::string migrated = [&] {
    const auto database = postgres.create_database();
    EXPECT_TRUE(store::migrate(database));
    return database;
  }();
  return postgres.copy_database(migrated);
}

ApiTest::ApiTest(const std::function<void(Settings&)>& adjust) {
  auto store = store::Store::open({.conninfo = database_, .auto_migrate = true});
  EXPECT_TRUE(store->wait_until_healthy(true, std::chrono::seconds(60)))
      << store->status().last_error;
  store_ = store.get();
  Settings settings;
  settings.port = 0;
  settings.shards = 1;
  settings.data_dir = "";
  settings.admin_api_key = kKey;
  settings.web_dir = "none";
  settings.data_dir = data_.path();
  settings.pipelines_dir = std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/pipelines";
  if (adjust)
    adjust(settings);
  server_ = std::make_unique<Server>(std::move(settings), std::move(store));
  const auto listening = server_->listen();
  EXPECT_TRUE(listening) << listening.error();
}

ApiTest::~ApiTest() {
  soup_session_abort(session_.get());
  server_.reset();
  while (g_main_context_iteration(nullptr, FALSE)) {
  }
}

ApiTest::Reply ApiTest::request(const std::string& method, const std::string& path,
                                const std::string& body, Headers headers) {
  return request_of(*server_, method, path, body, headers);
}

ApiTest::Reply ApiTest::request_of(const Server& server, const std::string& method,
                                   const std::string& path, const std::string& body,
                                   const Headers& headers) {
  const auto url = server.base_url() + path;
  const auto message = Ref<SoupMessage>::adopt(soup_message_new(method.c_str(), url.c_str()));
  soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
  if (!body.empty()) {
    const auto bytes = Ref<GBytes>::adopt(g_bytes_new(body.data(), body.size()));
    soup_message_set_request_body_from_bytes(message.get(), "application/json", bytes.get());
  }
  for (const auto& [name, value] : headers)
    soup_message_headers_append(soup_message_get_request_headers(message.get()), name.c_str(),
                                value.c_str());
  struct Pending {
    bool done = false;
    std::string body;
  } pending;
  soup_session_send_and_read_async(
      session_.get(), message.get(), G_PRIORITY_DEFAULT, nullptr,
      [](GObject* session, GAsyncResult* result, gpointer data) noexcept {
        auto* pending = static_cast<Pending*>(data);
        GError* error = nullptr;
        const auto bytes = Ref<GBytes>::adopt(
            soup_session_send_and_read_finish(SOUP_SESSION(session), result, &error));
        if (bytes) {
          gsize size = 0;
          const auto* text = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
          pending->body.assign(text ? text : "", size);
        } else {
          ADD_FAILURE() << OwnedError(error)->message;
        }
        pending->done = true;
      },
      &pending);
  while (!pending.done) g_main_context_iteration(nullptr, TRUE);
  Reply reply{.status = static_cast<int>(soup_message_get_status(message.get())),
              .body = std::move(pending.body)};
  soup_message_headers_foreach(
      soup_message_get_response_headers(message.get()),
      [](const char* name, const char* value, gpointer data) noexcept {
        const OwnedString lower(g_ascii_strdown(name, -1));
        (*static_cast<std::map<std::string, std::string>*>(data))[lower.get()] = value;
      },
      &reply.headers);
  return reply;
}

std::string ApiTest::raw(const std::string& bytes, std::chrono::milliseconds limit) {
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  const auto connection = Ref<GSocketConnection>::adopt(g_socket_client_connect_to_host(
      client.get(), "127.0.0.1", server_->port(), nullptr, nullptr));
  auto* socket = g_socket_connection_get_socket(connection.get());
  g_socket_set_blocking(socket, FALSE);
  std::string answer;
  std::size_t sent = 0;
  const auto until = std::chrono::steady_clock::now() + limit;
  for (;;) {
    if (sent < bytes.size()) {
      const auto count =
          g_socket_send(socket, bytes.data() + sent, bytes.size() - sent, nullptr, nullptr);
      sent = count > 0 ? sent + static_cast<std::size_t>(count) : sent;
    }
    char buffer[4096];
    GError* error = nullptr;
    const auto count = g_socket_receive(socket, buffer, sizeof buffer, nullptr, &error);
    const OwnedError owned(error);
    if (count > 0)
      answer.append(buffer, static_cast<std::size_t>(count));
    else if (count == 0 || !g_error_matches(owned.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return answer;
    if (std::chrono::steady_clock::now() > until)
      return answer + "...";
    if (!g_main_context_iteration(nullptr, FALSE))
      g_usleep(1'000);
  }
}

}  // namespace centralita

#include "tests/server/api/support.h"

namespace centralita {

ApiTest::ApiTest() {
  auto store = store::Store::open({.conninfo = database_, .auto_migrate = true});
  EXPECT_TRUE(store->wait_until_healthy(true, std::chrono::seconds(60)))
      << store->status().last_error;
  store_ = store.get();
  Settings settings;
  settings.port = 0;
  settings.shards = 1;
  settings.admin_api_key = kKey;
  settings.web_dir = "none";
  settings.pipelines_dir = std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/pipelines";
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
  const auto url = server_->base_url() + path;
  const auto message = Ref<SoupMessage>::adopt(soup_message_new(method.c_str(), url.c_str()));
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

}  // namespace centralita

#include "tests/server/sandbox/client.h"

#include <array>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

namespace centralita::sandbox {
namespace {

struct Call {
  Ref<GInputStream> stream;
  GError* error = nullptr;
  gssize count = 0;
  bool done = false;
};

}  // namespace

SandboxTest::SandboxTest() {
  g_main_context_push_thread_default(context.get());
  session = Ref<SoupSession>::adopt(soup_session_new());
  sandbox.emplace(context);
  const auto port = sandbox->start();
  if (!port)
    throw std::runtime_error(port.error());
  url = "http://127.0.0.1:" + std::to_string(*port);
}

SandboxTest::~SandboxTest() {
  session = nullptr;
  sandbox.reset();
  g_main_context_pop_thread_default(context.get());
}

Reply SandboxTest::send(const std::string& method, const std::string& path,
                        const RequestHeaders& headers, const std::string& type,
                        const std::string& body, std::optional<std::size_t> until_bytes) {
  const auto message =
      Ref<SoupMessage>::adopt(soup_message_new(method.c_str(), (url + path).c_str()));
  auto* out = soup_message_get_request_headers(message.get());
  soup_message_headers_replace(out, "User-Agent", "centralita-test");
  for (const auto& [name, value] : headers)
    soup_message_headers_replace(out, name.c_str(), value.c_str());
  if (method == "POST") {
    const auto bytes = Ref<GBytes>::adopt(g_bytes_new(body.data(), body.size()));
    soup_message_set_request_body_from_bytes(message.get(), type.empty() ? nullptr : type.c_str(),
                                             bytes.get());
  }
  // A fresh cancellable a request: cancelling it is how the client leaves.
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  Call call;
  const auto wait = [&] {
    while (!call.done) g_main_context_iteration(context.get(), TRUE);
    call.done = false;
  };
  soup_session_send_async(
      session.get(), message.get(), G_PRIORITY_DEFAULT, cancellable.get(),
      [](GObject* source, GAsyncResult* result, gpointer data) noexcept {
        auto* c = static_cast<Call*>(data);
        c->stream = Ref<GInputStream>::adopt(
            soup_session_send_finish(SOUP_SESSION(source), result, &c->error));
        c->done = true;
      },
      &call);
  wait();
  Reply reply;
  if (!call.stream) {
    g_clear_error(&call.error);
    return reply;
  }
  reply.status = static_cast<int>(soup_message_get_status(message.get()));
  auto* in = soup_message_get_response_headers(message.get());
  const char* content = soup_message_headers_get_content_type(in, nullptr);
  reply.type = content ? content : "";
  soup_message_headers_foreach(
      in,
      [](const char* name, const char* value, gpointer data) {
        const OwnedString low(g_ascii_strdown(name, -1));
        (*static_cast<std::map<std::string, std::string>*>(data))[low.get()] = value;
      },
      &reply.headers);
  std::array<char, 4096> buffer;
  for (;;) {
    g_input_stream_read_async(
        call.stream.get(), buffer.data(), buffer.size(), G_PRIORITY_DEFAULT, cancellable.get(),
        [](GObject* source, GAsyncResult* result, gpointer data) noexcept {
          auto* c = static_cast<Call*>(data);
          c->count = g_input_stream_read_finish(G_INPUT_STREAM(source), result, &c->error);
          c->done = true;
        },
        &call);
    wait();
    if (call.count <= 0)
      break;
    reply.pieces.emplace_back(buffer.data(), static_cast<std::size_t>(call.count));
    reply.body += reply.pieces.back();
    if (until_bytes && reply.body.size() >= *until_bytes) {
      g_cancellable_cancel(cancellable.get());
      return reply;
    }
  }
  reply.whole = call.count == 0;
  g_clear_error(&call.error);
  return reply;
}

std::string SandboxTest::raw(const std::string& path, const RequestHeaders& headers,
                             const std::string& body) {
  std::string request = "POST " + path +
                        " HTTP/1.1\r\nHost: sandbox\r\nUser-Agent: test\r\nContent-Length: " +
                        std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  request += "\r\n" + body;
  const int port = sandbox->port();
  std::string bytes;
  std::atomic<bool> done = false;
  // Blocking, and so on a thread of its own: the sandbox is served by this one.
  std::thread client([&] {
    auto* sockets = g_socket_client_new();
    auto* connection = g_socket_client_connect_to_host(
        sockets, "127.0.0.1", static_cast<guint16>(port), nullptr, nullptr);
    if (connection) {
      g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                                request.data(), request.size(), nullptr, nullptr, nullptr);
      std::array<char, 4096> buffer;
      gssize count = 0;
      while ((count = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)),
                                          buffer.data(), buffer.size(), nullptr, nullptr)) > 0)
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
      g_object_unref(connection);
    }
    g_object_unref(sockets);
    done = true;
    g_main_context_wakeup(context.get());
  });
  while (!done) g_main_context_iteration(context.get(), TRUE);
  client.join();
  return bytes;
}

Reply SandboxTest::chat(const json::Object& request, const RequestHeaders& more,
                        std::optional<std::size_t> until_bytes) {
  RequestHeaders headers{{"Authorization", "Bearer test"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return send("POST", "/openai/v1/chat/completions", headers, "application/json",
              request.to_string(), until_bytes);
}

Reply SandboxTest::speak(const std::string& text, const std::string& format,
                         const RequestHeaders& more, std::optional<std::size_t> until_bytes) {
  RequestHeaders headers{{"Ocp-Apim-Subscription-Key", "test"},
                         {"X-Microsoft-OutputFormat", format}};
  headers.insert(headers.end(), more.begin(), more.end());
  return send("POST", "/cognitiveservices/v1", headers, "application/ssml+xml", text, until_bytes);
}

Reply SandboxTest::transcribe(const std::string& wav, const std::string& language,
                              const std::string& format, const RequestHeaders& more) {
  std::string body;
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"model", "whisper-large-v3-turbo"},
        {"language", language},
        {"response_format", format}})
    body +=
        "--edge\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
  body +=
      "--edge\r\nContent-Disposition: form-data; name=\"file\"; "
      "filename=\"a.wav\"\r\nContent-Type: "
      "audio/wav\r\n\r\n" +
      wav + "\r\n--edge--\r\n";
  RequestHeaders headers{{"Authorization", "Bearer test"}};
  headers.insert(headers.end(), more.begin(), more.end());
  return send("POST", "/openai/v1/audio/transcriptions", headers,
              "multipart/form-data; boundary=edge", body);
}

std::string ssml(const std::string& voice, const std::string& text) {
  return "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='" +
         voice.substr(0, 5) + "'><voice name='" + voice + "'>" + text + "</voice></speak>";
}

json::Object user_says(const std::string& text, bool stream) {
  json::Array messages;
  messages.add(json::Object().set("role", "user").set("content", text));
  return json::Object()
      .set("model", "openai/gpt-oss-20b")
      .set("stream", stream)
      .set("messages", messages);
}

std::string read_file(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace centralita::sandbox

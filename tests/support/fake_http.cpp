#include "tests/support/fake_http.h"

#include "plugins/base/io_context.h"
#include "plugins/base/soup_listener.h"

#include <sys/socket.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace centralita::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

std::string lower(const char* text) { return OwnedString(g_ascii_strdown(text, -1)).get(); }

}  // namespace

std::string FakeRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

struct FakeHttp::State {
  struct Exchange {
    FakeRequest request;
    bool closed = false;
    // The server's thread only.
    Ref<SoupServerMessage> message;
    Ref<GSource> watch;
  };

  State() {
    thread = std::thread([this] {
      g_main_context_push_thread_default(context.get());
      g_main_loop_run(loop.get());
      g_main_context_pop_thread_default(context.get());
    });
    run([this] {
      server = Ref<SoupServer>::adopt(soup_server_new("server-header", "fake", nullptr));
      soup_server_add_handler(server.get(), nullptr, handle, this, nullptr);
      listener = std::move(*SoupListener::listen(server.get(), "127.0.0.1", 0));
      url = "http://127.0.0.1:" + std::to_string(listener->port());
    });
  }

  ~State() {
    run([this] {
      listener = nullptr;
      soup_server_disconnect(server.get());
      for (auto& exchange : exchanges) {
        g_source_destroy(exchange->watch.get());
        exchange->message = nullptr;
      }
      server = nullptr;
      g_main_loop_quit(loop.get());
    });
    thread.join();
  }

  // Runs it on the server's thread and waits.
  void run(std::function<void()> function) {
    std::mutex done_mutex;
    std::condition_variable done;
    bool finished = false;
    struct Call {
      std::function<void()> function;
    };
    auto* call = new Call{[&] {
      function();
      const std::lock_guard lock(done_mutex);
      finished = true;
      done.notify_one();
    }};
    const auto source = Ref<GSource>::adopt(g_idle_source_new());
    g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
    g_source_set_callback(
        source.get(),
        [](gpointer data) noexcept -> gboolean {
          static_cast<Call*>(data)->function();
          return G_SOURCE_REMOVE;
        },
        call, [](gpointer data) noexcept { delete static_cast<Call*>(data); });
    g_source_attach(source.get(), context.get());
    std::unique_lock lock(done_mutex);
    done.wait(lock, [&] { return finished; });
  }

  static void handle(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                     gpointer data) noexcept {
    static_cast<State*>(data)->on_request(message, path);
  }

  void on_request(SoupServerMessage* message, const char* path) {
    auto exchange = std::make_shared<Exchange>();
    exchange->message = Ref<SoupServerMessage>::share(message);
    auto& request = exchange->request;
    request.method = soup_server_message_get_method(message);
    request.path = path;
    soup_message_headers_foreach(
        soup_server_message_get_request_headers(message),
        [](const char* name, const char* value, gpointer into) noexcept {
          static_cast<FakeRequest*>(into)->headers.emplace(lower(name), value);
        },
        &request);
    const auto* body = soup_server_message_get_request_body(message);
    request.body.assign(body->data ? body->data : "", static_cast<std::size_t>(body->length));
    auto* socket = socket_of(message);
    request.connection =
        connections.emplace(socket, static_cast<int>(connections.size())).first->second;
    watch_for_close(exchange, socket);

    FakeAnswer answer;
    {
      const std::lock_guard lock(mutex);
      answer = default_answer;
      if (!script.empty()) {
        answer = std::move(script.front());
        script.pop_front();
      }
      exchanges.push_back(exchange);
      changed.notify_all();
    }
    begin_answer(*exchange, answer);
  }

  void begin_answer(Exchange& exchange, const FakeAnswer& answer) {
    auto* message = exchange.message.get();
    if (answer.end == FakeAnswer::End::kSilent) {
      soup_server_message_pause(message);
      return;
    }
    soup_server_message_set_status(message, static_cast<guint>(answer.status), nullptr);
    auto* headers = soup_server_message_get_response_headers(message);
    if (!answer.content_type.empty())
      soup_message_headers_set_content_type(headers, answer.content_type.c_str(), nullptr);
    for (const auto& [name, value] : answer.headers)
      soup_message_headers_append(headers, name.c_str(), value.c_str());
    soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
    for (const auto& chunk : answer.chunks) append(exchange, chunk);
    if (answer.end == FakeAnswer::End::kComplete)
      soup_message_body_complete(soup_server_message_get_response_body(message));
    if (answer.end == FakeAnswer::End::kCut)
      cut_when_written(exchange, answer);
  }

  static void append(Exchange& exchange, const std::string& chunk) {
    if (!chunk.empty())
      soup_message_body_append(soup_server_message_get_response_body(exchange.message.get()),
                               SOUP_MEMORY_COPY, chunk.data(), chunk.size());
  }

  static void shut_down(SoupServerMessage* message) {
    g_socket_shutdown(socket_of(message), TRUE, TRUE, nullptr);
  }

  static void cut_when_written(Exchange& exchange, const FakeAnswer& answer) {
    std::size_t chunks = 0;
    for (const auto& chunk : answer.chunks) chunks += chunk.empty() ? 0 : 1;
    auto* left = new std::size_t(chunks);
    const auto free_left = [](gpointer data, GClosure*) noexcept {
      delete static_cast<std::size_t*>(data);
    };
    g_signal_connect_data(exchange.message.get(), chunks == 0 ? "wrote-headers" : "wrote-chunk",
                          G_CALLBACK(+[](SoupServerMessage* message, gpointer data) noexcept {
                            auto& remaining = *static_cast<std::size_t*>(data);
                            if (remaining == 0 || --remaining == 0)
                              shut_down(message);
                          }),
                          left, free_left, static_cast<GConnectFlags>(0));
  }

  // libsoup does not look at a connection whose answer it is not writing; this does.
  void watch_for_close(const std::shared_ptr<Exchange>& exchange, GSocket* socket) {
    exchange->watch = Ref<GSource>::adopt(
        g_socket_create_source(socket, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), nullptr));
    struct Watch {
      State* state;
      std::weak_ptr<Exchange> exchange;
    };
    const GSocketSourceFunc look = [](GSocket* source, GIOCondition,
                                      gpointer data) noexcept -> gboolean {
      auto* self = static_cast<Watch*>(data);
      char byte;
      const auto n = recv(g_socket_get_fd(source), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (n > 0)
        return G_SOURCE_REMOVE;  // the next request on a connection that is kept
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return G_SOURCE_CONTINUE;
      const std::lock_guard lock(self->state->mutex);
      if (const auto closed = self->exchange.lock())
        closed->closed = true;
      self->state->changed.notify_all();
      return G_SOURCE_REMOVE;
    };
    g_source_set_callback(exchange->watch.get(), G_SOURCE_FUNC(look), new Watch{this, exchange},
                          [](gpointer data) noexcept { delete static_cast<Watch*>(data); });
    g_source_attach(exchange->watch.get(), context.get());
  }

  template <typename Predicate>
  void wait(const char* what, Predicate predicate) {
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, kPatience, predicate))
      throw std::runtime_error(std::string("FakeHttp: waited in vain for ") + what);
  }

  std::shared_ptr<Exchange> exchange(std::size_t n) {
    wait("a request", [&] { return exchanges.size() > n; });
    const std::lock_guard lock(mutex);
    return exchanges[n];
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<FakeAnswer> script;                     // locked
  FakeAnswer default_answer;                         // locked
  std::vector<std::shared_ptr<Exchange>> exchanges;  // locked

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  Ref<GMainLoop> loop = Ref<GMainLoop>::adopt(g_main_loop_new(context.get(), FALSE));
  Ref<SoupServer> server;                  // the server's thread
  std::unique_ptr<SoupListener> listener;  // the server's thread
  std::map<GSocket*, int> connections;     // the server's thread
  std::string url;
  std::thread thread;
};

FakeHttp::FakeHttp() : state_(std::make_unique<State>()) {}
FakeHttp::~FakeHttp() = default;

std::string FakeHttp::url() const { return state_->url; }

void FakeHttp::answer(FakeAnswer answer) {
  const std::lock_guard lock(state_->mutex);
  state_->script.push_back(std::move(answer));
}

void FakeHttp::otherwise(FakeAnswer answer) {
  const std::lock_guard lock(state_->mutex);
  state_->default_answer = std::move(answer);
}

std::size_t FakeHttp::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->exchanges.size();
}

FakeRequest FakeHttp::request(std::size_t n) const { return state_->exchange(n)->request; }

void FakeHttp::send(std::size_t n, std::string chunk) {
  const auto exchange = state_->exchange(n);
  state_->run([&] {
    State::append(*exchange, chunk);
    soup_server_message_unpause(exchange->message.get());
  });
}

void FakeHttp::complete(std::size_t n) {
  const auto exchange = state_->exchange(n);
  state_->run([&] {
    soup_message_body_complete(soup_server_message_get_response_body(exchange->message.get()));
    soup_server_message_unpause(exchange->message.get());
  });
}

void FakeHttp::cut(std::size_t n) {
  const auto exchange = state_->exchange(n);
  state_->run([&] { State::shut_down(exchange->message.get()); });
}

bool FakeHttp::closed(std::size_t n) const {
  const auto exchange = state_->exchange(n);
  const std::lock_guard lock(state_->mutex);
  return exchange->closed;
}

void FakeHttp::stop_listening() {
  state_->run([this] { state_->listener->close(); });
}

}  // namespace centralita::test

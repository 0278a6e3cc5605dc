#include "plugins/base/http_stream.h"

#include "plugins/base/trace_context.h"

namespace centralita {
namespace {

using Code = ProviderError::Code;

// As much as a TLS record holds: one read takes what the network has.
constexpr gsize kReadSize = 16 * 1024;

// Lives until the last callback of libsoup and GIO has come back, and does nothing once it is done.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(IoContext io, HttpRequest request, HttpHandlers handlers)
      : io_(std::move(io)),
        deadlines_(request.deadlines),
        handlers_(std::make_shared<HttpHandlers>(std::move(handlers))) {
    message_ =
        Ref<SoupMessage>::adopt(soup_message_new(request.method.c_str(), request.url.c_str()));
    if (!message_)
      return;
    auto* headers = soup_message_get_request_headers(message_.get());
    for (const auto& [name, value] : request.headers)
      soup_message_headers_append(headers, name.c_str(), value.c_str());
    if (!io_.trace_id().empty() && !io_.tracestate().empty())
      soup_message_headers_replace(headers, "tracestate", io_.tracestate().c_str());
    if (!io_.trace_id().empty())
      soup_message_headers_replace(headers, "traceparent", new_traceparent(io_.trace_id()).c_str());
    if (!request.body.empty() || request.method == "POST") {
      const auto bytes = Ref<GBytes>::adopt(g_bytes_new(request.body.data(), request.body.size()));
      soup_message_set_request_body_from_bytes(
          message_.get(), request.content_type.empty() ? nullptr : request.content_type.c_str(),
          bytes.get());
    }
    // Keys travel in headers and must not follow a redirect to another host.
    soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
    soup_message_add_flags(message_.get(),
                           request.once ? SOUP_MESSAGE_NEW_CONNECTION : SOUP_MESSAGE_IDEMPOTENT);
  }

  void start() {
    if (!message_) {
      start_failure_ = io_.after({}, [this] { fail(Code::kRefused, "the URL is not valid"); });
      return;
    }
    wait(deadlines_.connect, Code::kConnectTimeout, "no connection");
    starting_ = connect_signal(
        "starting", +[](SoupMessage*, gpointer self) noexcept {
          auto* exchange = static_cast<Exchange*>(self);
          exchange->wait(exchange->deadlines_.first_byte, Code::kFirstByteTimeout, "no answer");
        });
    soup_session_send_async(io_.session(), message_.get(), G_PRIORITY_DEFAULT, cancellable_.get(),
                            on_sent, keep());
  }

  void abort() {
    finish();
    g_cancellable_cancel(cancellable_.get());
  }

 private:
  using Self = std::shared_ptr<Exchange>;

  // A reference for a C callback; take() brings it back.
  gpointer keep() { return new Self(shared_from_this()); }
  static Self take(gpointer data) {
    const std::unique_ptr<Self> kept(static_cast<Self*>(data));
    return *kept;
  }

  template <typename F>
  Slot connect_signal(const char* name, F function) {
    const auto id = g_signal_connect(message_.get(), name, G_CALLBACK(function), this);
    return Slot([message = message_, id] { g_signal_handler_disconnect(message.get(), id); });
  }

  void wait(std::chrono::milliseconds deadline, Code code, const char* what) {
    deadline_ = io_.after(deadline, [this, code, what, deadline] {
      fail(code, std::string(what) + " within " + std::to_string(deadline.count()) + " ms");
    });
  }

  static void on_sent(GObject* session, GAsyncResult* result, gpointer data) noexcept {
    const auto self = take(data);
    GError* error = nullptr;
    auto stream =
        Ref<GInputStream>::adopt(soup_session_send_finish(SOUP_SESSION(session), result, &error));
    const OwnedError owned(error);
    if (self->done_)
      return;
    if (!stream)
      return self->fail(self->code_of(owned.get()), owned->message);
    self->stream_ = std::move(stream);

    auto* headers = soup_message_get_response_headers(self->message_.get());
    const char* type = soup_message_headers_get_content_type(headers, nullptr);
    const HttpAnswer answer{
        .status = static_cast<int>(soup_message_get_status(self->message_.get())),
        .retry_after = parse_retry_after(soup_message_headers_get_one(headers, "retry-after")),
        .content_type = type ? type : ""};
    const auto handlers = self->handlers_;
    if (handlers->on_answer)
      handlers->on_answer(answer);
    if (!self->done_)
      self->read();
  }

  void read() {
    g_input_stream_read_async(stream_.get(), buffer_.data(), buffer_.size(), G_PRIORITY_DEFAULT,
                              cancellable_.get(), on_read, keep());
  }

  static void on_read(GObject* stream, GAsyncResult* result, gpointer data) noexcept {
    const auto self = take(data);
    GError* error = nullptr;
    const gssize n = g_input_stream_read_finish(G_INPUT_STREAM(stream), result, &error);
    const OwnedError owned(error);
    if (self->done_)
      return;
    if (n < 0)
      return self->fail(Code::kConnectionLost, owned->message);
    if (n == 0) {
      const auto handlers = self->handlers_;
      self->finish();
      if (handlers->on_end)
        handlers->on_end();
      return;
    }
    self->wait(self->deadlines_.stall, Code::kStalled, "the answer stopped coming: nothing more");
    const auto handlers = self->handlers_;
    if (handlers->on_bytes)
      handlers->on_bytes({self->buffer_.data(), static_cast<std::size_t>(n)});
    if (!self->done_)
      self->read();
  }

  Code code_of(const GError* error) const {
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
      return Code::kConnectTimeout;
    // libsoup has sent the request when "starting" has been seen; what fails after that was cut.
    const bool sent = soup_message_get_connection_id(message_.get()) != 0;
    const bool refused = error->domain == G_RESOLVER_ERROR || error->domain == G_TLS_ERROR ||
                         g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
                         g_error_matches(error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
                         g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
    return refused || !sent ? Code::kRefused : Code::kConnectionLost;
  }

  void fail(Code code, std::string detail) {
    const auto self = shared_from_this();  // on_failure may drop the Slot
    const auto handlers = handlers_;
    finish();
    g_cancellable_cancel(cancellable_.get());
    if (handlers->on_failure)
      handlers->on_failure({code, std::move(detail)});
  }

  void finish() {
    done_ = true;
    deadline_.reset();
    start_failure_.reset();
    starting_.reset();
    handlers_ = nullptr;  // what they captured goes now, not when libsoup has let go
  }

  IoContext io_;
  HttpDeadlines deadlines_;
  std::shared_ptr<HttpHandlers> handlers_;  // a running one is held by whoever runs it
  Ref<SoupMessage> message_;
  Ref<GInputStream> stream_;
  Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  Slot deadline_, start_failure_, starting_;
  bool done_ = false;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kReadSize);
};

}  // namespace

Slot HttpStream::start(const IoContext& io, HttpRequest request, HttpHandlers handlers) {
  auto exchange = std::make_shared<Exchange>(io, std::move(request), std::move(handlers));
  exchange->start();
  return Slot([exchange] { exchange->abort(); });
}

void HttpStream::preconnect(const IoContext& io, const std::string& url) {
  const auto message = Ref<SoupMessage>::adopt(soup_message_new("HEAD", url.c_str()));
  if (message)
    soup_session_preconnect_async(io.session(), message.get(), G_PRIORITY_DEFAULT, nullptr, nullptr,
                                  nullptr);
}

ProviderError to_provider_error(const HttpFailure& failure, std::string provider,
                                std::string operation, const std::string& url) {
  const std::string who = provider + " (" + operation + ")";
  std::string text;
  switch (failure.code) {
    case Code::kRefused:
      text = who + " cannot be reached. Check the network and the service's address.";
      break;
    case Code::kConnectTimeout:
      text = who + " does not accept the connection in time. Check the network.";
      break;
    case Code::kFirstByteTimeout:
      text = who + " does not answer in time. The service may be overloaded; try again.";
      break;
    case Code::kStalled:
      text = who + " stopped in the middle of its answer. Try again.";
      break;
    case Code::kMalformed:
      text =
          who +
          " gave an answer that is not what its protocol says. Try again; report it if it stays.";
      break;
    default:
      text = who + " cut the connection in the middle of its answer. Try again.";
  }
  return {.code = failure.code,
          .provider = std::move(provider),
          .operation = std::move(operation),
          .text = std::move(text),
          .detail = failure.detail + " (" + url + ")"};
}

}  // namespace centralita

#include "plugins/dialog/chat_call.h"

#include "plugins/base/provider_request.h"
#include "plugins/base/sse_parser.h"

namespace centralita {
namespace {

using Code = ProviderError::Code;
using namespace std::chrono_literals;

constexpr auto kProvider = kChat.provider;
constexpr auto kOperation = kChat.operation;
constexpr std::size_t kMaxBody = 1024 * 1024;  // of an answer that is no stream

// Between [DONE] and the end of the body, which normally come together. Waiting for the end keeps
// the connection for the next request; a server that holds it open must not hold up the reply.
constexpr auto kEndAfterDone = 50ms;

class ChatCall : public std::enable_shared_from_this<ChatCall> {
 public:
  ChatCall(IoContext io, const ProviderSettings& endpoint, ChatHandlers handlers)
      : io_(std::move(io)),
        url_(chat_url(endpoint)),
        handlers_(std::make_shared<ChatHandlers>(std::move(handlers))) {}

  // The request holds no reference to the call: dropping the call's Slot drops the request first.
  void start(const ProviderSettings& endpoint, std::shared_ptr<ProviderHealth::Request> health,
             std::string body) {
    HttpRequest request{.url = url_,
                        .headers = {{"Accept", "text/event-stream"}},
                        .content_type = "application/json",
                        .body = std::move(body),
                        .deadlines = endpoint.deadlines};
    if (!endpoint.api_key.empty())
      request.headers.emplace_back("Authorization", "Bearer " + endpoint.api_key);
    request_ = start_provider_request(
        io_, std::move(health), endpoint.hedge, std::move(request),
        {.on_answer = [this](const HttpAnswer& answer) { answer_ = answer; },
         .on_bytes = [this](std::span<const std::uint8_t> bytes) { read(bytes); },
         .on_end = [this] { end(); },
         .on_failure = [this](const HttpFailure& failure) { connection_failed(failure); }});
  }

  void stop() {
    handlers_ = nullptr;
    request_.reset();
    end_timer_.reset();
  }

 private:
  bool is_stream() const {
    return answer_.status == 200 && answer_.content_type != "application/json";
  }

  void read(std::span<const std::uint8_t> bytes) {
    const auto self = shared_from_this();  // a handler may drop the call
    if (is_stream())
      return take(parser_.push(bytes));
    const auto room = kMaxBody - std::min(kMaxBody, body_.size());
    body_.append(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), room));
  }

  void take(const std::vector<std::string>& events) {
    for (const auto& data : events) {
      if (!handlers_ || stream_.done())
        return;
      const auto text = stream_.push(data);
      if (!text)
        return fail_with(text.error());
      if (const auto handlers = handlers_; !text->empty())
        handlers->on_text(*text);
    }
    if (!handlers_)
      return;
    if (parser_.overflowed())
      return fail_with({.detail = "an event of more than a megabyte"});
    if (stream_.done() && !end_timer_)
      end_timer_ = io_.after(kEndAfterDone, [this] { conclude(); });
  }

  void end() {
    const auto self = shared_from_this();
    if (!is_stream())
      return refused();
    take(parser_.finish());
    if (handlers_)
      conclude();
  }

  void conclude() {
    if (!stream_.whole())
      return fail(
          to_provider_error({Code::kConnectionLost, "the stream ended without a finish reason"},
                            kProvider, kOperation, url_));
    const ChatOutcome outcome{.finish_reason = stream_.finish_reason(),
                              .usage = stream_.usage(),
                              .tool_calls = stream_.tool_calls()};
    for (const auto& call : outcome.tool_calls)
      if (call.name.empty())
        return fail_with({.detail = "a tool call without a name"});
    const auto self = shared_from_this();
    const auto handlers = handlers_;
    stop();
    handlers->on_done(outcome);
  }

  void connection_failed(const HttpFailure& failure) {
    const auto self = shared_from_this();
    if (answer_.status != 0 && !is_stream())
      return refused();  // the status says more than how its body was cut
    if (stream_.whole())
      return conclude();
    fail(to_provider_error(failure, kProvider, kOperation, url_));
  }

  // An answer that is no stream: a server that does not stream gives it whole, else its status and
  // body say why.
  void refused() {
    if (answer_.status == 200)
      return read_whole();
    auto error =
        ProviderError::from_http(kProvider, kOperation, answer_.status, answer_.retry_after, body_);
    const auto document = json::parse(body_);
    const auto object = document ? document->object().object("error") : std::nullopt;
    const auto known = object ? read_chat_error(*object) : ChatStreamError{};
    if (object && known.code == Code::kModelRetired) {
      error.code = Code::kModelRetired;
      error.text = "groq (chat) has shut down the configured model. Choose another model.";
    }
    fail(std::move(error), known.tool_use_failed, answer_.status == 200 ? "" : body_);
  }

  void read_whole() {
    const auto text = stream_.push(body_);
    if (!text)
      return fail_with(text.error());
    if (!stream_.whole())
      return fail_with({.detail = "an answer that is not a stream: " + body_.substr(0, 300)});
    const auto handlers = handlers_;
    if (!text->empty())
      handlers->on_text(*text);
    if (handlers_)
      conclude();
  }

  void fail_with(const ChatStreamError& failure) {
    auto error = to_provider_error({failure.code, failure.detail}, kProvider, kOperation, url_);
    if (failure.code != Code::kMalformed)
      error.text = "groq (chat) reported an error in the middle of its answer. Try again.";
    fail(std::move(error), failure.tool_use_failed);
  }

  void fail(ProviderError error, bool tool_use_failed = false, std::string refusal = {}) {
    const auto self = shared_from_this();
    const auto handlers = handlers_;
    stop();
    handlers->on_failure({std::move(error), tool_use_failed, std::move(refusal)});
  }

  const IoContext io_;
  const std::string url_;
  std::shared_ptr<ChatHandlers> handlers_;  // a running one is held by whoever runs it; null: over
  Slot request_, end_timer_;
  HttpAnswer answer_;
  SseParser parser_;
  ChatStream stream_;
  std::string body_;
};

}  // namespace

std::string chat_url(const ProviderSettings& endpoint) {
  return endpoint.base_url + "/chat/completions";
}

Slot start_chat(const IoContext& io, const ProviderSettings& endpoint, std::string body,
                ChatHandlers handlers) {
  auto begun = ProviderHealth::shared().begin(kProvider, kOperation, chat_url(endpoint), io.now(),
                                              endpoint.lane);
  if (!begun)
    return io.after({}, [on_failure = std::move(handlers.on_failure)] {
      on_failure({breaker_open(kProvider, kOperation), false, {}});
    });
  const auto health = std::make_shared<ProviderHealth::Request>(std::move(*begun));
  handlers.on_done = [io, health, done = std::move(handlers.on_done)](const ChatOutcome& outcome) {
    health->succeeded(io.now());
    done(outcome);
  };
  handlers.on_failure = [io, health,
                         failed = std::move(handlers.on_failure)](const ChatFailure& failure) {
    health->failed(failure.error, io.now());
    failed(failure);
  };
  auto call = std::make_shared<ChatCall>(io, endpoint, std::move(handlers));
  call->start(endpoint, health, std::move(body));
  return Slot([call] { call->stop(); });
}

}  // namespace centralita

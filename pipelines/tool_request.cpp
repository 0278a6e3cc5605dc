#include "pipelines/tool_request.h"

#include "plugins/base/http_stream.h"
#include "plugins/base/metadata_host.h"
#include "plugins/base/retry.h"

#include <memory>

namespace centralita {
namespace {

OwnedString owned(char* text) { return OwnedString(text); }

std::string sha256(const std::string& text) {
  return owned(g_compute_checksum_for_string(G_CHECKSUM_SHA256, text.data(),
                                             static_cast<gssize>(text.size())))
      .get();
}

std::string signature(const std::string& key, const std::string& text) {
  return std::string("sha256=") +
         owned(g_compute_hmac_for_data(G_CHECKSUM_SHA256,
                                       reinterpret_cast<const guchar*>(key.data()), key.size(),
                                       reinterpret_cast<const guchar*>(text.data()), text.size()))
             .get();
}

std::string escaped(const std::string& text) {
  return owned(g_uri_escape_string(text.c_str(), nullptr, FALSE)).get();
}

std::string query_of(const json::Object& arguments) {
  std::string query;
  for (const auto& name : arguments.names()) {
    const auto text = arguments.string(name.c_str());
    query += (query.empty() ? "" : "&") + escaped(name) + "=" +
             escaped(text ? *text : json::to_string(arguments.node(name.c_str())));
  }
  return query;
}

bool is_metadata_url(const std::string& url) {
  char* host = nullptr;
  if (!g_uri_split(url.c_str(), G_URI_FLAGS_NONE, nullptr, nullptr, &host, nullptr, nullptr,
                   nullptr, nullptr, nullptr))
    return true;
  const OwnedString name(host);
  return !host || is_metadata_host(host);
}

class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(const IoContext& io, const HttpTool& tool, std::function<void(const ToolOutcome&)> done)
      : io_(io),
        done_(std::move(done)),
        timeout_(tool.timeout),
        retry_({.tries = tool.retries + 1, .first_pause = std::chrono::milliseconds(200)}) {}

  void start(HttpRequest request) {
    request_ = std::move(request);
    limit_ = io_.after(timeout_, [this] {
      finish({.result = "Error: the service did not answer within " +
                        std::to_string(timeout_.count()) + " ms."});
    });
    attempt();
  }
  void refuse(const std::string& why) {
    limit_ = io_.after({}, [this, why] { finish({.result = "Error: " + why}); });
  }
  void give_up() {
    done_ = nullptr;
    stop();
  }

 private:
  void stop() {
    http_.reset();
    limit_.reset();
    pause_.reset();
  }

  void attempt() {
    ++tries_;
    status_ = 0;
    body_.clear();
    http_ = HttpStream::start(
        io_, request_,
        {.on_answer =
             [this](const HttpAnswer& answer) {
               status_ = answer.status;
               retry_after_ = answer.retry_after;
             },
         .on_bytes =
             [this](std::span<const std::uint8_t> bytes) {
               body_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
               if (body_.size() > ToolRequest::kLargestAnswer)
                 finish({.result = "Error: the service answered with more than " +
                                   std::to_string(ToolRequest::kLargestAnswer) + " bytes."});
             },
         .on_end = [this] { answered(); },
         .on_failure =
             [this](const HttpFailure& failure) {
               failed(true, std::nullopt,
                      "Error: the service could not be reached: " + failure.detail + ".");
             }});
  }

  void answered() {
    if (!g_utf8_validate_len(body_.data(), body_.size(), nullptr))
      return finish({.result = "Error: the service's answer is not UTF-8 text."});
    // libsoup takes a chunked body whose connection breaks for a whole one; broken JSON shows it.
    const auto first = body_.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && (body_[first] == '{' || body_[first] == '[') &&
        !json::parse(body_))
      return failed(true, std::nullopt,
                    "Error: the service's answer was cut off, or is not valid JSON.");
    if (status_ >= 200 && status_ < 300)
      return finish({.ok = true, .result = body_.empty() ? "Done." : body_});
    const bool may_pass = status_ == 408 || status_ == 429 || status_ >= 500;
    failed(may_pass, retry_after_,
           "Error: the service answered with status " + std::to_string(status_) +
               (body_.empty() ? "." : ": " + body_));
  }

  void failed(bool may_pass, std::optional<std::chrono::milliseconds> retry_after,
              const std::string& what) {
    const auto pause = retry_.next(may_pass, retry_after);
    if (!pause)
      return finish({.result = what});
    // Not from inside one of its functions: another try replaces them.
    pause_ = io_.after(*pause, [this] { attempt(); });
  }

  void finish(ToolOutcome outcome) {
    const auto self = shared_from_this();
    outcome.status = status_;
    outcome.tries = tries_;
    const auto done = std::exchange(done_, nullptr);
    stop();
    if (done)
      done(outcome);
  }

  const IoContext io_;
  std::function<void(const ToolOutcome&)> done_;
  const std::chrono::milliseconds timeout_;
  Retry retry_;
  HttpRequest request_;
  Slot http_, limit_, pause_;
  int tries_ = 0, status_ = 0;
  std::optional<std::chrono::milliseconds> retry_after_;
  std::string body_;
};

}  // namespace

std::string idempotency_key(const ToolCaller& caller, const HttpTool& tool,
                            const json::Object& arguments) {
  return caller.session_id + "-" + std::to_string(caller.turn) + "-" + tool.name + "-" +
         sha256(arguments.to_string()).substr(0, 16);
}

Slot ToolRequest::start(const IoContext& io, const HttpTool& tool, const ToolCaller& caller,
                        const json::Object& arguments,
                        std::function<void(const ToolOutcome&)> done) {
  const auto run = std::make_shared<Run>(io, tool, std::move(done));
  Slot slot([run] { run->give_up(); });
  if (is_metadata_url(tool.url)) {
    run->refuse("the tool's URL is not allowed.");
    return slot;
  }
  HttpRequest request{.method = tool.method, .url = tool.url};
  request.deadlines.first_byte = tool.timeout;
  std::string signed_text;
  if (tool.method == "GET") {
    signed_text = query_of(arguments);
    if (!signed_text.empty())
      request.url += (tool.url.find('?') == std::string::npos ? "?" : "&") + signed_text;
  } else {
    request.content_type = "application/json";
    request.body = json::Object()
                       .set("tool", tool.name)
                       .set("call_id", caller.session_id)
                       .set("turn", static_cast<std::int64_t>(caller.turn))
                       .set("arguments", arguments)
                       .to_string();
    signed_text = request.body;
  }
  for (const auto& [name, value] : tool.headers) request.headers.emplace_back(name, value);
  request.headers.emplace_back("Idempotency-Key", idempotency_key(caller, tool, arguments));
  if (!tool.secret.empty()) {
    const char* key = g_getenv(tool.secret.c_str());
    if (!key || !*key) {
      run->refuse("the tool is not set up: its secret is not in the environment.");
      return slot;
    }
    request.headers.emplace_back("X-Centralita-Signature", signature(key, signed_text));
  }
  run->start(std::move(request));
  return slot;
}

}  // namespace centralita

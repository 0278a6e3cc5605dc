#include "server/webhooks/webhook_sender.h"

#include "plugins/base/http_stream.h"
#include "server/event_json.h"
#include "server/handlers/api.h"
#include "server/handlers/call_json.h"
#include "server/logging/trace_id.h"
#include "server/privacy/pii_json.h"
#include "server/store/queries.h"
#include "server/webhooks/webhook_signature.h"
#include "server/webhooks/webhook_url.h"

#include <spdlog/spdlog.h>

#include <array>

namespace centralita {

template <>
struct RefTraits<GResolver> : GObjectTraits {};

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto kPoll = 1s;
constexpr int kMost = 16;  // at the same time
constexpr HttpDeadlines kDeadlines = {.connect = 5s, .first_byte = 10s, .stall = 5s};
// Between attempts; together a day.
constexpr std::array<milliseconds, 10> kDelays = {5s, 30s, 2min, 10min, 30min, 1h, 2h, 4h, 8h, 8h};
constexpr milliseconds kLongestWait = 12h;  // whatever a receiver asks for
constexpr std::size_t kLargestAnswer = 64 * 1024;

// Ids, times and amounts, in which a telephone number might be seen.
bool is_spared(std::string_view name) {
  for (const char* spared : {"id", "usage", "cost", "bytes", "reference", "time", "timings"})
    if (name == spared)
      return true;
  return name.ends_with("_id") || name.ends_with("_ms") || name.ends_with("time") ||
         name.ends_with("timestamp");
}

// Put together at the first attempt, and the same at every other.
Result<std::string, store::StoreError> body_of(store::Connection& connection,
                                               const store::Claimed& delivery, bool redact) {
  if (!delivery.body.empty())
    return delivery.body;
  auto body = webhook_body(connection, delivery, redact);
  if (!body)
    return body;
  if (auto set = store::set_body(connection, delivery.id, *body); !set)
    return Unexpected(set.error());
  return body;
}

}  // namespace

Result<std::string, store::StoreError> webhook_body(store::Connection& connection,
                                                    const store::Claimed& delivery, bool redact) {
  json::Object data;
  if (delivery.call_id) {
    const auto detail = store::get_call(connection, *delivery.call_id);
    if (!detail)
      return Unexpected(detail.error());
    data.set("call", to_json(detail->call));
    if (delivery.event == "call.ended") {
      json::Array events, tools;
      for (const auto& event : detail->events) events.add(to_json(event));
      for (const auto& tool : detail->tools) tools.add(to_json(tool));
      data.set("transcripts", to_json(detail->turns))
          .set("events", events)
          .set("tool_calls", tools);
    }
  } else if (const auto own = json::parse(delivery.data)) {
    data = own->object();
  }
  json::Object body;
  body.set("type", delivery.event)
      .set("id", delivery.event_id)
      .set("timestamp", iso_time(delivery.created_at))
      .set("data", data);
  if (redact)
    body.set_node("data", json_without_pii(body.node("data"), is_spared));
  return body.to_string();
}

WebhookSender::WebhookSender(const IoContext& io, store::Store& store, WebhookOptions options)
    : io_(io), store_(store), options_(options), self_(std::make_shared<WebhookSender*>(this)) {
  wait();
}

WebhookSender::~WebhookSender() {
  *self_ = nullptr;
  g_cancellable_cancel(cancel_.get());
}

void WebhookSender::wait() {
  timer_ = io_.after(kPoll, [this] { poll(); });
}

void WebhookSender::poll() {
  wait();
  const int room = kMost - static_cast<int>(requests_.size());
  if (asking_ || room <= 0 || !store_.status().healthy)
    return;
  asking_ = true;
  using List = std::vector<Due>;
  store_.change<List>(
      [room,
       redact = options_.redact](store::Connection& connection) -> Result<List, store::StoreError> {
        auto claimed = store::claim_deliveries(connection, room);
        if (!claimed)
          return Unexpected(claimed.error());
        List due;
        // One that cannot be put together has failed on its own: the others are claimed as well.
        for (auto& delivery : *claimed) {
          auto body = body_of(connection, delivery, redact);
          if (body)
            delivery.body = std::move(*body);
          due.push_back({std::move(delivery), body ? "" : body.error().message});
        }
        return due;
      },
      io_.context(),
      [self = self_](const Result<List, store::StoreError>& due) {
        if (!*self)
          return;
        (*self)->asking_ = false;
        if (due)
          (*self)->take(*due);
        else
          spdlog::warn("webhook: what is due could not be claimed: {}", due.error().message);
      });
}

void WebhookSender::take(const std::vector<Due>& due) {
  for (const auto& [delivery, mistake] : due) {
    requests_[delivery.id] = Slot();
    if (mistake.empty())
      resolve(delivery);
    else
      answered(delivery, std::nullopt, mistake, std::nullopt);
  }
}

// --- The address -------------------------------------------------------------

struct WebhookSender::Lookup {
  std::shared_ptr<WebhookSender*> self;
  Claimed delivery;
};

void WebhookSender::resolve(const Claimed& delivery) {
  if (const auto problem = problem_with_webhook_url(delivery.url, options_.allow_private))
    return answered(delivery, std::nullopt, problem->in(agents::Language::kEnglish), std::nullopt);
  if (options_.allow_private)
    return send(delivery);
  char* host = nullptr;
  g_uri_split(delivery.url.c_str(), G_URI_FLAGS_NONE, nullptr, nullptr, &host, nullptr, nullptr,
              nullptr, nullptr, nullptr);
  const OwnedString owned(host);
  const auto resolver = Ref<GResolver>::adopt(g_resolver_get_default());
  g_resolver_lookup_by_name_async(
      resolver.get(), host, cancel_.get(),
      [](GObject* source, GAsyncResult* result, gpointer data) noexcept {
        const std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(data));
        GError* raw = nullptr;
        const std::unique_ptr<GList, FreeWith<g_resolver_free_addresses>> addresses(
            g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &raw));
        const OwnedError error(raw);
        std::string mistake = error ? error->message : "";
        for (const GList* each = addresses.get(); each; each = each->next)
          if (is_private_address(G_INET_ADDRESS(each->data)))
            mistake =
                "The name leads into a private network; WEBHOOKS_ALLOW_PRIVATE=1 allows that.";
        if (*lookup->self)
          (*lookup->self)->resolved(lookup->delivery, mistake);
      },
      new Lookup{self_, delivery});
}

void WebhookSender::resolved(const Claimed& delivery, const std::string& mistake) {
  if (mistake.empty())
    send(delivery);
  else
    answered(delivery, std::nullopt, mistake, std::nullopt);
}

// --- The request -------------------------------------------------------------

void WebhookSender::send(const Claimed& delivery) {
  const auto timestamp = std::chrono::duration_cast<std::chrono::seconds>(
                             std::chrono::system_clock::now().time_since_epoch())
                             .count();
  HttpRequest request{.url = delivery.url,
                      .headers = {{"webhook-id", delivery.event_id},
                                  {"webhook-timestamp", std::to_string(timestamp)},
                                  {"User-Agent", "centralita/" CENTRALITA_VERSION}},
                      .content_type = "application/json",
                      .body = delivery.body,
                      .deadlines = kDeadlines};
  if (!delivery.secret_env.empty()) {
    const char* secret = g_getenv(delivery.secret_env.c_str());
    if (!secret || !*secret)
      return answered(delivery, std::nullopt,
                      "The environment variable " + delivery.secret_env +
                          " with the secret is not set on this server.",
                      std::nullopt);
    if (!is_webhook_secret(secret))
      return answered(delivery, std::nullopt,
                      "The environment variable " + delivery.secret_env +
                          " begins with whsec_, and no base64 follows.",
                      std::nullopt);
    request.headers.emplace_back("webhook-signature", webhook_signature(secret, delivery.event_id,
                                                                        timestamp, delivery.body));
  }
  struct Answer {
    std::optional<int> status;
    std::optional<milliseconds> retry_after;
    std::size_t size = 0;
  };
  const auto answer = std::make_shared<Answer>();
  const auto finish = [this, delivery, answer](const std::string& error) {
    // Not from within the request, which goes with its slot.
    io_.post([self = self_, delivery, answer, error] {
      if (*self)
        (*self)->answered(delivery, answer->status, error, answer->retry_after);
    });
  };
  requests_[delivery.id] = HttpStream::start(
      io_.traced(delivery.trace_id, tracestate_of(delivery.trace_id)), std::move(request),
      {.on_answer =
           [answer](const HttpAnswer& a) {
             answer->status = a.status;
             answer->retry_after = a.retry_after;
           },
       // What a receiver says beside its status interests nobody, but a
       // connection is kept by reading it.
       .on_bytes =
           [answer, finish](std::span<const std::uint8_t> bytes) {
             const bool enough = answer->size > kLargestAnswer;
             answer->size += bytes.size();
             if (!enough && answer->size > kLargestAnswer)
               finish("");
           },
       .on_end =
           [answer, finish] {
             if (answer->size <= kLargestAnswer)
               finish("");
           },
       .on_failure =
           [answer, finish](const HttpFailure& failure) {
             if (answer->size <= kLargestAnswer)
               finish(failure.detail);
           }});
}

void WebhookSender::answered(const Claimed& delivery, std::optional<int> status, std::string error,
                             std::optional<milliseconds> retry_after) {
  requests_.erase(delivery.id);
  store::Outcome outcome{.id = delivery.id, .state = "delivered", .error = std::move(error)};
  if (status)
    outcome.status = *status;
  const bool done = status && *status >= 200 && *status <= 299;
  if (done) {
    outcome.error.clear();
  } else {
    if (outcome.error.empty() && status)
      outcome.error = "The receiver answered " + std::to_string(*status) + ".";
    const auto attempt = static_cast<std::size_t>(delivery.attempts) - 1;
    const bool over = attempt >= kDelays.size() || status == 410;
    outcome.state = over ? "dead" : "pending";
    if (!over) {
      // Spread, so that many that failed together do not come back together.
      outcome.next = kDelays.at(attempt) + kDelays.at(attempt) * g_random_int_range(0, 20) / 100;
      if (retry_after)
        outcome.next = std::min(kLongestWait, std::max(outcome.next, *retry_after));
    }
    if (over)
      spdlog::error("webhook: {} {} to {} is given up: {}", delivery.event, delivery.event_id,
                    delivery.url, outcome.error);
    else
      spdlog::warn("webhook: {} {} to {} failed (attempt {}): {}", delivery.event,
                   delivery.event_id, delivery.url, delivery.attempts, outcome.error);
  }
  store_.change<bool>(
      [outcome](store::Connection& connection) {
        return store::finish_delivery(connection, outcome);
      },
      io_.context(),
      [self = self_](Result<bool, store::StoreError>) {
        if (*self)
          (*self)->poll();
      });
}

}  // namespace centralita

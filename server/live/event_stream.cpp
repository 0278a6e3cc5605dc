#include "server/live/event_stream.h"

#include "server/handlers/api.h"
#include "server/stream_reply.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kHeartbeat = 15s;
constexpr std::size_t kMostPending = 512 * 1024;  // bytes

// Ids of another run of the server mean nothing to this one.
const std::string& run() {
  static const std::string id = std::to_string(g_random_int());
  return id;
}

std::string text_of(const std::string& name, std::uint64_t number, const std::string& data) {
  return "id: " + run() + "-" + std::to_string(number) + "\nevent: " + name + "\ndata: " + data +
         "\n\n";
}

std::optional<std::uint64_t> number_of(const std::string& id) {
  const auto dash = id.find('-');
  if (dash == std::string::npos || id.substr(0, dash) != run())
    return std::nullopt;
  const auto number = whole_number(id.substr(dash + 1));
  return number ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

class EventStream : public std::enable_shared_from_this<EventStream> {
 public:
  EventStream(LiveCalls& calls, IoContext io) : calls_(calls), io_(std::move(io)) {}

  void begin(HttpExchange& exchange) {
    const auto last = number_of(exchange.header("Last-Event-ID"));
    exchange.set_header("X-Accel-Buffering", "no");  // nginx would hold it back
    reply_ = StreamReply::begin(exchange, "text/event-stream; charset=utf-8");
    if (!reply_->open())
      return;
    reply_->on_closed = [self = shared_from_this()] { self->close(); };
    news_ = calls_.subscribe([this](const LiveCalls::Event& event) {
      send(text_of(event.name, event.number, event.data));
    });
    beat();
    const auto missed = last ? calls_.since(*last) : std::nullopt;
    std::string text = "retry: 2000\n\n";
    if (missed) {
      for (const auto& event : *missed) text += text_of(event.name, event.number, event.data);
    } else {
      text += text_of("reset", calls_.newest(), "{}");
      for (const auto& call : calls_.list())
        text += text_of("call", calls_.newest(), call.to_string());
    }
    send(text);
  }

 private:
  void send(const std::string& text) {
    if (!reply_)
      return;
    if (reply_->pending() > kMostPending) {
      spdlog::warn("a viewer of the live calls does not keep up, and is cut off");
      return reply_->cut();
    }
    reply_->write(text);
  }
  void beat() {
    heartbeat_ = io_.after(kHeartbeat, [this] {
      send(": \n\n");
      beat();
    });
  }
  void close() {
    news_.reset();
    heartbeat_.reset();
    reply_.reset();
  }

  LiveCalls& calls_;
  const IoContext io_;
  std::shared_ptr<StreamReply> reply_;
  Slot news_, heartbeat_;
};

}  // namespace

void stream_events(LiveCalls& calls, const IoContext& io, HttpExchange& exchange) {
  std::make_shared<EventStream>(calls, io)->begin(exchange);
}

}  // namespace centralita

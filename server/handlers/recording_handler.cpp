#include "server/handlers/recording_handler.h"

#include "server/handlers/api.h"
#include "server/http_range.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace centralita {
namespace {

constexpr std::int64_t kChunk = 64 * 1024;

// A body read from disk as fast as the client takes it. Lives as long as its message.
class Body {
 public:
  static void begin(const Exchange& exchange, recording::Stored stored, const ByteRange& range) {
    auto* message = exchange->message();
    auto* body = new Body(message, std::move(stored), range);
    g_object_set_data_full(
        G_OBJECT(message), "centralita-recording", body,
        +[](gpointer self) noexcept { delete static_cast<Body*>(self); });
    auto* out = soup_server_message_get_response_body(message);
    soup_message_body_set_accumulate(out, FALSE);
    body->more();
    g_signal_connect(message, "wrote-chunk", G_CALLBACK(on_wrote), body);
  }

 private:
  Body(SoupServerMessage* message, recording::Stored stored, const ByteRange& range)
      : message_(message), view_(std::move(stored)), at_(range.first), end_(range.last + 1) {}

  static void on_wrote(SoupServerMessage*, gpointer self) noexcept {
    static_cast<Body*>(self)->more();
  }

  void more() {
    auto* out = soup_server_message_get_response_body(message_);
    if (at_ >= end_)
      return soup_message_body_complete(out);
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min(kChunk, end_ - at_)));
    // What was deleted meanwhile becomes silence: the length has been promised.
    (void)view_.read(at_, bytes);
    at_ += static_cast<std::int64_t>(bytes.size());
    soup_message_body_append(out, SOUP_MEMORY_COPY, bytes.data(), bytes.size());
    soup_server_message_unpause(message_);
  }

  SoupServerMessage* const message_;
  recording::WavView view_;
  std::int64_t at_;
  const std::int64_t end_;
};

void reply_recording(const Exchange& exchange, recording::Stored stored) {
  const auto size = recording::WavView(stored).size();
  // Whoever comes back for the rest must get the same recording, so one that grows has another tag.
  const auto tag = "\"" + std::to_string(size) + "\"";
  const auto if_range = exchange->header("If-Range");
  const auto asked = if_range.empty() || if_range == tag ? range_of(exchange->header("Range"), size)
                                                         : RangeAnswer{};
  exchange->set_header("Accept-Ranges", "bytes");
  exchange->set_header("ETag", tag);
  exchange->set_header("Cache-Control", "private, no-store");
  if (asked.kind == RangeKind::kUnsatisfiable) {
    exchange->set_header("Content-Range", "bytes */" + std::to_string(size));
    return exchange->reply_error(416, "no-such-range",
                                 "The recording has " + std::to_string(size) + " bytes.");
  }
  const bool part = asked.kind == RangeKind::kPart;
  const ByteRange range = part ? asked.range : ByteRange{0, size - 1};
  if (part)
    exchange->set_header("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                              std::to_string(range.last) + "/" +
                                              std::to_string(size));
  exchange->begin_body(part ? 206 : 200, "audio/wav", range.last - range.first + 1);
  if (std::strcmp(exchange->method(), "HEAD") != 0)
    Body::begin(exchange, std::move(stored), range);
  exchange->resume();
}

}  // namespace

void add_recording_handler(Router& router, store::Store& store, const recording::Shelf& shelf) {
  router.add(
      "GET", "/api/v1/calls/{id}/recording", Access::kViewer,
      [&store, &shelf](const Exchange& exchange) {
        const auto id = whole_number(exchange->id);
        if (!id)
          return exchange->reply_error(404, store::kNotFound, "There is no such call.");
        store.get_call(
            *id, nullptr, [exchange, &shelf](Result<store::CallDetail, store::StoreError> detail) {
              if (!detail)
                return reply_store_error(*exchange, detail.error());
              const auto& call = detail->call;
              if (call.recording && call.recording->origin == "carrier")
                return exchange->reply_error(
                    404, "at-the-carrier",
                    "The carrier keeps this recording, as " + call.recording->reference + ".");
              auto stored = shelf.find(call.session_id);
              if (!call.recording || !stored)
                return exchange->reply_error(
                    404, "not-recorded",
                    call.recording
                        ? "The sound of this call is not on this server."
                        : "The call was not recorded, or its recording has been deleted.");
              reply_recording(exchange, std::move(*stored));
            });
      });
}

}  // namespace centralita

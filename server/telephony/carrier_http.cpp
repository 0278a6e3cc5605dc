#include "server/telephony/carrier_http.h"

#include "server/logging/trace_id.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

constexpr std::size_t kLargestAnswer = 1024 * 1024;

// The carrier has not begun on it: another try cannot do it twice.
bool not_executed(const CarrierError& error) {
  return error.code == CarrierError::Code::kRateLimited || error.never_sent;
}

}  // namespace

CarrierHttp::CarrierHttp(IoContext io, std::string carrier, ReadError read_error)
    : io_(std::move(io)), carrier_(std::move(carrier)), read_error_(read_error) {}

CarrierHttp::~CarrierHttp() = default;

void CarrierHttp::send(CarrierCommand command, CarrierAnswer answer) {
  const auto key = next_++;
  const auto policy = command.retry;
  pending_.emplace(key, std::make_unique<Pending>(Pending{.command = std::move(command),
                                                          .answer = std::move(answer),
                                                          .retry = Retry(policy)}));
  attempt(key);
}

void CarrierHttp::attempt(Key key) {
  auto& pending = *pending_.at(key);
  pending.body.clear();
  pending.status = 0;
  pending.retry_after.reset();
  const auto trace = remembered_trace(pending.command.call_id);
  pending.request = HttpStream::start(
      io_.traced(trace, tracestate_of(trace)), pending.command.request,
      {.on_answer =
           [&pending](const HttpAnswer& answer) {
             pending.status = answer.status;
             pending.retry_after = answer.retry_after;
           },
       .on_bytes =
           [&pending](std::span<const std::uint8_t> bytes) {
             if (pending.body.size() + bytes.size() <= kLargestAnswer)
               pending.body.append(bytes.begin(), bytes.end());
           },
       .on_end = [this, key] { on_end(key); },
       .on_failure =
           [this, key](const HttpFailure& failure) {
             failed(key, CarrierError::from_failure(carrier_, pending_.at(key)->command.name,
                                                    failure.code, failure.detail));
           }});
}

void CarrierHttp::on_end(Key key) {
  auto& pending = *pending_.at(key);
  if (pending.status < 200 || pending.status > 299) {
    auto error = read_error_(pending.command.name, pending.status, pending.body);
    error.retry_after = pending.retry_after;
    return failed(key, std::move(error));
  }
  const auto document = json::parse(pending.body.empty() ? "{}" : pending.body);
  // Done is done, whatever the answer looks like.
  finish(key, document ? document->object() : json::Object());
}

void CarrierHttp::failed(Key key, CarrierError error) {
  auto& pending = *pending_.at(key);
  const bool may_repeat = error.may_pass() && (pending.command.repeatable || not_executed(error));
  if (const auto pause = pending.retry.next(may_repeat, error.retry_after)) {
    spdlog::warn("{} It is tried again.", error.text);
    pending.pause = io_.after(*pause, [this, key] { attempt(key); });
    return;
  }
  finish(key, Unexpected(std::move(error)));
}

void CarrierHttp::finish(Key key, Result<json::Object, CarrierError> result) {
  const auto node = pending_.extract(key);
  node.mapped()->answer(std::move(result));
}

}  // namespace centralita

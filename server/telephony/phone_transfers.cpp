// Callers handed to somebody else; see transfer.h.
#include "server/telephony/phone_calls.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

// The carrier's own word comes first; this is for the case that it never does.
constexpr auto kTransferGrace = std::chrono::seconds(20);

CarrierError no_such_call() {
  CarrierError error{.code = CarrierError::Code::kCallOver};
  error.text = "There is no such live call.";
  return error;
}

}  // namespace

std::string transfer_failure_text(const std::string& cause, const std::string& to) {
  const auto because = cause == "busy"        ? "the line is busy"
                       : cause == "no-answer" ? "nobody answers"
                       : cause == "canceled"  ? "the transfer was called off"
                       : cause == "call-over" ? "the caller has hung up"
                                              : "the call could not be connected";
  return "The transfer to " + to + " failed: " + because + ".";
}

void PhoneCalls::transfer(const std::string& id, const std::string& to, Done done) {
  transfer(id, TransferOrder{.to = to}, std::move(done), nullptr);
}

void PhoneCalls::transfer(const std::string& id, const TransferOrder& order, Done accepted,
                          TransferDone outcome) {
  auto* call = find(id);
  if (!call || call->stage == Stage::kOver || call->provider_id.empty() || call->transferred)
    return accepted(Unexpected(no_such_call()));
  if (call->transfer) {
    CarrierError error{.code = CarrierError::Code::kBadRequest};
    error.text = "The call is being transferred to " + call->transfer->to + " already.";
    return accepted(Unexpected(std::move(error)));
  }
  if (order.warm)
    return consult(*call, order, std::move(accepted), std::move(outcome));
  // The stream ends with the transfer, and that must not end the call.
  call->transferred = true;
  tell(*call, "transfer", "blind, to " + order.to);
  if (call->streamed)
    host_.order_stream(call->session_id,
                       {.kind = StreamOrder::Kind::kMoves, .cause = "transferred"});
  call->carrier->transfer(
      call->provider_id, order.to, shown_number(*call),
      counted([this, provider_id = call->provider_id, to = order.to, accepted = std::move(accepted),
               outcome = std::move(outcome)](Result<bool, CarrierError> answer) {
        auto* call = find(provider_id);
        if (call && answer && call->streamed)
          host_.order_stream(call->session_id, {.cause = "transferred"});
        if (call && !answer) {
          call->transferred = false;
          host_.order_stream(call->session_id, {.kind = StreamOrder::Kind::kMoves});
          tell(*call, "transfer-failed", answer.error().text);
        }
        if (outcome)
          outcome(answer ? TransferOutcome{true, "connected", "The caller is with " + to + "."}
                         : TransferOutcome{false, CarrierError::name(answer.error().code),
                                           answer.error().text});
        accepted(std::move(answer));
      }));
}

std::string PhoneCalls::shown_number(const PhoneCall& call) const {
  return call.direction == "inbound" ? call.to : call.from;
}

void PhoneCalls::tell(const PhoneCall& call, const char* name, const std::string& detail) {
  spdlog::info("call {}: {} {}", call.session_id, name, detail);
  const auto now = std::chrono::system_clock::now();
  host_.observer().call_event(
      {.session_id = call.session_id,
       .name = name,
       .detail = detail,
       .time = now,
       .since_start = std::chrono::duration_cast<std::chrono::milliseconds>(now - call.started)});
}

void PhoneCalls::consult(PhoneCall& call, const TransferOrder& order, Done accepted,
                         TransferDone outcome) {
  auto transfer = std::make_unique<WarmTransfer>();
  transfer->tag = OwnedString(g_uuid_string_random()).get();
  transfer->to = order.to;
  transfer->done = std::move(outcome);
  const auto tag = transfer->tag;
  transfer->timer = io_.after(std::chrono::seconds(order.ring_seconds) + kTransferGrace, [this,
                                                                                          tag] {
    if (auto* call = find_transfer(tag))
      transfer_failed(*call, "no-answer", transfer_failure_text("no-answer", call->transfer->to));
  });
  call.transfer = std::move(transfer);
  tell(call, "transfer", "warm, to " + order.to);
  call.carrier->consult(
      {.call_id = call.provider_id,
       .to = order.to,
       .from = shown_number(call),
       .base_url = call.base_url,
       .tag = tag,
       .ring_seconds = order.ring_seconds},
      [this, tag, accepted = std::move(accepted)](Result<std::string, CarrierError> answer) {
        auto* call = find_transfer(tag);
        if (!answer) {
          if (call)
            transfer_failed(*call, CarrierError::name(answer.error().code), answer.error().text);
          return accepted(Unexpected(answer.error()));
        }
        if (call && call->transfer->target_id.empty())
          call->transfer->target_id = *answer;
        if (!call && !answer->empty())  // called off while it was being dialled
          twilio_.hang_up(*answer, counted([](Result<bool, CarrierError>) {}));
        accepted(true);
      });
}

PhoneCalls::PhoneCall* PhoneCalls::find_transfer(const std::string& tag) {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const PhoneCall& call) {
    return call.transfer && call.transfer->tag == tag;
  });
  return found == calls_.end() ? nullptr : &*found;
}

void PhoneCalls::transfer_answered(PhoneCall& call) {
  if (std::exchange(call.transfer->answered, true))
    return;
  // The stream may stop before the command's answer is here.
  if (call.streamed)
    host_.order_stream(call.session_id,
                       {.kind = StreamOrder::Kind::kMoves, .cause = "transferred"});
  call.carrier->join(call.provider_id, call.transfer->tag,
                     counted([this, tag = call.transfer->tag](Result<bool, CarrierError> answer) {
                       auto* call = find_transfer(tag);
                       if (!call)
                         return;
                       if (!answer)
                         return transfer_failed(*call, CarrierError::name(answer.error().code),
                                                answer.error().text);
                       transfer_connected(*call);
                     }));
  // Joining ends our stream, and that must not end the call.
  if (call.transfer)
    call.transferred = true;
}

void PhoneCalls::transfer_connected(PhoneCall& call) {
  const auto transfer = std::move(call.transfer);
  call.transferred = true;
  tell(call, "transfer-connected", transfer->to);
  if (call.streamed)
    host_.order_stream(call.session_id, {.cause = "transferred"});
  if (transfer->done)
    transfer->done({true, "connected", "The caller is with " + transfer->to + "."});
}

void PhoneCalls::transfer_failed(PhoneCall& call, const std::string& cause,
                                 const std::string& text) {
  const auto transfer = std::move(call.transfer);
  call.transferred = false;
  if (call.streamed)
    host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kMoves});  // it does not
  tell(call, "transfer-failed", text);
  if (!transfer->target_id.empty())
    call.carrier->hang_up(transfer->target_id, counted([](Result<bool, CarrierError>) {}));
  if (transfer->done)
    transfer->done({false, cause, text});
  else if (call.streamed && call.stage != Stage::kOver)
    host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kTell, .text = text});
}

void PhoneCalls::twilio_transfer(const std::string& tag, const std::string& target_id,
                                 const std::string& status) {
  auto* call = find_transfer(tag);
  if (!call)
    return;
  call->transfer->target_id = target_id;
  if (status == "in-progress" || status == "answered")
    return transfer_answered(*call);
  if (status == "completed" || status == "busy" || status == "no-answer" || status == "failed" ||
      status == "canceled") {
    call->transfer->target_id.clear();  // it is over
    const auto cause = status == "completed" ? "failed" : status;
    transfer_failed(*call, cause, transfer_failure_text(cause, call->transfer->to));
  }
}

bool PhoneCalls::telnyx_transfer(const TelnyxEvent& event) {
  // Of the other party's leg, or that the caller's has been bridged to it.
  auto* call = find(event.call_control_id);
  if (call && call->transfer && event.type == "call.bridged") {
    transfer_connected(*call);
    return true;
  }
  if (call || event.client_state.empty())
    return false;
  gsize size = 0;
  const OwnedString decoded(
      reinterpret_cast<char*>(g_base64_decode(event.client_state.c_str(), &size)));
  call = find_transfer(std::string(decoded.get(), size));
  if (!call)
    return false;
  if (event.type == "call.initiated") {
    call->transfer->target_id = event.call_control_id;
  } else if (event.type == "call.bridged") {
    transfer_connected(*call);
  } else if (event.type == "call.hangup") {
    call->transfer->target_id.clear();
    const auto& why = event.hangup_cause;
    const std::string cause = why == "user_busy"                       ? "busy"
                              : why == "timeout" || why == "no_answer" ? "no-answer"
                              : why == "originator_cancel"             ? "canceled"
                                                                       : "failed";
    transfer_failed(*call, cause, transfer_failure_text(cause, call->transfer->to));
  }
  return true;
}

// --- Recordings of the carrier's ---------------------------------------------

void PhoneCalls::record(const std::string& session_id) {
  auto* call = find(session_id);
  if (!call || call->stage == Stage::kOver)
    return;
  ++commands_;
  call->carrier->record(call->provider_id, call->base_url,
                        [this, session_id](Result<std::string, CarrierError> answer) {
                          --commands_;
                          auto* call = find(session_id);
                          if (!call)
                            return;
                          if (!answer) {
                            tell(*call, "recording-stopped", answer.error().text);
                            return host_.note_recording({.session_id = session_id,
                                                         .origin = "carrier",
                                                         .state = "stopped",
                                                         .error = answer.error().text});
                          }
                          host_.note_recording({.session_id = session_id,
                                                .origin = "carrier",
                                                .state = "recording",
                                                .reference = *answer});
                        });
}

void PhoneCalls::recording_kept(const std::string& call_id, const std::string& reference,
                                std::chrono::milliseconds duration, const std::string& error) {
  if (const auto* call = find(call_id))
    host_.note_recording({.session_id = call->session_id,
                          .origin = "carrier",
                          .state = error.empty() ? "complete" : "stopped",
                          .duration = duration,
                          .reference = reference,
                          .error = error});
}

}  // namespace centralita

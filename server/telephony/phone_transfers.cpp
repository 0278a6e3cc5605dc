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

std::string transfer_failure_text(const std::string& cause) {
  return cause == "busy"        ? "The line is busy."
         : cause == "no-answer" ? "Nobody answers."
         : cause == "canceled"  ? "The transfer was called off."
         : cause == "call-over" ? "The caller has hung up."
                                : "The call could not be connected.";
}

void PhoneCalls::transfer(const std::string& id, const TransferOrder& order, Done accepted) {
  auto* call = find(id);
  if (!call || call->stage == Stage::kOver || call->provider_id.empty() || call->transferred)
    return accepted(Unexpected(no_such_call()));
  if (call->transfer) {
    CarrierError error{.code = CarrierError::Code::kBadRequest};
    error.text = "The call is being transferred to " + call->transfer->shown_name() + " already.";
    return accepted(Unexpected(std::move(error)));
  }
  if (order.warm)
    return consult(*call, order, std::move(accepted));
  // The stream ends with the transfer, and that must not end the call.
  call->transferred = true;
  tell(*call, "transfer", "blind, to " + order.to);
  if (call->streamed)
    host_.order_stream(call->session_id,
                       {.kind = StreamOrder::Kind::kMoves, .cause = "transferred"});
  call->carrier->transfer(
      call->provider_id, order.to, shown_number(*call),
      counted([this, provider_id = call->provider_id,
               accepted = std::move(accepted)](Result<bool, CarrierError> answer) {
        auto* call = find(provider_id);
        if (call && was_moved(*call, answer))
          answer = true;
        if (call && answer && call->streamed)
          host_.order_stream(call->session_id, {.cause = "transferred"});
        if (call && !answer) {
          tell(*call, "transfer-failed", answer.error().text);
          may_have_hung_up(*call, answer.error());
          stays(*call, answer.error());
        }
        accepted(std::move(answer));
      }));
}

// The carrier ends the stream of a call that it moves, so that a lost answer may be told by it.
bool PhoneCalls::was_moved(const PhoneCall& call, const Result<bool, CarrierError>& answer) {
  return !answer && answer.error().may_be_done() && call.streamed && !has_stream(call);
}

// While the carrier was told to move the call, its stream ended: as transferred, but the carrier
// had no such call any more.
void PhoneCalls::may_have_hung_up(const PhoneCall& call, const CarrierError& why) {
  if (why.code == CarrierError::Code::kCallOver && call.streamed && !has_stream(call))
    host_.correct_end({.session_id = call.session_id,
                       .status = "completed",
                       .end_cause = "caller-hung-up",
                       .end_time = std::chrono::system_clock::now()});
}

// A call that is not transferred after all.
void PhoneCalls::stays(PhoneCall& call, const CarrierError& why) {
  call.transferred = false;
  if (!call.streamed)
    return;
  host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kMoves});  // it does not
  // Its stream ended meanwhile, and nobody would talk to the caller any more.
  if (why.code != CarrierError::Code::kCallOver && !has_stream(call))
    command_hang_up(call);
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

void PhoneCalls::consult(PhoneCall& call, const TransferOrder& order, Done accepted) {
  auto transfer = std::make_unique<WarmTransfer>();
  transfer->tag = OwnedString(g_uuid_string_random()).get();
  transfer->order = order;
  transfer->accepted = std::move(accepted);
  const auto tag = transfer->tag;
  transfer->timer =
      io_.after(std::chrono::seconds(order.ring_seconds) + kTransferGrace, [this, tag] {
        if (auto* call = find_transfer(tag))
          transfer_failed(*call, "no-answer");
      });
  call.transfer = std::move(transfer);
  tell(call, "transfer", "warm, to " + order.to);
  ++commands_;
  call.carrier->consult({.call_id = call.provider_id,
                         .to = order.to,
                         .from = shown_number(call),
                         .base_url = call.base_url,
                         .tag = tag,
                         .ring_seconds = order.ring_seconds},
                        [this, tag, carrier = call.carrier, connected = call.transfer->connected](
                            Result<std::string, CarrierError> answer) {
                          --commands_;
                          auto* call = find_transfer(tag);
                          if (*connected || (call && call->transfer->answered))
                            return;  // the other party was quicker than this answer, or it was lost
                          if (call && !answer)
                            return transfer_failed(*call, answer.error());
                          if (call) {
                            if (call->transfer->target_id.empty())
                              call->transfer->target_id = *answer;
                            return rings(*call);
                          }
                          if (answer && !answer->empty())  // called off while it was being dialled
                            carrier->hang_up(*answer, counted([](Result<bool, CarrierError>) {}));
                        });
}

void PhoneCalls::rings(PhoneCall& call) {
  if (const auto accepted = std::exchange(call.transfer->accepted, nullptr)) {
    if (call.streamed)
      host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kRings});
    accepted(true);
  }
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
                       if (answer || was_moved(*call, answer))
                         return transfer_connected(*call);
                       may_have_hung_up(*call, answer.error());
                       transfer_failed(*call, answer.error());
                     }));
  // Joining ends our stream, and that must not end the call.
  if (call.transfer)
    call.transferred = true;
}

void PhoneCalls::transfer_connected(PhoneCall& call) {
  rings(call);  // the answer to the command is late
  const auto transfer = std::move(call.transfer);
  *transfer->connected = true;
  call.transferred = true;
  tell(call, "transfer-connected", transfer->order.to);
  if (call.streamed)
    host_.order_stream(call.session_id, {.cause = "transferred"});
}

void PhoneCalls::transfer_failed(PhoneCall& call, const std::string& cause) {
  CarrierError error{.code = cause == "call-over" ? CarrierError::Code::kCallOver
                                                  : CarrierError::Code::kNotAnswered};
  error.text = transfer_failure_text(cause);
  transfer_failed(call, error);
}

void PhoneCalls::transfer_failed(PhoneCall& call, const CarrierError& error) {
  const auto transfer = std::move(call.transfer);
  tell(call, "transfer-failed", error.text);
  stays(call, error);
  if (!transfer->target_id.empty())
    call.carrier->hang_up(transfer->target_id, counted([](Result<bool, CarrierError>) {}));
  if (transfer->accepted)
    return transfer->accepted(Unexpected(error));
  if (call.streamed && call.stage != Stage::kOver)
    host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kCameBack,
                                         .text = "The transfer to " + transfer->shown_name() +
                                                 " failed: " + error.text});
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
    transfer_failed(*call, status == "completed" ? "failed" : status);
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
    transfer_failed(*call, cause);
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
  // It may be told of long after the call, or to another server: then the carrier's id says whose.
  const auto* call = find(call_id);
  host_.note_recording({.session_id = call ? call->session_id : "",
                        .provider_call_id = call_id,
                        .origin = "carrier",
                        .state = error.empty() ? "complete" : "stopped",
                        .duration = duration,
                        .reference = reference,
                        .error = error});
}

}  // namespace centralita

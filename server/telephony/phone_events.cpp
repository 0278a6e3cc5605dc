// What the carriers' webhooks mean for a call.
#include "plugins/base/base64.h"
#include "server/logging/trace_id.h"
#include "server/telephony/carrier_paths.h"
#include "server/telephony/phone_calls.h"
#include "server/telephony/public_address.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// From the order to say why a call is refused to the hanging up.
constexpr auto kRefusalLimit = 20s;
constexpr auto kOrphanGrace = 5s;

// twilio.com/docs/voice/twiml, "CallStatus values". Empty: not an end.
std::optional<CarrierEnd> twilio_end(const std::string& status, const std::string& sip_code) {
  if (status == "completed" || status == "busy" || status == "no-answer" || status == "canceled")
    return CarrierEnd{.status = status};
  if (status == "failed")
    return CarrierEnd{.status = "failed",
                      .error = "Twilio could not connect the call" +
                               (sip_code.empty() ? "" : " (SIP " + sip_code + ")") +
                               ". Is the number right, and may the account call its country?"};
  return std::nullopt;
}

CarrierEnd telnyx_end(const TelnyxEvent& event) {
  const auto& cause = event.hangup_cause;
  if (cause == "normal_clearing" || cause == "time_limit")
    return {.status = "completed"};
  if (cause == "user_busy")
    return {.status = "busy"};
  if (cause == "no_answer" || cause == "timeout")
    return {.status = "no-answer"};
  if (cause == "originator_cancel")
    return {.status = "canceled"};
  return {.status = "failed",
          .error = "Telnyx ended the call: " + (cause.empty() ? "no cause given" : cause) +
                   (event.sip_hangup_cause.empty() ? "" : " (SIP " + event.sip_hangup_cause + ")") +
                   "."};
}

// Why a call that had not been connected, or had, is over.
std::string end_cause(const CarrierEnd& end, bool outbound) {
  if (end.status != "completed")
    return end.status;
  return outbound ? "callee-hung-up" : "caller-hung-up";
}

}  // namespace

// --- Twilio ------------------------------------------------------------------

std::optional<std::string> PhoneCalls::twilio_incoming(const std::string& call_sid,
                                                       const std::string& from,
                                                       const std::string& to,
                                                       const std::string& base_url,
                                                       const std::string& trace_id) {
  if (begun_.contains(call_sid) || finished_.contains(call_sid))
    return std::nullopt;
  auto* known = find(call_sid);
  auto& call = known ? *known : add(twilio_, call_sid, from, to);
  remember_trace(call_sid, trace_id);
  call.base_url = base_url;
  // Asked twice before the stream has come, the answer is the same: either of them may be the one
  // that Twilio follows.
  if (call.token.empty())
    call.token = grants_.issue({.client_type = "twilio",
                                .provider_call_id = call_sid,
                                .from_number = from,
                                .to_number = to,
                                .trace_id = trace_id});
  advance(call, Stage::kAnswered);
  expect_stream(call);
  return call.token;
}

void PhoneCalls::twilio_status(const std::string& call_sid, const std::string& status,
                               const std::string& sip_code) {
  auto* call = find(call_sid);
  if (!call) {
    too_early(twilio_, call_sid,
              [this, call_sid, status, sip_code] { twilio_status(call_sid, status, sip_code); });
    return;
  }
  if (status == "ringing") {
    advance(*call, Stage::kRinging);
  } else if (status == "in-progress" || status == "answered") {
    if (call->stage < Stage::kAnswered)
      expect_stream(*call);
    advance(*call, Stage::kAnswered);
  } else if (const auto end = twilio_end(status, sip_code)) {
    over(*call, *end, end_cause(*end, call->direction == "outbound"));
  }
}

void PhoneCalls::twilio_answered_by(const std::string& call_sid, const std::string& answered_by) {
  auto* call = find(call_sid);
  if (!call)
    return;
  spdlog::info("call {}: answered by {}", call_sid, answered_by);
  if (answered_by == "machine_start" || answered_by == "fax")
    machine(*call, Heard::kMachine);
  else if (answered_by.starts_with("machine_end"))
    machine(*call, Heard::kGreetingOver);
}

void PhoneCalls::twilio_stream_failed(const std::string& call_sid, const std::string& error) {
  if (auto* call = find(call_sid); call && call->stage != Stage::kOver)
    fail(*call, "stream-failed", "Twilio's media stream failed: " + error + ".");
}

// --- Telnyx ------------------------------------------------------------------

void PhoneCalls::telnyx_event(const TelnyxEvent& event, const std::string& base_url) {
  const auto& id = event.call_control_id;
  if (event.type == "call.recording.saved" || event.type == "call.recording.error")
    return recording_kept(id, event.recording_id, {},
                          event.type == "call.recording.saved"
                              ? ""
                              : "Telnyx could not record: " + event.failure_reason + ".");
  if (id.empty() || finished_.contains(id))
    return;
  if (event.type == "call.initiated" && event.direction == "incoming")
    return telnyx_initiated(event, base_url);
  if (telnyx_transfer(event))
    return;
  auto* call = find(id);
  if (!call && too_early(telnyx_, id, [this, event, base_url] { telnyx_event(event, base_url); }))
    return;
  if (!call) {
    // Its initiation, late, must not answer a call that has ended.
    if (event.type == "call.hangup")
      finished_.add(id, io_.now());
    else if (event.type == "call.answered" || event.type == "streaming.stopped" ||
             event.type == "streaming.failed")
      orphaned(id);
    return;
  }
  if (event.type == "call.initiated") {
    advance(*call, Stage::kRinging);
  } else if (event.type == "call.answered") {
    telnyx_answered(*call);
  } else if (event.type == "call.hangup") {
    const auto end = telnyx_end(event);
    over(*call, end, end_cause(end, call->direction == "outbound"));
  } else if (event.type == "call.speak.ended" && call->refused) {
    command_hang_up(*call);
  } else if (event.type == "streaming.failed") {
    fail(*call, "stream-failed",
         "Telnyx' media stream failed: " +
             (event.failure_reason.empty() ? "no reason given" : event.failure_reason) + ".");
  } else if (event.type == "call.machine.detection.ended" ||
             event.type == "call.machine.premium.detection.ended") {
    spdlog::info("call {}: answered by {}", call->session_id, event.result);
    if (event.result == "machine" || event.result == "fax_detected")
      machine(*call, Heard::kMachine);
  } else if (event.type == "call.machine.greeting.ended" ||
             event.type == "call.machine.premium.greeting.ended") {
    // Also said of a person who has finished the first sentence; only after a machine it counts.
    if (call->heard || event.result == "beep_detected")
      machine(*call, Heard::kGreetingOver);
  } else {
    call->news = io_.now();
  }
}

void PhoneCalls::telnyx_initiated(const TelnyxEvent& event, const std::string& base_url) {
  if (find(event.call_control_id))
    return;
  auto& call = add(telnyx_, event.call_control_id, event.from, event.to);
  // Telnyx names none; what is asked of it before there is a stream belongs to the call all the
  // same.
  remember_trace(event.call_control_id, trace_id_of(event.call_control_id));
  call.base_url = base_url;
  call.client_state = event.client_state;
  spdlog::info("call {}: from Telnyx, {} -> {}", call.provider_id, call.from, call.to);
  if (const auto refused = host_.refusal(event.to)) {
    spdlog::error("call {}: refused: {}", call.provider_id, refused->text);
    call.refused = *refused;  // which is said to the caller, and for that it is answered
  }
  call.answering = true;
  telnyx_.answer(call.provider_id, base_url + kTelnyxPath,
                 counted([this, id = call.provider_id](Result<bool, CarrierError> answer) {
                   auto* call = find(id);
                   if (!call || call->stage == Stage::kOver)
                     return;
                   if (!answer && call->stage < Stage::kAnswered)
                     return fail(*call, "not-answered", answer.error().text);
                   // Should call.answered be lost, the stream is asked for all the same.
                   if (!call->stream_asked)
                     call->timer = io_.after(std::chrono::seconds(3),
                                             [this, call] { telnyx_answered(*call); });
                 }));
}

void PhoneCalls::telnyx_answered(PhoneCall& call) {
  advance(call, Stage::kAnswered);
  if (call.streamed || call.stream_asked || call.hang_up_commanded)
    return;
  call.stream_asked = true;
  if (call.refused)
    return speak_refusal(call);
  expect_stream(call);
  if (call.direction == "outbound")
    return;  // dialled with its stream
  std::map<std::string, std::string> variables;
  if (std::vector<std::uint8_t> state;
      !call.client_state.empty() && base64_decode(call.client_state, state))
    variables["client_state"] = std::string(state.begin(), state.end());
  call.token = grants_.issue({.client_type = "telnyx",
                              .provider_call_id = call.provider_id,
                              .from_number = call.from,
                              .to_number = call.to,
                              .variables = std::move(variables),
                              .trace_id = trace_id_of(call.provider_id)});
  const auto failed = [this, id = call.provider_id](Result<bool, CarrierError> answer) {
    auto* call = find(id);
    if (!answer && call && call->stage != Stage::kOver && !call->streamed)
      fail(*call, "stream-failed", answer.error().text);
  };
  telnyx_.start_streaming(call.provider_id, websocket_url(call.base_url) + kMediaStreamPath,
                          call.token, counted(failed));
}

void PhoneCalls::speak_refusal(PhoneCall& call) {
  record_end(call, "failed", "refused", call.refused->text);
  // Should the end of the sentence not be told.
  call.timer = io_.after(kRefusalLimit, [this, &call] { command_hang_up(call); });
  telnyx_.speak(call.provider_id, call.refused->spoken, call.refused->language,
                counted([this, id = call.provider_id](Result<bool, CarrierError> answer) {
                  if (answer)
                    return;
                  spdlog::error("{}", answer.error().text);
                  if (auto* call = find(id))
                    command_hang_up(*call);
                }));
}

// What is heard of a call that this server does not carry: of a server that died the line is still
// there, and the caller hears nothing. A server that has it would have had the event
// (docs/haproxy.cfg). A moment is left to what only came in another order.
void PhoneCalls::orphaned(const std::string& id) {
  if (orphans_.contains(id))
    return;
  orphans_[id] = io_.after(kOrphanGrace, [this, id] {
    orphans_.erase(id);
    if (find(id) || finished_.contains(id))
      return;
    telnyx_.is_alive(id, counted([this, id](Result<bool, CarrierError> alive) {
                       if (!alive || !*alive || find(id))
                         return;
                       spdlog::warn("call {}: nobody carries it any more; it is hung up", id);
                       close_line("telnyx", id);
                     }));
  });
}

}  // namespace centralita

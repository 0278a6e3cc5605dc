#include "server/telephony/phone_calls.h"

#include "server/logging/trace_id.h"
#include "server/telephony/carrier_paths.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// From the moment that the carrier has been told where to connect.
constexpr auto kStreamLimit = 20s;
// A machine whose greeting nobody says the end of.
constexpr auto kGreetingLimit = 40s;
constexpr auto kSweepEvery = 60s;
// Nothing heard for so long, and no stream either: the carrier is asked.
constexpr auto kSilence = 90s;
constexpr std::size_t kMostEarly = 200;

std::string new_session_id() { return OwnedString(g_uuid_string_random()).get(); }

}  // namespace

PhoneCalls::PhoneCalls(IoContext io, const CarrierSettings& settings, StreamGrants& grants,
                       PhoneHost& host)
    : io_(io),
      grants_(grants),
      host_(host),
      twilio_(io, settings.twilio),
      telnyx_(io, settings.telnyx),
      limits_(settings.outbound, settings.outbound.state_file),
      begun_(kCarriersMayRepeat),
      finished_(kCarriersMayRepeat),
      noise_suppression_(settings.telnyx.noise_suppression) {
  sweep();
}

PhoneCalls::~PhoneCalls() = default;

std::size_t PhoneCalls::live() const {
  return static_cast<std::size_t>(std::count_if(
      calls_.begin(), calls_.end(), [](const auto& call) { return call.stage != Stage::kOver; }));
}

std::size_t PhoneCalls::without_stream() const {
  return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [](const auto& call) {
    return call.stage != Stage::kOver && !call.streamed && !call.hang_up_commanded;
  }));
}

PhoneCalls::PhoneCall* PhoneCalls::find(const std::string& id) {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const auto& call) {
    return !id.empty() && (call.provider_id == id || call.session_id == id);
  });
  return found == calls_.end() ? nullptr : &*found;
}

PhoneCalls::PhoneCall& PhoneCalls::add(Carrier& carrier, const std::string& provider_id,
                                       const std::string& from, const std::string& to) {
  auto& call = calls_.emplace_back();
  call.carrier = &carrier;
  call.provider_id = provider_id;
  call.from = from;
  call.to = to;
  call.started = std::chrono::system_clock::now();
  call.news = io_.now();
  return call;
}

void PhoneCalls::advance(PhoneCall& call, Stage stage) {
  call.news = io_.now();
  if (stage <= call.stage)
    return;
  call.stage = stage;
  if (stage == Stage::kAnswered && !call.answered)
    call.answered = std::chrono::system_clock::now();
  if (call.direction != "outbound")
    return;
  if (stage == Stage::kRinging)
    host_.set_call_status(call.session_id, "ringing");
  else if (stage == Stage::kAnswered)
    host_.set_call_status(call.session_id, "answered");
}

Carrier::Done PhoneCalls::counted(Carrier::Done done) {
  ++commands_;
  return [this, done = std::move(done)](Result<bool, CarrierError> answer) {
    --commands_;
    done(std::move(answer));
  };
}

// --- Streams -----------------------------------------------------------------

void PhoneCalls::stream_began(const std::string& session_id, const std::string& provider_id) {
  begun_.add(provider_id, io_.now());
  auto* call = find(provider_id);
  if (!call)
    call = find(session_id);
  if (!call)
    return;
  if (call->provider_id.empty())
    call->provider_id = provider_id;  // the stream was quicker than the answer to dialling
  call->session_id = session_id;
  call->streamed = true;
  call->timer.reset();
  if (call->stage == Stage::kOver || call->hang_up_commanded)
    return host_.order_stream(session_id, {.cause = "caller-hung-up"});
  advance(*call, Stage::kAnswered);
  advance(*call, Stage::kStreaming);
  if (call->heard)
    order_for_machine(*call);
  tell_early(*call->carrier);
}

bool PhoneCalls::has_stream(const PhoneCall& call) const {
  return !call.session_id.empty() && host_.has_stream(call.session_id);
}

void PhoneCalls::stream_over(const std::string& session_id, const std::string& provider_id) {
  auto* call = find(provider_id);
  if (!call)
    call = find(session_id);
  if (call && call->streamed)
    command_hang_up(*call);
}

void PhoneCalls::expect_stream(PhoneCall& call) {
  if (call.streamed)
    return;
  call.timer = io_.after(kStreamLimit, [this, &call] {
    fail(call, "no-stream",
         "The call was connected, but no media stream began within 20 seconds. Can the carrier "
         "reach the address in PUBLIC_BASE_URL with WebSockets?");
  });
}

// --- Endings -----------------------------------------------------------------

void PhoneCalls::command_hang_up(PhoneCall& call) {
  call.timer.reset();
  if (call.stage == Stage::kOver || call.hang_up_commanded || call.transferred)
    return;
  call.hang_up_commanded = true;
  if (!call.token.empty())
    (void)grants_.take(call.token);  // a stream that is on its way would tell another end
  if (call.provider_id.empty())
    return;  // being dialled: hung up as soon as it has an id
  call.carrier->hang_up(
      call.provider_id, counted([id = call.provider_id](Result<bool, CarrierError> answer) {
        if (answer)
          spdlog::debug("call {}: hung up", id);
        else if (answer.error().code == CarrierError::Code::kNotConfigured)
          // Twilio ends a call whose stream has closed and whose document says nothing more.
          spdlog::debug("call {}: {}", id, answer.error().text);
        else
          spdlog::error("call {}: {} The line may stay open.", id, answer.error().text);
      }));
}

void PhoneCalls::fail(PhoneCall& call, const std::string& cause, const std::string& error) {
  spdlog::error("call {}: {}", call.provider_id, error);
  if (call.streamed)  // hung up when its stream has ended
    return host_.order_stream(call.session_id, {.cause = cause, .text = error});
  record_end(call, "failed", cause, error);
  command_hang_up(call);
}

void PhoneCalls::record_end(PhoneCall& call, const std::string& status, const std::string& cause,
                            const std::string& error) {
  if (call.recorded_end || call.streamed)
    return;  // the stream's own call tells the history
  call.recorded_end = true;
  if (call.session_id.empty()) {
    call.session_id = call.provider_id;
    host_.observer().call_started({.session_id = call.session_id,
                                   .client_type = call.carrier->name(),
                                   .direction = call.direction,
                                   .provider_call_id = call.provider_id,
                                   .from_number = call.from,
                                   .to_number = call.to,
                                   .start_time = call.started});
  }
  host_.observer().call_ended({.session_id = call.session_id,
                               .status = status,
                               .end_cause = cause,
                               .error = error,
                               .end_time = std::chrono::system_clock::now()});
}

void PhoneCalls::over(PhoneCall& call, const CarrierEnd& end, const std::string& cause) {
  if (call.stage == Stage::kOver)
    return;
  const auto now = std::chrono::system_clock::now();
  finished_.add(call.provider_id, io_.now());
  call.timer.reset();
  if (call.transfer)
    transfer_failed(call, "call-over");
  if (!call.token.empty())
    (void)grants_.take(call.token);  // no stream of a call that is over
  if (call.streamed)
    host_.order_stream(call.session_id, {.cause = cause});
  else
    record_end(call, end.status, cause, end.error);
  if (call.admitted)
    limits_.ended(
        call.answered ? std::chrono::duration_cast<std::chrono::seconds>(now - *call.answered) : 0s,
        now);
  call.admitted = false;
  call.stage = Stage::kOver;
  call.news = io_.now();
}

// --- Machines ----------------------------------------------------------------

void PhoneCalls::machine(PhoneCall& call, Heard heard) {
  if (call.stage == Stage::kOver || call.voicemail.action == Voicemail::Action::kIgnore)
    return;
  if (call.heard && *call.heard >= heard)
    return;
  call.heard = heard;
  spdlog::info(
      "call {}: {}", call.session_id,
      heard == Heard::kMachine ? "a machine has answered" : "the machine's greeting is over");
  if (call.streamed)
    order_for_machine(call);
}

void PhoneCalls::order_for_machine(PhoneCall& call) {
  if (call.voicemail.action == Voicemail::Action::kHangUp) {
    host_.order_stream(call.session_id, {.cause = "voicemail"});
  } else if (*call.heard == Heard::kMachine) {
    host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kHush});
    call.timer = io_.after(kGreetingLimit, [this, &call] { machine(call, Heard::kGreetingOver); });
  } else {
    call.timer.reset();
    host_.order_stream(call.session_id, {.kind = StreamOrder::Kind::kLeaveMessage,
                                         .cause = "voicemail",
                                         .text = call.voicemail.message});
  }
}

// --- Outbound ----------------------------------------------------------------

Result<PhoneCalls::Dialled, PhoneCalls::Refusal> PhoneCalls::dial(const OutboundRequest& request,
                                                                  const std::string& base_url) {
  Carrier* carrier = request.carrier == "twilio"     ? static_cast<Carrier*>(&twilio_)
                     : request.carrier == "telnyx"   ? static_cast<Carrier*>(&telnyx_)
                     : twilio_.cannot_dial().empty() ? static_cast<Carrier*>(&twilio_)
                                                     : static_cast<Carrier*>(&telnyx_);
  if (const auto missing = carrier->cannot_dial(); !missing.empty())
    return Unexpected(Refusal{
        503, "carrier-not-configured",
        missing + " is not set on this server, so " + carrier->name() + " cannot place calls."});
  const auto& from = request.from.empty() ? carrier->default_from() : request.from;
  if (from.empty())
    return Unexpected(Refusal{422, "no-caller-number",
                              "Say in \"from\" which number calls, or set it for the server."});
  if (const auto refused = host_.refusal(from))
    return Unexpected(Refusal{503, "calls-" + refused->code, refused->text});
  if (const auto admitted = limits_.admit(request.to, std::chrono::system_clock::now()); !admitted)
    return Unexpected(
        Refusal{std::string_view(admitted.error().code) == "number-not-allowed" ? 403 : 429,
                admitted.error().code, admitted.error().text});

  auto& call = add(*carrier, "", from, request.to);
  call.admitted = true;
  call.base_url = base_url;
  call.direction = "outbound";
  call.session_id = new_session_id();
  call.agent = request.agent;
  call.voicemail = request.voicemail;
  auto variables = request.variables;
  if (!request.client_state.empty())
    variables.emplace("client_state", request.client_state);
  call.token = grants_.issue({.client_type = carrier->name(),
                              .from_number = from,
                              .to_number = request.to,
                              .session_id = call.session_id,
                              .agent = request.agent,
                              .variables = std::move(variables),
                              .direction = "outbound",
                              .trace_id = request.trace_id},
                             std::chrono::seconds(request.ring_seconds) + 60s);
  host_.observer().call_started({.session_id = call.session_id,
                                 .client_type = carrier->name(),
                                 .direction = "outbound",
                                 .from_number = from,
                                 .to_number = request.to,
                                 .agent_name = request.agent,
                                 .client_state = request.client_state,
                                 .trace_id = request.trace_id,
                                 .start_time = call.started});
  host_.set_call_status(call.session_id, "queued");
  using Action = Voicemail::Action;
  const auto action = request.voicemail.action;
  const DialRequest command{
      .session_id = call.session_id,
      .from = from,
      .to = request.to,
      .base_url = base_url,
      .stream_token = call.token,
      .client_state = request.client_state,
      .machine_detection = action == Action::kLeaveMessage ? MachineDetection::kMessageEnd
                           : action == Action::kHangUp     ? MachineDetection::kDetect
                                                           : MachineDetection::kOff,
      .ring_seconds = request.ring_seconds};
  ++commands_;
  spdlog::info("call {}: {} calls {} from {}", call.session_id, carrier->name(), request.to, from);
  const Dialled answer{.session_id = call.session_id, .carrier = carrier->name()};
  carrier->dial(command,
                [this, carrier, id = call.session_id](Result<std::string, CarrierError> result) {
                  --commands_;
                  dialled(id, std::move(result));
                  tell_early(*carrier);
                });
  return answer;
}

bool PhoneCalls::dialling(const Carrier& carrier) const {
  return std::any_of(calls_.begin(), calls_.end(), [&](const PhoneCall& call) {
    return call.carrier == &carrier && call.provider_id.empty() && call.stage != Stage::kOver;
  });
}

bool PhoneCalls::too_early(const Carrier& carrier, const std::string& id,
                           std::function<void()> tell) {
  if (!dialling(carrier))
    return false;
  early_.push_back({&carrier, id, std::move(tell)});
  if (early_.size() > kMostEarly)
    early_.pop_front();
  return true;
}

void PhoneCalls::tell_early(const Carrier& carrier) {
  const bool all = !dialling(carrier);
  std::vector<std::function<void()>> told;
  std::erase_if(early_, [&](Early& early) {
    if (early.carrier != &carrier || !(all || find(early.id)))
      return false;
    told.push_back(std::move(early.tell));
    return true;
  });
  for (const auto& tell : told) tell();
}

void PhoneCalls::dialled(const std::string& session_id,
                         Result<std::string, CarrierError> provider_id) {
  auto* call = find(session_id);
  if (!call)
    return;
  call->news = io_.now();
  if (!provider_id && call->provider_id.empty()) {
    spdlog::error("call {}: {}", session_id, provider_id.error().text);
    return over(*call, {.status = "failed", .error = provider_id.error().text},
                std::string("carrier-") + CarrierError::name(provider_id.error().code));
  }
  if (!provider_id)
    spdlog::warn("call {}: {} It goes on all the same, for its stream has begun.", session_id,
                 provider_id.error().text);
  if (call->provider_id.empty())
    call->provider_id = *provider_id;
  remember_trace(call->provider_id, remembered_trace(session_id));
  if (call->stage == Stage::kOver)
    return;
  if (call->hang_up_commanded) {  // asked for while it was being dialled
    call->hang_up_commanded = false;
    return command_hang_up(*call);
  }
  if (!call->streamed)
    host_.observer().call_started({.session_id = session_id,
                                   .client_type = call->carrier->name(),
                                   .direction = "outbound",
                                   .provider_call_id = call->provider_id,
                                   .from_number = call->from,
                                   .to_number = call->to,
                                   .agent_name = call->agent,
                                   .start_time = call->started});
}

// --- Orders of an operator ---------------------------------------------------

void PhoneCalls::send_dtmf(const std::string& id, const std::string& digits, Done done) {
  auto* call = find(id);
  if (!call || call->stage == Stage::kOver) {
    CarrierError error{.code = CarrierError::Code::kCallOver};
    error.text = "There is no such live call.";
    return done(Unexpected(std::move(error)));
  }
  call->carrier->send_dtmf(call->provider_id, digits, counted(std::move(done)));
}

Result<bool> PhoneCalls::hang_up(const std::string& id) {
  auto* call = find(id);
  if (!call && host_.has_stream(id)) {  // a browser's: no carrier knows of it
    host_.order_stream(id, {.cause = "operator-hung-up"});
    return true;
  }
  if (!call || call->stage == Stage::kOver)
    return Unexpected("There is no such live call.");
  if (has_stream(*call)) {  // hung up when that has ended
    host_.order_stream(call->session_id, {.cause = "operator-hung-up"});
    return true;
  }
  record_end(*call, "canceled", "operator-hung-up", "");
  // Also one that talks to somebody else, or that would not be hung up.
  call->transferred = call->hang_up_commanded = false;
  command_hang_up(*call);
  return true;
}

void PhoneCalls::suppress_noise(const std::string& session_id, const std::string& engine) {
  const auto& wanted = engine == "server" ? noise_suppression_ : engine;
  auto* call = find(session_id);
  if (!call || call->carrier != &telnyx_ || call->stage == Stage::kOver || wanted.empty() ||
      wanted == "off")
    return;
  telnyx_.start_noise_suppression(
      call->provider_id, wanted,
      counted([this, session_id, wanted](Result<bool, CarrierError> answer) {
        auto* call = find(session_id);
        if (!answer)
          spdlog::warn("call {}: {} It goes on without.", session_id, answer.error().text);
        if (call)
          tell(*call, answer ? "noise-suppression" : "noise-suppression-failed",
               answer ? wanted : answer.error().text);
      }));
}

// --- Sweeps ------------------------------------------------------------------

void PhoneCalls::sweep() {
  sweep_ = io_.after(kSweepEvery, [this] {
    reconcile();
    sweep();
  });
}

void PhoneCalls::ask_alive(const std::string& carrier, const std::string& id, Done done) {
  for (Carrier* each : {static_cast<Carrier*>(&twilio_), static_cast<Carrier*>(&telnyx_)})
    if (carrier == each->name())
      each->is_alive(id, counted(std::move(done)));
}

void PhoneCalls::close_line(const std::string& carrier, const std::string& id) {
  for (Carrier* each : {static_cast<Carrier*>(&twilio_), static_cast<Carrier*>(&telnyx_)})
    if (carrier == each->name())
      each->hang_up(id, counted([id](Result<bool, CarrierError> answer) {
                      if (!answer && answer.error().code != CarrierError::Code::kNotConfigured)
                        spdlog::error("call {}: {} The line may stay open.", id,
                                      answer.error().text);
                    }));
}

void PhoneCalls::reconcile() {
  const auto now = io_.now();
  calls_.remove_if([&](const PhoneCall& call) {
    return call.stage == Stage::kOver && call.news + kSilence < now;
  });
  for (auto& call : calls_) {
    const bool quiet = call.stage != Stage::kOver && call.news + kSilence < now;
    if (!quiet || call.provider_id.empty() || has_stream(call))
      continue;
    call.carrier->is_alive(
        call.provider_id, counted([this, id = call.provider_id](Result<bool, CarrierError> alive) {
          auto* call = find(id);
          if (!call || !alive)
            return;
          if (*alive && std::exchange(call->hang_up_commanded, false))
            return command_hang_up(*call);  // it was not done
          if (*alive)
            return;
          spdlog::warn("call {}: the carrier has no such call any more; its last webhook was lost",
                       id);
          over(*call,
               {.status = call->hang_up_commanded ? "completed" : "failed",
                .error = "The carrier's last webhook of this call did not arrive."},
               "lost-webhook");
        }));
  }
}

}  // namespace centralita

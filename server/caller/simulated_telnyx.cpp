#include "server/caller/simulated_telnyx.h"

#include <sodium.h>

#include <algorithm>
#include <ctime>
#include <iterator>

namespace centralita::caller {
namespace {

std::string base64(const unsigned char* data, std::size_t size) {
  return OwnedString(g_base64_encode(data, size)).get();
}

std::string uuid() { return OwnedString(g_uuid_string_random()).get(); }

std::string error_body(const char* code, const char* title) {
  return json::Object()
      .set("errors", json::Array().add(
                         json::Object().set("code", code).set("title", title).set("detail", title)))
      .to_string();
}

std::string utc(std::time_t seconds) {
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000Z", &parts);
  return text;
}

void make_keys(const std::string& api_key, std::array<unsigned char, 32>& key,
               std::array<unsigned char, 64>& secret) {
  const auto text = "simulated Telnyx " + api_key;
  std::array<unsigned char, crypto_hash_sha256_BYTES> seed;
  crypto_hash_sha256(seed.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
}

constexpr const char* kSuppressionEngines[] = {"Denoiser", "DeepFilterNet", "Krisp", "AiCoustics"};

constexpr char kDone[] = R"({"data":{"result":"ok"}})";

}  // namespace

SimulatedTelnyx::SimulatedTelnyx(IoContext io, std::string api_key, std::uint16_t port)
    : SimulatedCarrier(std::move(io), port), api_key_(std::move(api_key)) {
  make_keys(api_key_, public_, secret_);
}

std::string SimulatedTelnyx::public_key_of(const std::string& api_key) {
  std::array<unsigned char, 32> key;
  std::array<unsigned char, 64> secret;
  make_keys(api_key, key, secret);
  return base64(key.data(), key.size());
}

std::string SimulatedTelnyx::public_key() const { return base64(public_.data(), public_.size()); }

SimulatedTelnyx::Signed SimulatedTelnyx::sign(const std::string& body, std::int64_t now) const {
  Signed result{.timestamp = std::to_string(now)};
  const auto text = result.timestamp + "|" + body;
  std::array<unsigned char, crypto_sign_BYTES> signature;
  crypto_sign_detached(signature.data(), nullptr,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       secret_.data());
  result.signature = base64(signature.data(), signature.size());
  return result;
}

SimulatedTelnyx::TelnyxCall& SimulatedTelnyx::add(const std::string& from, const std::string& to) {
  auto owned = std::make_unique<TelnyxCall>();
  auto& call = *owned;
  live_.push_back(std::move(owned));
  call.began = io_.now();
  call.call.id = "v3:" + uuid();
  call.call.from = from;
  call.call.to = to;
  call.session_id = uuid();
  call.from = from;
  call.to = to;
  call.webhook_url = server_url + "/api/v1/telnyx/call-control";
  return call;
}

SimulatedTelnyx::TelnyxCall* SimulatedTelnyx::find(const std::string& id) {
  for (const auto& entry : live_)
    if (entry->call.id == id)
      return static_cast<TelnyxCall*>(entry.get());
  return nullptr;
}

void SimulatedTelnyx::need(TelnyxCall& call, bool right, const char* violation) {
  if (!right)
    call.call.violations.emplace_back(violation);
}

void SimulatedTelnyx::event(TelnyxCall& call, const std::string& type, json::Object more) {
  more.set("call_control_id", call.call.id)
      .set("call_leg_id", call.session_id)
      .set("call_session_id", call.session_id)
      .set("connection_id", kConnection)
      .set("from", call.from)
      .set("to", call.to);
  if (call.client_state.empty())
    more.set("client_state", nullptr);
  else
    more.set("client_state", call.client_state);
  const std::int64_t now = g_get_real_time() / G_USEC_PER_SEC;
  const auto id = uuid();
  for (int attempt = 1; attempt <= (repeat_webhooks ? 2 : 1); ++attempt) {
    const auto body =
        json::Object()
            .set("data", json::Object()
                             .set("record_type", "event")
                             .set("event_type", type)
                             .set("id", id)
                             .set("occurred_at", utc(now))
                             .set("payload", more))
            .set("meta",
                 json::Object().set("attempt", attempt).set("delivered_to", call.webhook_url))
            .to_string();
    const auto proof = sign(body, now);
    post(call, type,
         {.url = call.webhook_url,
          .headers = {{"telnyx-signature-ed25519", proof.signature},
                      {"telnyx-timestamp", proof.timestamp},
                      {"User-Agent", "telnyx-webhooks"}},
          .content_type = "application/json",
          .body = body});
  }
}

void SimulatedTelnyx::call(std::shared_ptr<const CallPlan> plan, Done done) {
  auto& call = add(plan->from, plan->to);
  call.plan = std::move(plan);
  call.done = std::move(done);
  event(call, "call.initiated", json::Object().set("direction", "incoming").set("state", "parked"));
}

// --- Commands ----------------------------------------------------------------

SimulatedCarrier::Reply SimulatedTelnyx::answer(const Request& request) {
  if (request.authorization != "Bearer " + api_key_)
    return {401, error_body("10009", "Authentication failed")};
  const auto document = json::parse(request.body.empty() ? "{}" : request.body);
  if (!document || !document->is_object())
    return {400, error_body("10015", "Bad Request")};
  const auto body = document->object();
  if (request.path == "/v2/calls" && request.method == "POST")
    return dial(body);
  const std::string prefix = "/v2/calls/";
  if (!request.path.starts_with(prefix))
    return {404, error_body("10005", "Resource not found")};
  const auto slash = request.path.find("/actions/", prefix.size());
  auto* call = find(request.path.substr(
      prefix.size(), slash == std::string::npos ? std::string::npos : slash - prefix.size()));
  if (!call)
    return {404, error_body("90015", "Invalid Call Control ID")};
  if (slash == std::string::npos)
    return {200, json::Object()
                     .set("data", json::Object()
                                      .set("call_control_id", call->call.id)
                                      .set("call_leg_id", call->session_id)
                                      .set("call_session_id", call->session_id)
                                      .set("is_alive", !call->over)
                                      .set("record_type", "call"))
                     .to_string()};
  return act(*call, request.path.substr(slash + 9), body);
}

SimulatedCarrier::Reply SimulatedTelnyx::dial(const json::Object& body) {
  if (body.string("connection_id") != kConnection || !body.string("from") || !body.string("to"))
    return {422, error_body("10015", "connection_id, from or to is missing")};
  if (const auto state = body.string("client_state")) {
    gsize size = 0;
    const OwnedString decoded(reinterpret_cast<char*>(g_base64_decode(state->c_str(), &size)));
    if (base64(reinterpret_cast<const unsigned char*>(decoded.get()), size) != *state)
      return {422, error_body("90017", "client_state is not base64")};
  }
  auto& call = add(*body.string("from"), *body.string("to"));
  call.call.outbound = true;
  call.callee = callee_of(call.to);
  call.plan = call.callee.plan;
  call.client_state = body.string("client_state").value_or("");
  call.webhook_url = body.string("webhook_url").value_or(call.webhook_url);
  call.stream = body;
  const auto detection = body.string("answering_machine_detection").value_or("disabled");
  call.detect = detection != "disabled";
  call.detect_end = detection == "greeting_end";
  note(call, "< dial");
  later([this, &call] { ring(call); });
  return {200, json::Object()
                   .set("data", json::Object()
                                    .set("call_control_id", call.call.id)
                                    .set("call_leg_id", call.session_id)
                                    .set("call_session_id", call.session_id)
                                    .set("is_alive", false)
                                    .set("record_type", "call"))
                   .to_string()};
}

SimulatedCarrier::Reply SimulatedTelnyx::act(TelnyxCall& call, const std::string& action,
                                             const json::Object& body) {
  if (call.over)
    return {422, error_body("90018", "Call has already ended")};
  if (const auto id = body.string("command_id"); id && !call.command_ids.insert(*id).second)
    return {200, kDone};
  call.call.commands.push_back(action);
  note(call, "< " + action);
  if (action == "answer") {
    call.webhook_url = body.string("webhook_url").value_or(call.webhook_url);
    later([this, &call] { picked_up(call); });
  } else if (action == "streaming_start") {
    if (!call.answered)
      return {422, error_body("90034", "Call not answered yet")};
    if (call.leg)
      return {422, error_body("90045", "Media streaming is already used")};
    call.stream = body;
    later([this, &call] { open_stream(call); });
  } else if (action == "hangup") {
    call.call.end = "server";
    later([this, &call] { hang_up(call, "normal_clearing", "caller"); });
  } else if (action == "reject") {
    call.call.end = "server";
    later([this, &call] { hang_up(call, "call_rejected", "callee"); });
  } else if (action == "transfer" && !body.string("target_leg_client_state").value_or("").empty()) {
    call.call.consulted = body.string("to").value_or("");
    consult(call, body);
  } else if (action == "record_start") {
    need(call, body.string("channels") == "dual", "the recording is not dual");
    call.recorded = true;
  } else if (action == "transfer") {
    call.call.transferred_to = body.string("to").value_or("");
    later([this, &call] {
      event(call, "call.bridged", {});
      if (call.leg)
        call.leg->hang_up();
    });
  } else if (action == "speak") {
    if (!call.answered)
      return {422, error_body("90034", "Call not answered yet")};
    call.call.spoken = body.string("payload").value_or("");
    need(call, !call.call.spoken.empty() && body.string("voice").has_value(),
         "speak needs a payload and a voice");
    later([this, &call] { event(call, "call.speak.started", {}); });
    after(call, 0.3, [this, &call] {
      if (!call.over)
        event(call, "call.speak.ended", json::Object().set("status", "completed"));
    });
  } else if (action == "suppression_start") {
    if (!call.answered)
      return {422, error_body("90034", "Call not answered yet")};
    call.call.noise_suppression = body.string("noise_suppression_engine").value_or("");
    const bool known =
        std::any_of(std::begin(kSuppressionEngines), std::end(kSuppressionEngines),
                    [&](const char* engine) { return call.call.noise_suppression == engine; });
    if (!known)
      return {422, error_body("10015", "noise_suppression_engine is not known")};
    need(call, body.string("direction") == "inbound", "it is not the caller's noise");
  } else if (action != "send_dtmf") {
    return {404, error_body("10005", "Resource not found")};
  }
  return {200, kDone};
}

// The other party's leg: its events carry its own id and client state.
void SimulatedTelnyx::consult(TelnyxCall& call, const json::Object& body) {
  const auto to = body.string("to").value_or(""), state = *body.string("target_leg_client_state");
  const auto leg = "v3:" + uuid();
  const auto tell = [this, &call, leg, to, state](const char* type, json::Object more) {
    const auto own_id = std::exchange(call.call.id, leg), own_to = std::exchange(call.to, to);
    const auto own_state = std::exchange(call.client_state, state);
    event(call, type, std::move(more));
    call.call.id = own_id;
    call.to = own_to;
    call.client_state = own_state;
  };
  later([tell] {
    tell("call.initiated", json::Object().set("direction", "outgoing").set("state", "bridging"));
  });
  after(call, other_rings, [this, &call, tell, to] {
    if (call.over)
      return;
    const auto party = other_of(to);
    if (party != Callee::Kind::kPerson)
      return tell("call.hangup",
                  json::Object()
                      .set("state", "hangup")
                      .set("hangup_cause", party == Callee::Kind::kBusy ? "user_busy" : "timeout"));
    call.call.transferred_to = to;
    tell("call.answered", json::Object().set("state", "answered"));
    tell("call.bridged", {});
    event(call, "call.bridged", {});
  });
}

// --- What a call goes through ------------------------------------------------

void SimulatedTelnyx::ring(TelnyxCall& call) {
  event(call, "call.initiated",
        json::Object().set("direction", "outgoing").set("state", "bridging"));
  after(call, call.callee.ring_seconds, [this, &call] {
    if (call.over)
      return;
    if (call.callee.kind == Callee::Kind::kBusy)
      hang_up(call, "user_busy", "callee");
    else if (call.callee.kind == Callee::Kind::kNoAnswer)
      hang_up(call, "timeout", "unknown");
    else
      picked_up(call);
  });
}

void SimulatedTelnyx::picked_up(TelnyxCall& call) {
  if (call.over || call.answered)
    return;
  call.answered = true;
  note(call, "answered");
  event(call, "call.answered", json::Object().set("state", "answered"));
  if (!call.call.outbound)
    return;
  open_stream(call);
  if (!call.detect)
    return;
  const bool machine = call.callee.machine();
  after(call, call.callee.detection_seconds, [this, &call, machine] {
    if (call.over)
      return;
    const char* result = machine                                      ? "machine"
                         : call.callee.kind == Callee::Kind::kSilence ? "not_sure"
                                                                      : "human";
    note(call, result);
    event(call, "call.machine.detection.ended", json::Object().set("result", result));
  });
  if (machine && call.detect_end)
    after(call, call.callee.greeting_seconds, [this, &call] {
      if (call.over)
        return;
      const bool beep = call.callee.kind == Callee::Kind::kMachine;
      note(call, "greeting over");
      event(call, "call.machine.greeting.ended",
            json::Object().set("result", beep ? "beep_detected" : "ended"));
    });
}

void SimulatedTelnyx::open_stream(TelnyxCall& call) {
  const auto& asked = call.stream;
  const auto text = [&](const char* name) { return asked.string(name).value_or(""); };
  need(call, text("stream_bidirectional_mode") == "rtp", "the stream's mode is mp3");
  need(call,
       text("stream_bidirectional_target_legs") != "opposite" &&
           !text("stream_bidirectional_target_legs").empty(),
       "target_legs is opposite: nobody hears the agent");
  auto taken = TelnyxCodec::named(text("stream_bidirectional_codec"));
  auto sent = TelnyxCodec::named(text("stream_codec"));
  if (const auto other = call_codecs.find(call.from); other != call_codecs.end())
    sent = other->second;
  need(call, taken.has_value() && sent.has_value(), "a codec that is not known");
  if (taken && sent)
    taken->l16_rate_hz = sent->l16_rate_hz =
        asked.integer("stream_bidirectional_sampling_rate") == 8000 ? 8000 : 16000;
  need(call,
       !taken ||
           asked.integer("stream_bidirectional_sampling_rate").value_or(8000) == taken->rate_hz(),
       "the sampling rate is not the codec's");
  if (!taken || !sent)
    return;
  const auto own = call_codecs.find(call.from);
  const bool big = own == call_codecs.end() ? l16_big_endian : own->second.big_endian;
  taken->big_endian = sent->big_endian = big;
  Parameters parameters;
  for (const auto& entry : asked.objects("custom_parameters"))
    parameters.emplace_back(entry.string("name").value_or(""), entry.string("value").value_or(""));
  LegSettings settings{.url = text("stream_url")};
  if (const auto token = text("stream_auth_token"); !token.empty())
    settings.headers.emplace_back("x-telnyx-streaming-auth-token", token);
  event(call, "streaming.started", json::Object().set("stream_url", settings.url));
  connect(call, std::move(settings),
          std::make_unique<TelnyxWire>(TelnyxStreamIds{.stream_id = uuid(),
                                                       .call_control_id = call.call.id,
                                                       .call_session_id = call.session_id,
                                                       .from = call.from,
                                                       .to = call.to,
                                                       .client_state = call.client_state},
                                       *sent, *taken, std::move(parameters)));
}

void SimulatedTelnyx::leg_ended(Live& live, bool by_server) {
  auto& call = static_cast<TelnyxCall&>(live);
  event(call, "streaming.stopped", {});
  if (!call.call.transferred_to.empty() || call.over)
    return hang_up(call, "normal_clearing", "callee");
  if (!by_server) {
    call.call.end = "caller";
    return hang_up(call, "normal_clearing", call.call.outbound ? "callee" : "caller");
  }
  // Closing the stream does not hang up: the line stays open until the server says so.
  after(call, patience_seconds, [this, &call] {
    if (call.over)
      return;
    call.call.violations.emplace_back("the server closed the stream and never hung up");
    hang_up(call, "normal_clearing", "unknown");
  });
}

void SimulatedTelnyx::hang_up(TelnyxCall& call, const char* cause, const char* source) {
  if (call.leg) {  // its end comes back here
    call.over = true;
    return call.leg->hang_up();
  }
  if (!call.pending_end.empty())
    return;
  call.over = true;
  call.pending_end = cause;
  note(call, std::string("over: ") + cause);
  event(call, "call.hangup",
        json::Object()
            .set("state", "hangup")
            .set("hangup_cause", cause)
            .set("hangup_source", source)
            .set("sip_hangup_cause", "unspecified"));
  if (call.recorded)
    event(call, "call.recording.saved", json::Object().set("recording_id", uuid()));
  // Commands that are under way still find it, over.
  after(call, 0.5, [this, &call] { finish(call); });
}

}  // namespace centralita::caller

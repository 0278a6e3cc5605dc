#include "server/caller/simulated_twilio.h"

#include "plugins/base/base64.h"
#include "server/caller/twilio_webhook.h"
#include "server/caller/twiml.h"

#include <map>

namespace centralita::caller {
namespace {

using Form = std::multimap<std::string, std::string>;

Form form_of(const std::string& body) {
  Form form;
  std::size_t at = 0;
  while (at < body.size()) {
    const auto end = std::min(body.find('&', at), body.size());
    auto part = body.substr(at, end - at);
    at = end + 1;
    for (auto& c : part)
      if (c == '+')
        c = ' ';
    const auto equals = std::min(part.find('='), part.size());
    const auto decode = [](const std::string& text) {
      const OwnedString decoded(g_uri_unescape_string(text.c_str(), nullptr));
      return std::string(decoded ? decoded.get() : "");
    };
    form.emplace(decode(part.substr(0, equals)),
                 equals < part.size() ? decode(part.substr(equals + 1)) : "");
  }
  return form;
}

std::string value(const Form& form, const char* name) {
  const auto found = form.find(name);
  return found == form.end() ? "" : found->second;
}

// The room of <Dial><Conference>; empty: there is none in the document.
std::string room_of(const std::string& twiml) {
  const auto begin = twiml.find("<Conference");
  const auto name = twiml.find('>', begin);
  if (begin == std::string::npos || name == std::string::npos)
    return "";
  return twiml.substr(name + 1, twiml.find('<', name) - name - 1);
}

std::string error_body(int code, int status, const char* message) {
  return json::Object()
      .set("code", code)
      .set("message", message)
      .set("more_info", "https://www.twilio.com/docs/errors/" + std::to_string(code))
      .set("status", status)
      .to_string();
}

}  // namespace

SimulatedTwilio::SimulatedTwilio(IoContext io, std::string auth_token, std::string account,
                                 std::uint16_t port)
    : SimulatedCarrier(std::move(io), port),
      token_(std::move(auth_token)),
      account_(std::move(account)) {}

SimulatedTwilio::TwilioCall& SimulatedTwilio::add(const std::string& from, const std::string& to) {
  auto owned = std::make_unique<TwilioCall>();
  auto& call = *owned;
  live_.push_back(std::move(owned));
  call.began = io_.now();
  call.call.id = random_sid("CA");
  call.call.from = from;
  call.call.to = to;
  call.from = from;
  call.to = to;
  return call;
}

SimulatedTwilio::TwilioCall* SimulatedTwilio::find(const std::string& id) {
  for (const auto& entry : live_)
    if (entry->call.id == id)
      return static_cast<TwilioCall*>(entry.get());
  return nullptr;
}

void SimulatedTwilio::send(TwilioCall& call, const std::string& name, const std::string& url,
                           Parameters fields,
                           std::function<void(int, const std::string&)> answered) {
  if (url.empty())
    return;
  for (const auto& [field, text] : incoming_call_fields(
           {.account_sid = account_, .call_sid = call.call.id}, call.from, call.to)) {
    if (field == "Direction" && call.call.outbound)
      fields.emplace_back(field, "outbound-api");
    else if (field != "CallStatus" || name == "incoming-call")
      fields.emplace_back(field, text);
  }
  for (int i = 0; i < (repeat_webhooks ? 2 : 1); ++i)
    post(call, name,
         {.url = url,
          .headers = {{"X-Twilio-Signature", twilio_signature(token_, url, fields)}},
          .content_type = "application/x-www-form-urlencoded",
          .body = form_body(fields)},
         i == 0 ? answered : nullptr);
}

void SimulatedTwilio::status(TwilioCall& call, const std::string& status) {
  call.status = status;
  send(call, status, call.status_url,
       {{"CallStatus", status},
        {"CallbackSource", "call-progress-events"},
        {"SequenceNumber", std::to_string(call.sequence++)},
        {"Timestamp", "Tue, 31 Aug 2010 20:36:28 +0000"}});
}

void SimulatedTwilio::call(std::shared_ptr<const CallPlan> plan, Done done) {
  auto& call = add(plan->from, plan->to);
  call.plan = std::move(plan);
  call.done = std::move(done);
  call.status_url = server_url + "/api/v1/twilio/call-status";
  send(call, "incoming-call", server_url + "/api/v1/twilio/incoming-call", {},
       [this, &call](int status, const std::string& body) {
         if (status == 200)
           return run(call, body);
         call.call.violations.push_back("the webhook answered " + std::to_string(status));
         end(call, "failed");
       });
}

// --- The document ------------------------------------------------------------

void SimulatedTwilio::run(TwilioCall& call, const std::string& text) {
  const auto twiml = parse_twiml(text);
  const auto stream = twiml ? twiml->stream() : Result<TwimlStream>(Unexpected(twiml.error()));
  if (twiml && !twiml->verbs.empty() && twiml->verbs[0].name == "Say") {
    call.call.spoken = twiml->verbs[0].text;
    call.call.end = "server";
    return end(call, "completed");
  }
  if (!stream) {
    call.call.violations.push_back("no stream: " + stream.error());
    return end(call, "completed");
  }
  call.status = "in-progress";
  note(call, "answered");
  LegSettings settings{.url = stream->url};
  settings.headers.emplace_back("X-Twilio-Signature", twilio_signature(token_, stream->url, {}));
  connect(call, std::move(settings),
          std::make_unique<TwilioWire>(TwilioIds{.stream_sid = random_sid("MZ"),
                                                 .account_sid = account_,
                                                 .call_sid = call.call.id},
                                       stream->parameters));
}

void SimulatedTwilio::leg_ended(Live& live, bool by_server) {
  auto& call = static_cast<TwilioCall&>(live);
  if (call.call.end.empty())
    call.call.end = by_server ? "server" : "caller";
  if (!call.room.empty())  // the two talk for a while
    return after(call, 1, [this, &call] { end(call, "completed"); });
  end(call, "completed");  // no verb follows <Connect>
}

void SimulatedTwilio::end(TwilioCall& call, const std::string& with) {
  if (call.terminal)
    return;
  call.over = true;
  if (call.leg)
    return call.leg->hang_up();
  call.terminal = true;
  note(call, "over: " + with);
  status(call, with);
  send(call, "recording", call.recording_url,
       {{"RecordingSid", call.recording_sid},
        {"RecordingStatus", "completed"},
        {"RecordingChannels", "2"},
        {"RecordingDuration", "7"}});
  if (!call.room.empty())
    later([this, room = call.room] { leave_room(room); });
  // Commands that are under way still find it, over.
  after(call, 0.5, [this, &call] { finish(call); });
}

// --- The Calls resource ------------------------------------------------------

SimulatedCarrier::Reply SimulatedTwilio::answer(const Request& request) {
  const std::string pair = account_ + ":" + token_;
  std::string basic = "Basic ";
  base64_encode({reinterpret_cast<const std::uint8_t*>(pair.data()), pair.size()}, basic);
  if (request.authorization != basic)
    return {401, error_body(20003, 401, "Authenticate")};
  const std::string prefix = "/2010-04-01/Accounts/" + account_ + "/Calls";
  constexpr std::string_view kRecordings = "/Recordings.json";
  if (request.path.starts_with(prefix + "/") && request.path.ends_with(kRecordings) &&
      request.method == "POST") {
    const auto begin = prefix.size() + 1;
    auto* call = find(request.path.substr(begin, request.path.size() - begin - kRecordings.size()));
    if (!call || call->over)
      return {404, error_body(20404, 404, "The requested resource was not found")};
    const auto wanted = form_of(request.body);
    call->call.commands.emplace_back("record");
    note(*call, "< record");
    if (value(wanted, "RecordingChannels") != "dual")
      call->call.violations.emplace_back("the recording is not dual");
    const auto sid = random_sid("RE");
    call->recording_sid = sid;
    call->recording_url = value(wanted, "RecordingStatusCallback");
    return {201, json::Object().set("sid", sid).set("status", "in-progress").to_string()};
  }
  const auto form = form_of(request.body);
  if (request.path == prefix + ".json" && request.method == "POST")
    return create(form);
  if (!request.path.starts_with(prefix + "/") || !request.path.ends_with(".json"))
    return {404, error_body(20404, 404, "The requested resource was not found")};
  auto* call =
      find(request.path.substr(prefix.size() + 1, request.path.size() - prefix.size() - 6));
  if (!call)
    return {404, error_body(20404, 404, "The requested resource was not found")};
  if (request.method == "GET")
    return {200, json_of(*call)};
  return update(*call, form);
}

std::string SimulatedTwilio::json_of(const TwilioCall& call) const {
  return json::Object()
      .set("sid", call.call.id)
      .set("account_sid", account_)
      .set("from", call.from)
      .set("to", call.to)
      .set("status", call.status)
      .set("direction", call.call.outbound ? "outbound-api" : "inbound")
      .set("api_version", "2010-04-01")
      .set("answered_by", nullptr)
      .set("duration", nullptr)
      .set("uri", "/2010-04-01/Accounts/" + account_ + "/Calls/" + call.call.id + ".json")
      .to_string();
}

SimulatedCarrier::Reply SimulatedTwilio::create(const Form& form) {
  const auto to = value(form, "To"), from = value(form, "From"), twiml = value(form, "Twiml");
  if (to.empty() || to[0] != '+')
    return {400, error_body(21211, 400, "The 'To' number is not a valid phone number.")};
  if (from.empty())
    return {400, error_body(21213, 400, "'From' phone number is required")};
  if (twiml.empty() || twiml.size() > 4000)
    return {400, error_body(twiml.empty() ? 21205 : 32018, 400, "Url or Twiml is required")};
  auto& call = add(from, to);
  call.status_url = value(form, "StatusCallback");
  if (const auto room = room_of(twiml); !room.empty()) {
    for (const auto& entry : live_)  // whose other party it is
      if (entry->leg && entry->to == from)
        entry->call.consulted = to;
    later([this, &call, room] { ring_other(call, room); });
    return {201, json_of(call)};
  }
  call.call.outbound = true;
  call.callee = callee_of(to);
  call.plan = call.callee.plan;
  note(call, "< dial");
  call.amd_url = value(form, "AsyncAmd") == "true" ? value(form, "AsyncAmdStatusCallback") : "";
  call.detection = value(form, "MachineDetection");
  if (!call.detection.empty() && call.amd_url.empty())
    call.call.violations.emplace_back("machine detection would delay the greeting");
  later([this, &call, twiml] { ring(call, twiml); });
  return {201, json_of(call)};
}

void SimulatedTwilio::ring_other(TwilioCall& call, const std::string& room) {
  status(call, "ringing");
  after(call, other_rings, [this, &call, room] {
    if (call.terminal)
      return;
    const auto party = other_of(call.to);
    if (party == Callee::Kind::kBusy)
      return end(call, "busy");
    if (party != Callee::Kind::kPerson)
      return end(call, "no-answer");
    call.room = room;
    status(call, "in-progress");
  });
}

// endConferenceOnExit: with one the other goes.
void SimulatedTwilio::leave_room(const std::string& room) {
  for (const auto& entry : live_)
    if (auto& call = static_cast<TwilioCall&>(*entry); call.room == room && !call.terminal)
      end(call, "completed");
}

void SimulatedTwilio::ring(TwilioCall& call, const std::string& twiml) {
  status(call, "initiated");
  status(call, "ringing");
  after(call, call.callee.ring_seconds, [this, &call, twiml] {
    if (call.terminal)
      return;
    if (call.callee.kind == Callee::Kind::kBusy)
      return end(call, "busy");
    if (call.callee.kind == Callee::Kind::kNoAnswer)
      return end(call, "no-answer");
    status(call, "in-progress");
    run(call, twiml);
    if (call.amd_url.empty() || call.detection.empty())
      return;
    const bool at_end = call.callee.machine() && call.detection == "DetectMessageEnd";
    const auto seconds = at_end ? call.callee.greeting_seconds : call.callee.detection_seconds;
    using Kind = Callee::Kind;
    const auto kind = call.callee.kind;
    const char* answered_by = kind == Kind::kSilence   ? "unknown"
                              : !call.callee.machine() ? "human"
                              : !at_end                ? "machine_start"
                              : kind == Kind::kMachine ? "machine_end_beep"
                                                       : "machine_end_silence";
    after(call, seconds, [this, &call, answered_by, at_end, seconds] {
      if (call.terminal)
        return;
      note(call, at_end ? "greeting over" : answered_by);
      send(call, "amd", call.amd_url,
           {{"AnsweredBy", answered_by},
            {"MachineDetectionDuration", std::to_string(static_cast<int>(seconds * 1000))}});
    });
  });
}

SimulatedCarrier::Reply SimulatedTwilio::update(TwilioCall& call, const Form& form) {
  if (call.over)
    return {400, error_body(21220, 400, "Call is not in-progress. Cannot redirect.")};
  if (value(form, "Status") == "completed") {
    call.call.commands.emplace_back("hangup");
    note(call, "< hangup");
    call.call.end = "server";
    later([this, &call] { end(call, call.status == "in-progress" ? "completed" : "canceled"); });
  } else if (const auto twiml = value(form, "Twiml"); !twiml.empty()) {
    call.call.commands.emplace_back("transfer");
    note(call, "< transfer");
    const auto begin = twiml.find("<Number>");
    if (const auto room = room_of(twiml); !room.empty()) {
      for (const auto& entry : live_)
        if (static_cast<TwilioCall&>(*entry).room == room)
          call.call.transferred_to = entry->to;
      if (call.call.transferred_to.empty())
        call.call.violations.emplace_back("sent into an empty room");
      call.room = room;
    } else if (begin != std::string::npos)
      call.call.transferred_to = twiml.substr(begin + 8, twiml.find('<', begin + 8) - begin - 8);
    later([&call] {
      if (call.leg)
        call.leg->hang_up();  // another document: the stream stops
    });
  }
  return {200, json_of(call)};
}

}  // namespace centralita::caller

#include "server/caller/caller.h"

#include "server/caller/twilio_webhook.h"
#include "server/caller/twiml.h"
#include "server/caller/wav_file.h"
#include "server/caller/wire_simulator.h"

namespace centralita::caller {
namespace {

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;  // Twilio's own limit for TwiML

const char* way_name(CallPlan::Way way) {
  switch (way) {
    case CallPlan::Way::kWebhook:
      return "webhook";
    case CallPlan::Way::kStream:
      return "stream";
    case CallPlan::Way::kSimulator:
      return "simulator";
  }
  return "";
}

std::string to_websocket_scheme(const std::string& url) {
  return url.starts_with("http") ? "ws" + url.substr(4) : url;
}

// `url` may be relative to `base`. Empty when it is not a URL.
std::string resolve(const std::string& base, const std::string& url) {
  const OwnedString resolved(
      g_uri_resolve_relative(base.c_str(), url.c_str(), G_URI_FLAGS_ENCODED, nullptr));
  return resolved ? to_websocket_scheme(resolved.get()) : std::string();
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool is_xml_type(const std::string& type) {
  return type == "text/xml" || type == "application/xml" || type == "text/html";
}

}  // namespace

namespace {

std::string load(const Script& script, int rate_hz, Clips& clips) {
  for (const auto& file : script.files()) {
    auto samples = read_audio(file, rate_hz);
    if (!samples)
      return samples.error();
    const auto voiced = find_voiced(*samples, rate_hz);
    clips[file] =
        std::make_shared<const Clip>(Clip{.samples = std::move(*samples), .voiced = voiced});
  }
  return {};
}

}  // namespace

std::string load_clips(CallPlan& plan) { return load(plan.script, plan.rate_hz(), plan.clips); }

std::string load_more_clips(CallPlan& plan, std::initializer_list<int> rates) {
  for (const int rate : rates)
    if (auto error = load(plan.script, rate, plan.more_clips[rate]); !error.empty())
      return error;
  return {};
}

Caller::Caller(IoContext io, std::shared_ptr<const CallPlan> plan,
               std::function<void(CallReport)> done, std::shared_ptr<TimerQueue> timers)
    : io_(std::move(io)),
      plan_(std::move(plan)),
      timers_(timers ? std::move(timers) : io_.timers()),
      done_(std::move(done)),
      ids_{.stream_sid = random_sid("MZ"),
           .account_sid = random_sid("AC"),
           .call_sid = random_sid("CA")} {
  report_.way = way_name(plan_->way);
  report_.from = plan_->from;
  report_.to = plan_->to;
  report_.call_sid = ids_.call_sid;
  report_.stream_sid = ids_.stream_sid;
}

Caller::~Caller() = default;

void Caller::start() {
  began_ = io_.now();
  switch (plan_->way) {
    case CallPlan::Way::kStream:
      return connect({.url = plan_->url}, std::make_unique<TwilioWire>(ids_, plan_->parameters));
    case CallPlan::Way::kWebhook: {
      const auto fields = incoming_call_fields(ids_, plan_->from, plan_->to);
      HttpRequest request{.content_type = "application/x-www-form-urlencoded",
                          .body = form_body(fields)};
      if (!plan_->auth_token.empty())
        request.headers.emplace_back(
            "X-Twilio-Signature",
            twilio_signature(plan_->auth_token,
                             plan_->signed_url.empty() ? plan_->url : plan_->signed_url, fields));
      return post(plan_->url, std::move(request));
    }
    case CallPlan::Way::kSimulator: {
      json::Object body;
      if (!plan_->agent.empty())
        body.set("agent", plan_->agent);
      return post(without_slash(plan_->url) + "/ws/simulator/v2/start",
                  {.headers = {{"X-API-Key", plan_->admin_key}},
                   .content_type = "application/json",
                   .body = body.to_string()});
    }
  }
}

void Caller::hang_up() {
  if (leg_)
    leg_->hang_up();
  else
    fail("cancelled", "the caller hung up before the call was answered");
}

void Caller::post(const std::string& url, HttpRequest request) {
  request.url = url;
  request.deadlines = {.connect = plan_->answer_timeout,
                       .first_byte = plan_->answer_timeout,
                       .stall = plan_->answer_timeout};
  report_.webhook = WebhookOutcome{.url = url};
  request_ = HttpStream::start(
      io_, std::move(request),
      {.on_answer =
           [this](const HttpAnswer& answer) {
             report_.webhook->status = answer.status;
             answer_type_ = answer.content_type;
           },
       .on_bytes =
           [this](std::span<const std::uint8_t> bytes) {
             if (answer_body_.size() + bytes.size() > kMaxAnswerBytes)
               return fail("answer-too-long", "the answer is longer than 64 KB");
             answer_body_.append(bytes.begin(), bytes.end());
           },
       .on_end = [this] { on_posted(); },
       .on_failure =
           [this](const HttpFailure& failure) {
             fail("unreachable", "no answer from " + report_.webhook->url + ": " + failure.detail);
           }});
}

void Caller::on_posted() {
  auto& webhook = *report_.webhook;
  webhook.took_ms = std::chrono::duration<double, std::milli>(io_.now() - began_).count();
  if (webhook.status != 200) {
    webhook.answer = answer_body_.substr(0, 200);
    return fail("http-" + std::to_string(webhook.status),
                webhook.url + " answered HTTP " + std::to_string(webhook.status) +
                    (webhook.answer.empty() ? "" : ": " + webhook.answer));
  }
  if (plan_->way == CallPlan::Way::kWebhook)
    follow_twiml();
  else
    follow_simulator();
}

void Caller::follow_twiml() {
  auto& webhook = *report_.webhook;
  if (!is_xml_type(answer_type_))
    return fail("twiml", "the answer is of type '" + answer_type_ + "' and not text/xml (12300)");
  const auto twiml = parse_twiml(answer_body_);
  if (!twiml)
    return fail("twiml", "the answer is not TwiML (12100): " + twiml.error());
  webhook.answer = twiml->summary();
  const auto stream = twiml->stream();
  if (!stream)
    return fail("no-stream", "the call was not connected to a stream: " + stream.error());
  const auto url = resolve(plan_->signed_url.empty() ? plan_->url : plan_->signed_url, stream->url);
  if (url.empty())
    return fail("twiml", "the stream's URL is not valid (31923): " + stream->url);
  if (!url.starts_with("wss:"))
    report_.events.push_back(
        {0, "note", "the stream is not wss://: Twilio itself refuses (31922)"});
  LegSettings settings{.url = plan_->stream_at.empty() ? url : plan_->stream_at};
  if (!plan_->auth_token.empty())
    settings.headers.emplace_back("X-Twilio-Signature",
                                  twilio_signature(plan_->auth_token, url, {}));
  connect(std::move(settings), std::make_unique<TwilioWire>(ids_, stream->parameters));
}

void Caller::follow_simulator() {
  const auto answer = json::parse(answer_body_);
  const auto client_id = answer ? answer->object().string("client_id") : std::nullopt;
  if (!client_id)
    return fail("simulator", "the simulator's answer has no client_id");
  report_.webhook->answer = answer->object().string("status").value_or("");
  report_.stream_sid = *client_id;
  const OwnedString escaped(g_uri_escape_string(client_id->c_str(), nullptr, FALSE));
  connect({.url = to_websocket_scheme(without_slash(plan_->url)) +
                  "/ws/simulator/v2/stream?client_id=" + escaped.get(),
           .headers = {{"X-API-Key", plan_->admin_key}}},
          std::make_unique<SimulatorWire>(*client_id, ids_.call_sid));
}

void Caller::connect(LegSettings settings, std::unique_ptr<Wire> wire) {
  settings.answer_timeout = plan_->answer_timeout;
  settings.max_duration = plan_->max_duration;
  settings.keep_audio = plan_->keep_audio;
  settings.speed = plan_->speed;
  report_.setup_ms = std::chrono::duration<double, std::milli>(io_.now() - began_).count();
  ScriptPlayer player(plan_->script, plan_->clips, wire->rate_hz(), plan_->player);
  leg_ = std::make_unique<CallLeg>(io_, timers_, std::move(settings), std::move(wire),
                                   std::move(player), std::move(report_),
                                   [this](CallReport report) { finish(std::move(report)); });
  leg_->start();
}

void Caller::fail(std::string kind, std::string sentence) {
  if (ending_)
    return;
  report_.failure_kind = std::move(kind);
  report_.failure = std::move(sentence);
  request_.reset();
  ending_ = io_.after({}, [this] { finish(std::move(report_)); });
}

void Caller::finish(CallReport report) {
  if (const auto done = std::exchange(done_, nullptr))
    done(std::move(report));  // `this` may be gone now
}

}  // namespace centralita::caller

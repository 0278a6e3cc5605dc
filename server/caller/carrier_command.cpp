#include "server/caller/carrier_command.h"

#include "server/caller/http_ask.h"
#include "server/caller/simulated_telnyx.h"
#include "server/caller/simulated_twilio.h"

#include <glib-unix.h>

#include <cinttypes>
#include <csignal>
#include <cstdio>

namespace centralita::caller {
namespace {

using namespace std::chrono_literals;

// For the server to do what comes next: to command the carrier, to open the stream.
constexpr auto kServerLimit = 15s;
constexpr auto kHistoryLimit = 10s;
constexpr auto kHistoryPause = 300ms;

std::string environment_or(const char* name, std::string fallback) {
  const char* value = g_getenv(name);
  return value && *value ? value : std::move(fallback);
}

std::string account() { return environment_or("TWILIO_ACCOUNT_SID", SimulatedTwilio::kAccount); }
std::string api_key() { return environment_or("TELNYX_API_KEY", SimulatedTelnyx::kApiKey); }
std::string auth_token() { return environment_or("TWILIO_AUTH_TOKEN", "simulated-twilio-token"); }

// One run: the carrier, the call, and what is said of both.
class Run {
 public:
  Run(const CarrierOptions& options, std::shared_ptr<const CallPlan> plan, bool quiet)
      : options_(options), plan_(std::move(plan)), quiet_(quiet) {
    const auto port = static_cast<std::uint16_t>(options_.api_port());
    if (options_.name == "telnyx") {
      auto telnyx = std::make_unique<SimulatedTelnyx>(io_, api_key(), port);
      if (const auto codec = TelnyxCodec::named(options_.codec))
        telnyx->call_codecs[plan_->from] = *codec;
      telnyx->l16_big_endian = options_.big_endian;
      carrier_ = std::move(telnyx);
    } else {
      carrier_ = std::make_unique<SimulatedTwilio>(io_, auth_token(), account(), port);
    }
    carrier_->server_url = options_.server;
    carrier_->callee = options_.callee;
    carrier_->callee.plan = plan_;
    carrier_->on_moment = [this](const CarrierCall& call, const Moment& moment) {
      on_moment(call, moment);
    };
  }

  CarrierOutcome operator()() {
    if (!carrier_->listening())
      return failed("port " + std::to_string(options_.api_port()) +
                    " is in use; --listen takes another one, which the server must be told of");
    const Slot interrupt = listen_for_interrupt();
    say(options_.name + "'s REST API is at " + carrier_->url() + ", its webhooks go to " +
        options_.server);
    if (const auto reply = ask(io_, {.method = "GET", .url = options_.server + "/health"});
        reply.status != 200)
      return failed("no server answers at " + options_.server + " (" +
                    (reply.status ? "HTTP " + std::to_string(reply.status) : reply.failure) +
                    "); is it running, and is --server its address?");
    const auto done = [this](CarrierCall call) { call_ = std::move(call); };
    carrier_->on_outbound = done;
    if (!options_.outbound)
      carrier_->call(plan_, done);
    else if (const auto refused = order_call(); !refused.empty())
      return failed(refused);
    expect_progress();
    while (!call_ && failure_.empty() && !interrupted_)
      g_main_context_iteration(io_.context(), TRUE);
    CarrierOutcome outcome{.failure = failure_, .interrupted = interrupted_};
    if (!call_)
      return outcome;
    outcome.call = std::move(*call_);
    // A machine may be hung up on wherever it is in its greeting.
    auto& report = outcome.call.report;
    if (options_.outbound && options_.callee.machine() && report.failure_kind == "agent-hung-up") {
      report.failure_kind.clear();
      report.failure.clear();
    }
    if (outcome.failure.empty())
      outcome.failure = what_went_wrong(outcome.call);
    if (!quiet_)
      tell_history(outcome.call.id);
    return outcome;
  }

 private:
  CarrierOutcome failed(std::string failure) {
    return {.failure = std::move(failure), .interrupted = interrupted_};
  }

  void say(const std::string& text) const {
    if (!quiet_)
      std::printf("%s\n", text.c_str()), std::fflush(stdout);
  }

  Slot listen_for_interrupt() {
    const auto id = g_unix_signal_add(
        SIGINT,
        [](gpointer run) noexcept -> gboolean {
          static_cast<Run*>(run)->interrupted_ = true;
          return G_SOURCE_CONTINUE;
        },
        this);
    return Slot([id] { g_source_remove(id); });
  }

  // Empty, or why the server does not call.
  std::string order_call() {
    json::Object body;
    body.set("to", plan_->to).set("carrier", options_.name).set("from", plan_->from);
    if (!plan_->agent.empty())
      body.set("agent", plan_->agent);
    if (!options_.voicemail.empty()) {
      json::Object voicemail;
      voicemail.set("action", options_.voicemail);
      if (!options_.message.empty())
        voicemail.set("message", options_.message);
      body.set("voicemail", voicemail);
    }
    const auto reply = ask(io_, {.url = options_.server + "/api/v1/calls",
                                 .headers = {{"X-API-Key", plan_->admin_key}},
                                 .content_type = "application/json",
                                 .body = body.to_string()});
    if (reply.status == 202) {
      say("the server has taken the order to call " + plan_->to);
      return "";
    }
    const auto document = json::parse(reply.body);
    const auto error =
        document && document->is_object() ? document->object().object("error") : std::nullopt;
    const auto text = error ? error->string("message").value_or("") : "";
    return "the server does not place the call: " +
           (reply.status ? "HTTP " + std::to_string(reply.status) : reply.failure) +
           (text.empty() ? "" : ": " + text);
  }

  void on_moment(const CarrierCall& call, const Moment& moment) {
    char time[24];
    std::snprintf(time, sizeof time, "%8.3f s  ", moment.ms / 1000);
    say(time + moment.what + (moment.what == "< dial" ? " " + call.to : ""));
    const auto refused = [&](const char* status) { return moment.what.ends_with(status); };
    if (moment.what.starts_with("> ") && !moment.what.ends_with(" 200") &&
        !moment.what.ends_with(" 204") && failure_.empty()) {
      if (refused(" 403"))
        failure_ = "the server refuses the webhook (" + moment.what.substr(2) +
                   "). It must run with what --print-environment says";
      else if (refused(" 0"))
        failure_ = "the server did not answer the webhook (" + moment.what.substr(2) + ")";
      else
        failure_ = "the server answers a webhook with an error (" + moment.what.substr(2) + ")";
    }
    if (moment.what.starts_with("< ") || moment.what == "stream" || moment.what == "answered")
      expect_progress();
    if (moment.what == "stream" || moment.what.starts_with("over"))
      patience_.reset();
  }

  void expect_progress() {
    patience_ = io_.after(kServerLimit, [this] {
      const auto api = carrier_->url() + (options_.name == "telnyx" ? "/v2" : "");
      failure_ = "nothing happened for 15 seconds. Does the server command this carrier (" +
                 std::string(options_.name == "telnyx" ? "TELNYX" : "TWILIO") + "_API_URL=" + api +
                 ")? --print-environment says what it must run with";
    });
  }

  std::string what_went_wrong(const CarrierCall& call) const {
    if (!call.violations.empty())
      return "the carrier does not like what the server did: " + call.violations.front();
    if (call.streamed && !call.report.ok())
      return call.report.failure;
    using Kind = Callee::Kind;
    const auto kind = options_.callee.kind;
    const bool rings_only = options_.outbound && (kind == Kind::kBusy || kind == Kind::kNoAnswer);
    if (!call.streamed && call.spoken.empty() && !rings_only)
      return "the call ended without a media stream";
    if (!call.spoken.empty())
      return "the server refused the call: \"" + call.spoken + "\"";
    return "";
  }

  // As the server remembers it; needs its key.
  void tell_history(const std::string& id) {
    if (plan_->admin_key.empty() || id.empty())
      return say("ADMIN_API_KEY is not in the environment: the history is not looked at");
    const auto until = io_.now() + kHistoryLimit;
    do {
      const auto reply = ask(io_, {.method = "GET",
                                   .url = options_.server + "/api/v1/calls?limit=50",
                                   .headers = {{"X-API-Key", plan_->admin_key}}});
      if (reply.status != 200)
        return say("the history cannot be read: HTTP " + std::to_string(reply.status));
      if (const auto list = json::parse(reply.body); list && list->is_object())
        for (const auto& call : list->object().objects("calls"))
          if (call.string("provider_call_id") == id && call.string("end_time"))
            return say("history: call " + std::to_string(call.integer("id").value_or(0)) + ", " +
                       call.string("status").value_or("") + ", " +
                       call.string("end_cause").value_or("") +
                       (call.string("error").value_or("").empty()
                            ? ""
                            : ": " + call.string("error").value_or("")));
      bool over = false;
      const auto pause = io_.after(kHistoryPause, [&over] { over = true; });
      while (!over) g_main_context_iteration(io_.context(), TRUE);
    } while (io_.now() < until && !interrupted_);
    say("history: the call has not appeared as ended");
  }

  const CarrierOptions options_;
  const std::shared_ptr<const CallPlan> plan_;
  const bool quiet_;
  const IoContext io_{Ref<GMainContext>::share(g_main_context_default()),
                      IoContext::make_session()};
  std::unique_ptr<SimulatedCarrier> carrier_;
  std::optional<CarrierCall> call_;
  std::string failure_;
  bool interrupted_ = false;
  Slot patience_;
};

}  // namespace

std::string carrier_environment(const CarrierOptions& options) {
  const auto url = "http://127.0.0.1:" + std::to_string(options.api_port());
  if (options.name == "twilio")
    return "TWILIO_API_URL=" + url + "\nTWILIO_ACCOUNT_SID=" + account() +
           "\nTWILIO_AUTH_TOKEN=" + auth_token() + "\n";
  return "TELNYX_API_URL=" + url + "/v2\nTELNYX_API_KEY=" + api_key() +
         "\nTELNYX_PUBLIC_KEY=" + SimulatedTelnyx::public_key_of(api_key()) +
         "\nTELNYX_CONNECTION_ID=" + SimulatedTelnyx::kConnection + "\n";
}

CarrierOutcome place_carrier_call(const CarrierOptions& options,
                                  std::shared_ptr<const CallPlan> plan, bool quiet) {
  return Run(options, std::move(plan), quiet)();
}

std::string to_text(const CarrierCall& call) {
  std::string text = call.streamed ? to_text(call.report) : "call " + call.id + "\n";
  const auto list = [&](const char* what, const std::vector<std::string>& items) {
    text += std::string("  ") + what + ":";
    for (const auto& item : items) text += (&item == &items.front() ? " " : ", ") + item;
    text += items.empty() ? " none\n" : "\n";
  };
  list("commands of the server", call.commands);
  list("what a carrier would not like", call.violations);
  if (!call.spoken.empty())
    text += "  said by the carrier: \"" + call.spoken + "\"\n";
  if (!call.transferred_to.empty())
    text += "  transferred to " + call.transferred_to + "\n";
  if (!call.noise_suppression.empty())
    text += "  noise suppression: " + call.noise_suppression + "\n";
  return text + "  ended by the " + (call.end.empty() ? "carrier" : call.end) + "\n";
}

std::string to_json(const CarrierCall& call) {
  auto object = json::Object();
  if (const auto report = json::parse(to_json(call.report)); report && report->is_object())
    object = report->object();
  json::Array moments, commands, violations;
  for (const auto& moment : call.moments)
    moments.add(json::Object().set("ms", moment.ms).set("what", moment.what));
  for (const auto& command : call.commands) commands.add(std::string_view(command));
  for (const auto& violation : call.violations) violations.add(std::string_view(violation));
  object.set("carrier", json::Object()
                            .set("call", call.id)
                            .set("ended_by", call.end)
                            .set("moments", moments)
                            .set("commands", commands)
                            .set("violations", violations));
  return object.to_string();
}

}  // namespace centralita::caller

#include "tests/calls/carriers_world.h"

#include <algorithm>

namespace centralita {

using namespace caller;

World::World()
    : stack({{"TELNYX_PUBLIC_KEY", telnyx.public_key()},
             {"TELNYX_API_KEY", SimulatedTelnyx::kApiKey},
             {"TELNYX_API_URL", telnyx.url() + "/v2"},
             {"TELNYX_CONNECTION_ID", SimulatedTelnyx::kConnection},
             {"TELNYX_FROM_NUMBER", "+12125550100"},
             {"TELNYX_CODEC", "PCMU"},
             {"TWILIO_ACCOUNT_SID", SimulatedTwilio::kAccount},
             {"TWILIO_API_URL", twilio.url()},
             {"TWILIO_FROM_NUMBER", "+12125550101"},
             {"OUTBOUND_MAX_CONCURRENT", "20"},
             // A machine that has other things to do beside the tests is no reason to refuse calls.
             {"OUTBOUND_ALLOWED_PREFIXES", "+52"}}) {
  for (SimulatedCarrier* carrier : carriers()) {
    carrier->server_url = stack.url();
    carrier->repeat_webhooks = true;
  }
  stack.configure("first_message", "\"Buenos días, le habla la recepción.\"");  // short
}

World& world() {
  static auto* const shared = new World;
  return *shared;
}

void wait_until(const std::function<bool()>& done) {
  while (!done()) g_main_context_iteration(nullptr, TRUE);
}

void wait_for(std::chrono::nanoseconds time) {
  bool over = false;
  const auto timer = world().io.after(time, [&over] { over = true; });
  wait_until([&over] { return over; });
}

Scenario& Calls::add(SimulatedCarrier* carrier) {
  static int number = 0;
  auto& scenario = scenarios_.emplace_back();
  scenario.carrier = carrier;
  char digits[16];
  std::snprintf(digits, sizeof digits, "%06d", ++number);
  scenario.from = std::string("+525500") + digits;
  scenario.to = std::string("+525599") + digits;
  return scenario;
}

Scenario& Calls::inbound(SimulatedCarrier* carrier, const std::string& script, int rate_hz,
                         const std::string& server, const std::optional<TelnyxCodec>& codec,
                         const std::optional<double>& noise_dbfs) {
  auto& scenario = add(carrier);
  auto plan = world().stack.plan(script, CallPlan::Way::kWebhook, "default", rate_hz);
  plan->from = scenario.from;
  plan->to = scenario.to;
  plan->player.noise_dbfs = noise_dbfs;
  if (codec)
    world().telnyx.call_codecs[scenario.from] = *codec;
  carrier->server_url = server.empty() ? world().stack.url() : server;
  carrier->call(std::move(plan), [&scenario](CarrierCall call) {
    scenario.call = std::move(call);
    scenario.done = true;
  });
  carrier->server_url = world().stack.url();
  return scenario;
}

Scenario& Calls::outbound(SimulatedCarrier* carrier, Callee callee, const std::string& script,
                          const std::string& voicemail) {
  auto& scenario = add(carrier);
  callee.plan = world().stack.plan(script, CallPlan::Way::kWebhook, "default");
  carrier->callees[scenario.to] = std::move(callee);
  carrier->on_outbound = [this](CarrierCall call) {
    for (auto& each : scenarios_)
      if (each.to == call.to) {
        each.call = std::move(call);
        each.done = true;
        return;
      }
  };
  auto& stack = world().stack;
  const auto reply = stack.post(stack.url() + "/api/v1/calls",
                                std::string(R"({"to":")") + scenario.to + R"(","carrier":")" +
                                    world().name_of(carrier) + R"(","client_state":"lead 7 <&>")" +
                                    (voicemail.empty() ? "" : ",\"voicemail\":") + voicemail + "}",
                                {{"X-API-Key", Stack::kAdminKey}});
  EXPECT_EQ(reply.status, 202) << reply.body;
  scenario.done = reply.status != 202;  // nobody is called
  return scenario;
}

void Calls::wait() {
  wait_until([this] {
    return std::all_of(scenarios_.begin(), scenarios_.end(),
                       [](const Scenario& scenario) { return scenario.done; });
  });
}

void Calls::greet_once() {
  inbound(&world().twilio, "wait-for-agent; hang-up");
  wait();
}

json::Object Calls::history(const Scenario& scenario) const {
  return world().stack.history(scenario.call.id);
}

std::string said(const CarrierCall& call) {
  std::string all =
      ::testing::PrintToString(call.commands) + ::testing::PrintToString(call.violations) + "\n";
  for (const auto& moment : call.moments)
    all += std::to_string(moment.ms) + " " + moment.what + "\n";
  if (call.streamed)
    all += to_text(call.report);
  return all + world().stack.server().output();
}

long count(const std::vector<std::string>& items, const std::string& item) {
  return std::count(items.begin(), items.end(), item);
}

std::string live_call(const std::string& from) {
  std::string id;
  wait_until([&] {
    const auto list = json::parse(world().stack.get("/api/v1/calls?limit=30").body)->object();
    for (const auto& entry : list.objects("calls"))
      if (entry.string("status") == "active" && entry.string("from") == from)
        id = entry.string("provider_call_id").value_or("");
    return !id.empty();
  });
  return id;
}

HttpReply steer(const std::string& id, const std::string& order) {
  auto& stack = world().stack;
  return stack.post(stack.url() + "/api/v1/live-calls/" + id, order,
                    {{"X-API-Key", Stack::kAdminKey}});
}

}  // namespace centralita

#include "pipelines/toolbox.h"

#include "pipelines/tool_arguments.h"
#include "plugins/base/date_ref.h"

#include <algorithm>
#include <utility>

namespace centralita {
namespace {

constexpr char kEndCall[] = "end_call";
constexpr char kScheduleCallback[] = "schedule_callback";
constexpr char kOk[] = "ok", kFailed[] = "failed", kRefused[] = "refused";
constexpr char kTransferCall[] = "transfer_call";
constexpr char kSendDtmf[] = "send_dtmf";
constexpr char kKeys[] =
    R"({"type":"object","properties":{"digits":{"type":"string",)"
    R"("description":"1 to 32 of 0-9 * # A-D; w is a pause of half a second"}},)"
    R"("required":["digits"],"additionalProperties":false})";
constexpr char kNoLine[] =
    "This conversation is in a browser and not on a telephone, so that cannot be done here.";
constexpr std::size_t kMostKeys = 32;
constexpr char kHidden[] = "***";
constexpr char kNothing[] = R"({"type":"object","properties":{},"additionalProperties":false})";
constexpr char kCallback[] =
    R"({"type":"object","properties":{)"
    R"("at":{"type":"string","description":"When, in ISO 8601 with the offset of the caller's time zone: 2026-03-05T16:30:00-06:00"},)"
    R"("number":{"type":"string","description":"Telephone number, when it is not the one of this call"},)"
    R"("note":{"type":"string","description":"What it is about, in one sentence"}},)"
    R"("required":["at"],"additionalProperties":false})";

json::Object function_of(const std::string& name, const std::string& description,
                         const std::string& parameters) {
  auto function = json::Object().set("name", name).set("description", description);
  if (const auto schema = json::parse(parameters))
    function.set("parameters", schema->object());
  return json::Object().set("type", "function").set("function", function);
}

// The arguments as JSON where they are, else as the text they are.
void set_arguments(json::Object& event, const std::string& arguments) {
  if (const auto document = json::parse(arguments); document && document->is_object())
    event.set("arguments", document->object());
  else
    event.set("arguments", arguments);
}

// What no log shows is gone from the arguments; what is no JSON is gone whole, as nobody knows
// what is in it.
std::string without(const std::vector<std::string>& hidden, const std::string& arguments) {
  if (hidden.empty())
    return arguments;
  const auto document = json::parse(arguments);
  if (!document || !document->is_object())
    return kHidden;
  auto object = document->object();
  for (const auto& name : hidden)
    if (object.has(name.c_str()))
      object.set(name.c_str(), kHidden);
  return object.to_string();
}

std::string transferred_to(const std::string& name) {
  return "The caller has been transferred to " + name + ".";
}

std::string wrong_arguments(const std::string& why) {
  return "Error: the arguments are wrong: " + why + ". Nothing was done.";
}

// The model knows whom it calls by name.
std::string without_number(std::string text, const TransferOrder& order) {
  for (auto at = text.find(order.to); at != std::string::npos; at = text.find(order.to))
    text.replace(at, order.to.size(), order.name);
  return text;
}

bool is_telephone_number(const std::string& text) {
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return g_ascii_isdigit(c); });
  return digits >= 3 && digits <= 15 &&
         text.find_first_not_of("+0123456789 -().") == std::string::npos;
}

}  // namespace

Toolbox::Toolbox(IoContext io, const AgentConfig& agent, std::string session_id, Handlers handlers,
                 TelephoneLine* line)
    : io_(std::move(io)),
      end_call_(agent.end_call_enabled),
      schedule_callback_(agent.schedule_callback_enabled),
      send_dtmf_(agent.send_dtmf_enabled),
      transfer_to_(agent.transfer_whitelist),
      transfer_message_(agent.transfer_message),
      transfer_{.to = "",
                .warm = agent.transfer_mode == "warm",
                .ring_seconds = static_cast<int>(
                    std::chrono::duration_cast<std::chrono::seconds>(agent.transfer_ring).count())},
      redacted_(agent.redact_params),
      tools_(agent.tools),
      session_id_(std::move(session_id)),
      handlers_(std::move(handlers)),
      line_(line) {}

std::string Toolbox::description() const {
  json::Array all;
  if (end_call_)
    all.add(function_of(kEndCall,
                        "Hang up the telephone. Call it only when the conversation is over and "
                        "the caller has said goodbye.",
                        kNothing));
  if (schedule_callback_)
    all.add(function_of(kScheduleCallback,
                        "Note that the caller wants to be called back at a certain time. Call it "
                        "only when the caller has agreed to day and time.",
                        kCallback));
  if (!transfer_to_.empty())
    all.add(function_of(kTransferCall,
                        "Hand the caller to a person or department. Call it only when the caller "
                        "wants to be transferred, or agrees to it. The caller is told before.",
                        transfer_parameters()));
  if (send_dtmf_)
    all.add(function_of(kSendDtmf,
                        "Press keys of the telephone, for example to choose in the menu of a "
                        "machine that has answered.",
                        kKeys));
  for (const auto& tool : tools_)
    all.add(function_of(tool.name, tool.description, tool.parameters));
  return all.size() == 0 ? "" : all.to_string();
}

bool Toolbox::is_end_call(const std::string& name) const { return end_call_ && name == kEndCall; }

void Toolbox::run(std::uint32_t turn, const std::string& id, const std::string& name,
                  const std::string& arguments) {
  Run run{.turn = turn, .id = id, .name = name, .arguments = arguments, .began = io_.now()};
  if (schedule_callback_ && name == kScheduleCallback)
    return schedule_callback(std::move(run));
  if (!transfer_to_.empty() && name == kTransferCall)
    return transfer(std::move(run));
  if (send_dtmf_ && name == kSendDtmf)
    return send_dtmf(std::move(run));
  const auto tool = std::find_if(tools_.begin(), tools_.end(),
                                 [&](const HttpTool& other) { return other.name == name; });
  if (tool == tools_.end())
    return answer(std::move(run), kRefused, "There is no such tool.");
  ask_service(*tool, std::move(run));
}

void Toolbox::schedule_callback(Run run) {
  const auto refuse = [&](const std::string& why) {
    answer(std::move(run), kRefused, wrong_arguments(why));
  };
  const auto given = check_arguments(kCallback, run.arguments);
  if (!given)
    return refuse(given.error());
  const auto at = given->string("at").value_or("");
  // Without an offset it parses as nothing: a time that nobody can tell where is no appointment.
  const auto time = Ref<GDateTime>::adopt(g_date_time_new_from_iso8601(at.c_str(), nullptr));
  if (!time)
    return refuse(
        "/at must be a date and time in ISO 8601 with an offset, such as "
        "2026-03-05T16:30:00-06:00; it is \"" +
        at + "\"");
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(io_.wall().time_since_epoch());
  if (g_date_time_to_unix(time.get()) <= now.count())
    return refuse("/at is in the past: " + at);
  const auto number = given->string("number");
  if (number && !is_telephone_number(*number))
    return refuse("/number is no telephone number: \"" + *number + "\"");
  handlers_.on_event("callback", json::Object()
                                     .set("at", at)
                                     .set("number", number)
                                     .set("note", given->string("note"))
                                     .to_string());
  answer(std::move(run), kOk, "Noted: the caller is to be called back at " + at + ".");
}

std::string Toolbox::transfer_parameters() const {
  json::Array names;
  for (const auto& [name, number] : transfer_to_) names.add(name);
  return json::Object()
      .set("type", "object")
      .set("properties",
           json::Object().set("destination", json::Object()
                                                 .set("type", "string")
                                                 .set("enum", names)
                                                 .set("description", "Whom to hand the caller to")))
      .set("required", json::Array().add("destination"))
      .set("additionalProperties", false)
      .to_string();
}

void Toolbox::transfer(Run run) {
  const auto given = check_arguments(transfer_parameters(), run.arguments);
  if (!given)
    return answer(std::move(run), kRefused, wrong_arguments(given.error()));
  const auto name = given->string("destination").value_or("");
  if (!line_)
    return answer(std::move(run), kFailed, kNoLine);
  auto order = transfer_;
  order.to = transfer_to_.at(name);
  order.name = name;
  const auto begun = begin(std::move(run));
  const auto ordered = [this, alive = std::weak_ptr(alive_), begun,
                        order](const Result<bool>& result) {
    if (alive.expired())
      return;
    if (!result)
      finish(begun, kFailed,
             "The transfer to " + order.name + " failed: " + without_number(result.error(), order) +
                 " The caller is still here: say so, and offer something else.");
    else if (order.warm)
      finish(begun, kOk,
             order.name +
                 " is being called. The caller stays with you until they answer, and you are told "
                 "when they do not: say that they are being put through.");
    else
      finish(begun, kOk, transferred_to(order.name));
  };
  handlers_.say_first(transfer_message_, [this, begun, order, ordered](bool heard) {
    if (heard)
      line_->transfer(order, ordered);
    else
      finish(begun, kRefused, "The caller spoke, so nobody was transferred.");
  });
}

void Toolbox::send_dtmf(Run run) {
  const auto given = check_arguments(kKeys, run.arguments);
  const auto digits = given ? given->string("digits").value_or("") : "";
  if (!given)
    return answer(std::move(run), kRefused, wrong_arguments(given.error()));
  if (digits.empty() || digits.size() > kMostKeys ||
      digits.find_first_not_of("0123456789*#ABCDabcdwW,") != std::string::npos)
    return answer(
        std::move(run), kRefused,
        wrong_arguments("/digits must be 1 to 32 of 0-9 * # A-D w; it is \"" + digits + "\""));
  if (!line_)
    return answer(std::move(run), kFailed, kNoLine);
  const auto begun = begin(std::move(run));
  line_->send_dtmf(digits,
                   [this, alive = std::weak_ptr(alive_), begun](const Result<bool>& result) {
                     if (alive.expired())
                       return;
                     if (result)
                       finish(begun, kOk, "The keys have been pressed.");
                     else
                       finish(begun, kFailed, "The keys could not be pressed: " + result.error());
                   });
}

bool Toolbox::is_service(const std::string& name) const {
  return std::any_of(tools_.begin(), tools_.end(),
                     [&](const HttpTool& tool) { return tool.name == name; });
}

void Toolbox::ask_service(const HttpTool& tool, Run run) {
  const auto given = check_arguments(tool.parameters, run.arguments);
  if (!given)
    return answer(std::move(run), kRefused, wrong_arguments(given.error()));
  const ToolCaller caller{.session_id = session_id_, .turn = run.turn};
  const auto begun = begin(std::move(run));
  requests_[begun] =
      ToolRequest::start(io_, tool, caller, *given, [this, begun](const ToolOutcome& outcome) {
        const auto request = requests_.extract(begun);  // it ends when this is over
        const auto result = outcome.result;
        finish(begun, outcome.ok ? kOk : kFailed, result,
               json::Object().set("status", outcome.status).set("tries", outcome.tries));
      });
}

std::uint64_t Toolbox::begin(Run run) {
  begun_[++last_begun_] = std::move(run);
  return last_begun_;
}

void Toolbox::finish(std::uint64_t number, const char* outcome, const std::string& result,
                     json::Object event) {
  if (auto run = begun_.extract(number))
    answer(std::move(run.mapped()), outcome, result, std::move(event));
}

void Toolbox::call_over(bool transferred) {
  requests_.clear();
  for (auto& [number, run] : std::exchange(begun_, {})) {
    const bool moved = transferred && run.name == kTransferCall;
    const auto to = moved ? json::parse(run.arguments) : Unexpected(std::string());
    answer(std::move(run), moved ? kOk : kFailed,
           to ? transferred_to(to->object().string("destination").value_or(""))
              : "The call ended before there was an answer.");
  }
}

void Toolbox::answer(Run run, const char* outcome, const std::string& result, json::Object more) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  run.ok = outcome == kOk;
  run.result = result;
  run.arguments = without(redacted_, run.arguments);
  auto event = json::Object().set("name", run.name).set("outcome", outcome);
  event.set("duration_ms",
            static_cast<std::int64_t>(duration_cast<milliseconds>(io_.now() - run.began).count()));
  for (const auto& name : more.names())
    event.set_node(name.c_str(), Ref<JsonNode>::adopt(json_node_copy(more.node(name.c_str()))));
  set_arguments(event, run.arguments);
  const auto handlers = handlers_;  // a handler may end the Toolbox
  handlers.on_event("tool", event.to_string());
  handlers.on_finished(run);
  handlers.on_result(run.id, run.result);
}

}  // namespace centralita

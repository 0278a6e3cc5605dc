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

std::string wrong_arguments(const std::string& why) {
  return "Error: the arguments are wrong: " + why + ". Nothing was done.";
}

bool is_telephone_number(const std::string& text) {
  const auto digits =
      std::count_if(text.begin(), text.end(), [](char c) { return g_ascii_isdigit(c); });
  return digits >= 3 && digits <= 15 &&
         text.find_first_not_of("+0123456789 -().") == std::string::npos;
}

}  // namespace

Toolbox::Toolbox(IoContext io, const AgentConfig& agent, std::string session_id, Handlers handlers)
    : io_(std::move(io)),
      end_call_(agent.end_call_enabled),
      schedule_callback_(agent.schedule_callback_enabled),
      tools_(agent.tools),
      session_id_(std::move(session_id)),
      handlers_(std::move(handlers)) {}

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

void Toolbox::ask_service(const HttpTool& tool, Run run) {
  const auto given = check_arguments(tool.parameters, run.arguments);
  if (!given)
    return answer(std::move(run), kRefused, wrong_arguments(given.error()));
  const auto number = ++last_request_;
  const ToolCaller caller{.session_id = session_id_, .turn = run.turn};
  requests_[number] = ToolRequest::start(
      io_, tool, caller, *given, [this, number, run = std::move(run)](const ToolOutcome& outcome) {
        const auto slot = std::move(requests_.at(number));  // it ends when this is over
        const auto finished = run;
        const auto result = outcome.result;
        requests_.erase(number);
        answer(finished, outcome.ok ? kOk : kFailed, result,
               json::Object().set("status", outcome.status).set("tries", outcome.tries));
      });
}

void Toolbox::answer(Run run, const char* outcome, const std::string& result, json::Object more) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  run.ok = outcome == kOk;
  run.result = result;
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

#include "server/replay/recorded_call.h"

#include "plugins/base/ref.h"
#include "server/caller/voicing.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <sstream>

namespace centralita::replay {
namespace {

struct Stage {
  const char* name;
  std::optional<int> TurnTimings::*member;
};
constexpr std::array kStages = {Stage{"response_ms", &TurnTimings::response},
                                Stage{"endpointing_ms", &TurnTimings::endpointing},
                                Stage{"stt_ms", &TurnTimings::stt},
                                Stage{"llm_first_token_ms", &TurnTimings::llm_first_token},
                                Stage{"llm_first_clause_ms", &TurnTimings::llm_first_clause},
                                Stage{"tts_first_byte_ms", &TurnTimings::tts_first_byte},
                                Stage{"queue_ms", &TurnTimings::queue},
                                Stage{"heard_ms", &TurnTimings::heard}};

std::optional<gint64> wall_us(const std::optional<std::string>& text) {
  if (!text)
    return std::nullopt;
  GDateTime* time = g_date_time_new_from_iso8601(text->c_str(), nullptr);
  if (!time)
    return std::nullopt;
  const auto us = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
  g_date_time_unref(time);
  return us;
}

std::string iso(milliseconds since_1970) {
  GDateTime* time = g_date_time_new_from_unix_utc(since_1970.count() / 1000);
  const OwnedString seconds(g_date_time_format(time, "%Y-%m-%dT%H:%M:%S"));
  g_date_time_unref(time);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(since_1970.count() % 1000));
  return seconds.get() + std::string(fraction);
}

std::string text_of(const json::Object& object, const char* name) {
  if (auto text = object.string(name))
    return *text;
  const auto inner = object.object(name);  // arguments are shown as the object they are
  return inner ? inner->to_string() : "";
}

milliseconds ms_of(const json::Object& object, const char* name) {
  return milliseconds(static_cast<std::int64_t>(object.number(name).value_or(0)));
}

// Of what the agent said, whether the model had been asked for it: the caller, or a tool, came
// before.
bool answers(const RecordedCall& call, std::size_t turn) {
  if (turn == 0)
    return false;
  if (call.turns[turn - 1].role == Role::kCaller)
    return true;
  return std::any_of(call.tools.begin(), call.tools.end(), [&](const auto& tool) {
    return tool.at >= call.turns[turn - 1].begin && tool.at <= call.turns[turn].begin;
  });
}

// The words of a turn one by one, evenly over its voiced time: where each was said is not recorded.
void add_words(const RecordedCall::TurnOf& turn, std::span<const std::int16_t> line,
               milliseconds offset, std::optional<milliseconds> delay,
               std::vector<SpokenWords>& words) {
  std::vector<milliseconds> voiced;
  for (auto at = turn.begin; at < turn.begin + turn.length; at += caller::kFrame) {
    const auto sample =
        static_cast<std::size_t>(std::max(at - offset, milliseconds(0)).count()) * kRate / 1000;
    if (sample + kFrameSamples <= line.size() &&
        caller::is_voiced(line.subspan(sample, kFrameSamples)))
      voiced.push_back(at);
  }
  std::istringstream text(turn.content);
  const std::vector<std::string> single{std::istream_iterator<std::string>(text), {}};
  for (std::size_t i = 0; i < single.size(); ++i) {
    const auto at = voiced.empty() ? turn.begin + turn.length / 2
                                   : voiced[(2 * i + 1) * voiced.size() / (2 * single.size())];
    words.push_back({at, at + caller::kFrame, single[i], delay});
  }
}

std::optional<milliseconds> time_of(const std::optional<int>& stage) {
  return stage && *stage > 0 ? std::optional(milliseconds(*stage)) : std::nullopt;
}

// How fast the voice spoke, where it was heard to the end; elsewhere as it did on average.
void add_voice(const RecordedCall& call, Scenario& scenario) {
  milliseconds time{0};
  long characters = 0;
  const auto letters = [](const auto& turn) { return g_utf8_strlen(turn.content.c_str(), -1); };
  const auto whole = [&](const auto& turn) {
    return !turn.interrupted && letters(turn) > 0 && turn.length > milliseconds(0);
  };
  for (const auto& turn : call.turns)
    if (turn.role == Role::kAgent && whole(turn)) {
      time += turn.length;
      characters += letters(turn);
    }
  if (characters > 0)
    scenario.character = static_cast<double>(time.count()) / static_cast<double>(characters);
  for (const auto& turn : call.turns)
    if (turn.role == Role::kAgent)
      scenario.voice.push_back({.text = turn.whole(),
                                .character = whole(turn)
                                                 ? static_cast<double>(turn.length.count()) /
                                                       static_cast<double>(letters(turn))
                                                 : scenario.character,
                                .delay = time_of(turn.timings.tts_first_byte)});
}

// How the carrier, and whoever it rang, answered the model's order.
void add_carrier(const RecordedCall& call, const RecordedCall::ToolUse& order, Scenario& scenario) {
  constexpr milliseconds kCarrier{300};  // of the order's time the most is what was said before it
  scenario.carrier = {std::min(order.duration, kCarrier), order.ok ? "" : order.result};
  std::optional<milliseconds> rings;
  for (const auto& event : call.events)
    if (event.name == "other-party-rings")
      rings = event.at;
    else if (rings && (event.name == "transfer-connected" || event.name == "transfer-failed"))
      scenario.other_party = {event.at - *rings,
                              event.name == "transfer-failed" ? event.detail : ""};
  const auto arguments = json::parse(order.arguments);
  const auto to = arguments && arguments->is_object() ? arguments->object().string("destination")
                                                      : std::nullopt;
  if (to)  // nobody is called: the number does not matter where the settings are not known
    scenario.agent.transfer_whitelist.emplace(*to, "+10000000");
}

}  // namespace

std::optional<int> RecordedCall::median(std::optional<int> TurnTimings::*stage) const {
  std::vector<int> values;
  for (const auto& turn : turns)
    if (const auto value = turn.timings.*stage; value && *value > 0)
      values.push_back(*value);
  if (values.empty())
    return std::nullopt;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

Result<RecordedCall> read_recorded_call(std::string_view text) {
  const auto document = json::parse(text);
  if (!document || !document->is_object())
    return Unexpected(std::string("the timeline is no JSON object"));
  const auto root = document->object();
  const auto head = root.object("call");
  const auto start = head ? wall_us(head->string("start_time")) : std::nullopt;
  if (!start)
    return Unexpected(
        std::string("the timeline has no call.start_time: it must be the answer of GET "
                    "/api/v1/calls/{id}, whole"));
  RecordedCall call;
  call.client_type = head->string("client_type").value_or("twilio");
  for (const auto& turn : root.objects("transcripts")) {
    RecordedCall::TurnOf read{
        .role = turn.string("role") == "user" ? Role::kCaller : Role::kAgent,
        .content = turn.string("content").value_or(""),
        .generated = turn.string("generated").value_or(""),
        .interrupted = turn.boolean("interrupted").value_or(false),
        .begin = milliseconds((wall_us(turn.string("timestamp")).value_or(*start) - *start) / 1000),
        .length = ms_of(turn, "duration_ms")};
    if (const auto timings = turn.object("timings"))
      for (const auto& stage : kStages)
        if (const auto value = timings->integer(stage.name))
          read.timings.*stage.member = static_cast<int>(*value);
    call.turns.push_back(std::move(read));
  }
  for (const auto& event : root.objects("events"))
    call.events.push_back({.at = ms_of(event, "since_start_ms"),
                           .name = event.string("name").value_or(""),
                           .detail = text_of(event, "detail")});
  for (const auto& tool : root.objects("tool_calls"))
    call.tools.push_back({.at = ms_of(tool, "since_start_ms"),
                          .duration = ms_of(tool, "duration_ms"),
                          .name = tool.string("name").value_or(""),
                          .arguments = text_of(tool, "arguments"),
                          .result = text_of(tool, "result"),
                          .ok = tool.boolean("ok").value_or(true)});
  return call;
}

json::Object to_json(const RecordedCall& call) {
  json::Array turns, events, tools;
  for (const auto& turn : call.turns) {
    json::Object timings;
    for (const auto& stage : kStages)
      if (const auto value = turn.timings.*stage.member)
        timings.set(stage.name, *value);
    turns.add(json::Object()
                  .set("role", name_of(turn.role))
                  .set("content", turn.content)
                  .set("generated", turn.generated)
                  .set("interrupted", turn.interrupted)
                  .set("timestamp", iso(turn.begin))
                  .set("duration_ms", static_cast<std::int64_t>(turn.length.count()))
                  .set("timings", timings));
  }
  for (const auto& event : call.events)
    events.add(json::Object()
                   .set("name", event.name)
                   .set("detail", event.detail)
                   .set("since_start_ms", static_cast<std::int64_t>(event.at.count())));
  for (const auto& tool : call.tools)
    tools.add(json::Object()
                  .set("name", tool.name)
                  .set("arguments", tool.arguments)
                  .set("result", tool.result)
                  .set("ok", tool.ok)
                  .set("duration_ms", static_cast<std::int64_t>(tool.duration.count()))
                  .set("since_start_ms", static_cast<std::int64_t>(tool.at.count())));
  return json::Object()
      .set("call", json::Object()
                       .set("client_type", call.client_type)
                       .set("start_time", iso(milliseconds(0))))
      .set("transcripts", turns)
      .set("events", events)
      .set("tool_calls", tools);
}

Scenario scenario_of(const RecordedCall& call, Samples line, milliseconds offset,
                     AgentConfig agent) {
  Scenario scenario;
  scenario.agent = std::move(agent);
  scenario.agent.tools.clear();  // nobody's services are called again
  const auto delay = [&](ProviderScript& script, std::optional<int> TurnTimings::*stage) {
    if (const auto median = call.median(stage))
      script.delay = milliseconds(*median);
  };
  delay(scenario.stt, &TurnTimings::stt);
  delay(scenario.llm, &TurnTimings::llm_first_token);
  delay(scenario.tts, &TurnTimings::tts_first_byte);
  scenario.line = std::move(line);
  scenario.line_offset = offset;
  scenario.otherwise = "Muy bien.";
  add_voice(call, scenario);

  std::string said;
  auto tool = call.tools.begin();
  for (std::size_t i = 0; i < call.turns.size(); ++i) {
    const auto& turn = call.turns[i];
    if (turn.role == Role::kCaller) {
      const bool answered = i + 1 < call.turns.size() && call.turns[i + 1].role == Role::kAgent;
      const auto stt = answered ? time_of(call.turns[i + 1].timings.stt) : std::nullopt;
      add_words(turn, scenario.line, offset, stt, scenario.line_words);
      said = turn.content;
      continue;
    }
    bool used_tool = false;
    for (; tool != call.tools.end() && tool->at <= turn.begin; ++tool) {
      used_tool = true;
      scenario.answers.push_back(
          {.for_words = said, .tool = tool->name, .arguments = tool->arguments});
      if (tool->name == "transfer_call" || tool->name == "send_dtmf")
        add_carrier(call, *tool, scenario);
      else if (tool->name != "end_call" && tool->name != "schedule_callback")
        scenario.services[tool->name] = {tool->duration, tool->ok ? 200 : 500, tool->result};
    }
    if (answers(call, i))
      scenario.answers.push_back(
          {.for_words = said,
           .text = turn.whole(),
           // With a tool before it, it is of more than one request.
           .delay = used_tool ? std::nullopt : time_of(turn.timings.llm_first_token)});
    else if (i == 0 && scenario.agent.first_message.empty())
      scenario.agent.first_message = turn.whole();
  }
  return scenario;
}

}  // namespace centralita::replay

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
               milliseconds offset, std::vector<SpokenWords>& words) {
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
    words.push_back({at, at + caller::kFrame, single[i]});
  }
}

struct Line {
  milliseconds at{0};
  std::string key;   // what must be the same to be the same decision
  std::string what;  // as it is shown
};

// Durations in a detail are no part of what was decided.
std::string without_numbers(const std::string& text) {
  std::string out;
  for (const char c : text)
    if (!g_ascii_isdigit(c))
      out += c;
  return out;
}

std::vector<Line> lines_of(const RecordedCall& call) {
  std::vector<Line> lines;
  for (const auto& event : call.events) {
    const auto what = event.name + (event.detail.empty() ? "" : ": " + event.detail);
    lines.push_back({event.at, without_numbers(what), what});
  }
  for (const auto& turn : call.turns) {
    const auto what = std::string(turn.role == Role::kCaller ? "caller" : "agent") + ": \"" +
                      turn.content + "\"" + (turn.interrupted ? ", interrupted" : "");
    lines.push_back({turn.begin, what, what});
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.at < b.at; });
  return lines;
}

std::string column(const std::optional<milliseconds>& time) {
  char text[24];
  if (time)
    std::snprintf(text, sizeof text, "%9lld", static_cast<long long>(time->count()));
  else
    std::snprintf(text, sizeof text, "%9s", "-");
  return text;
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

  std::string said;
  auto tool = call.tools.begin();
  for (std::size_t i = 0; i < call.turns.size(); ++i) {
    const auto& turn = call.turns[i];
    if (turn.role == Role::kCaller) {
      add_words(turn, scenario.line, offset, scenario.line_words);
      said = turn.content;
      continue;
    }
    for (; tool != call.tools.end() && tool->at <= turn.begin; ++tool) {
      scenario.answers.push_back(
          {.for_words = said, .tool = tool->name, .arguments = tool->arguments});
      if (tool->name != "end_call" && tool->name != "schedule_callback")
        scenario.services[tool->name] = {tool->duration, tool->ok ? 200 : 500, tool->result};
    }
    if (answers(call, i))
      scenario.answers.push_back({.for_words = said, .text = turn.whole()});
    else if (i == 0 && scenario.agent.first_message.empty())
      scenario.agent.first_message = turn.whole();
  }
  return scenario;
}

std::vector<Compared> compare(const RecordedCall& before, const RecordedCall& after) {
  const auto a = lines_of(before), b = lines_of(after);
  // The longest row of decisions that both have.
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i].key == b[j].key ? common[i + 1][j + 1] + 1
                                          : std::max(common[i + 1][j], common[i][j + 1]);
  std::vector<Compared> lines;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i].key == b[j].key) {
      lines.push_back({a[i].at, b[j].at, b[j].what});
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      lines.push_back({a[i].at, std::nullopt, a[i].what});
      ++i;
    } else {
      lines.push_back({std::nullopt, b[j].at, b[j].what});
      ++j;
    }
  }
  return lines;
}

std::string to_text(const std::vector<Compared>& lines, bool differences) {
  constexpr milliseconds kSame{20};
  std::string text = " recorded  replayed\n";
  int same = 0, moved = 0, gone = 0, added = 0;
  for (const auto& line : lines) {
    const bool both = line.before && line.after;
    const auto by = both ? *line.after - *line.before : milliseconds(0);
    const bool is_same = both && std::chrono::abs(by) <= kSame;
    (is_same ? same : both ? moved : line.before ? gone : added) += 1;
    if (is_same && differences)
      continue;
    text += column(line.before) + " " + column(line.after) + "  " + line.what;
    if (both && !is_same)
      text += "  (" + std::string(by.count() > 0 ? "+" : "") + std::to_string(by.count()) + " ms)";
    text += '\n';
  }
  return text + std::to_string(same) + " the same, " + std::to_string(moved) +
         " at another time, " + std::to_string(gone) + " only recorded, " + std::to_string(added) +
         " only replayed\n";
}

}  // namespace centralita::replay

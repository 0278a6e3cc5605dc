#include "server/sandbox/extractor.h"

#include "plugins/base/date_ref.h"
#include "plugins/base/ref.h"
#include "server/sandbox/script_text.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <sstream>

namespace centralita::sandbox {
namespace {

struct Talk {
  std::string caller, agent;     // all that each said, a sentence a line
  std::string folded;            // the caller's, lower case without accents
  std::string last, last_agent;  // folded
  std::string began;             // "Friday 2026-11-27T21:10+0000"
  std::size_t turns = 0;
};

std::string folded(const std::string& text) {
  const OwnedString apart(g_utf8_normalize(text.c_str(), -1, G_NORMALIZE_NFD));
  std::string plain;
  for (const char* at = apart ? apart.get() : text.c_str(); *at; at = g_utf8_next_char(at)) {
    const auto c = g_utf8_get_char(at);
    if (c < 0x80)
      plain += static_cast<char>(g_ascii_tolower(static_cast<char>(c)));
  }
  return plain;
}

// The first group of the pattern's first match.
std::optional<std::string> found(const char* pattern, const std::string& text) {
  const std::unique_ptr<GRegex, FreeWith<g_regex_unref>> regex(
      g_regex_new(pattern, GRegexCompileFlags(G_REGEX_CASELESS), GRegexMatchFlags{}, nullptr));
  GMatchInfo* raw = nullptr;
  const bool matches = regex && g_regex_match(regex.get(), text.c_str(), GRegexMatchFlags{}, &raw);
  const std::unique_ptr<GMatchInfo, FreeWith<g_match_info_free>> info(raw);
  if (!matches)
    return std::nullopt;
  const OwnedString group(g_match_info_fetch(info.get(), 1));
  return group ? std::optional<std::string>(group.get()) : std::nullopt;
}

bool holds(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

Talk read(const std::string& content) {
  Talk talk;
  std::istringstream lines(content);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("The call began on ")) {
      talk.began = line.substr(18);
    } else if (line.starts_with("CALLER: ")) {
      talk.caller += line.substr(8) + "\n";
      talk.last = folded(line.substr(8));
      ++talk.turns;
    } else if (line.starts_with("AGENT: ")) {
      talk.agent += line.substr(7) + "\n";
      talk.last_agent = folded(line.substr(7));
    }
  }
  talk.folded = folded(talk.caller);
  return talk;
}

bool has_intent(const Talk& talk, Intent intent) {
  for (const auto& entry : intent_words())
    if (entry.intent == intent)
      for (const auto word : entry.words)
        if (talk.folded.find(word) != std::string::npos)
          return true;
  return false;
}

std::string intent_of(const Talk& talk) {
  if (holds(folded(talk.agent + talk.caller),
            {"buzon de voz", "after the tone", "despues del tono"}))
    return "buzon";
  if (holds(talk.folded, {"queja", "quejarme", "reclam", "molest", "pesimo", "complain"}))
    return "queja";
  if (has_intent(talk, Intent::kAppointment))
    return "agendar_cita";
  if (has_intent(talk, Intent::kHours) || has_intent(talk, Intent::kPlace) ||
      has_intent(talk, Intent::kPrice) || has_intent(talk, Intent::kPerson) ||
      talk.caller.find('?') != std::string::npos)
    return "consulta";
  return "irrelevante";
}

// The next such weekday after the call's beginning, and the hour, when both or the day were said.
std::optional<std::string> date_in(const Talk& talk) {
  static const std::array<std::array<const char*, 2>, 7> days = {{{"lunes", "monday"},
                                                                  {"martes", "tuesday"},
                                                                  {"miercoles", "wednesday"},
                                                                  {"jueves", "thursday"},
                                                                  {"viernes", "friday"},
                                                                  {"sabado", "saturday"},
                                                                  {"domingo", "sunday"}}};
  static const std::array<std::array<const char*, 2>, 12> hours = {{{"la una", "one"},
                                                                    {"las dos", "two"},
                                                                    {"las tres", "three"},
                                                                    {"las cuatro", "four"},
                                                                    {"las cinco", "five"},
                                                                    {"las seis", "six"},
                                                                    {"las siete", "seven"},
                                                                    {"las ocho", "eight"},
                                                                    {"las nueve", "nine"},
                                                                    {"las diez", "ten"},
                                                                    {"las once", "eleven"},
                                                                    {"las doce", "twelve"}}};
  const auto space = talk.began.find(' ');
  if (space == std::string::npos || talk.began.size() < space + 11)
    return std::nullopt;
  const auto text = talk.began.substr(space + 1, 10) + "T00:00:00Z";
  const auto began = Ref<GDateTime>::adopt(g_date_time_new_from_iso8601(text.c_str(), nullptr));
  if (!began)
    return std::nullopt;
  int ahead = -1;
  for (std::size_t day = 0; day < days.size(); ++day)
    if (holds(talk.folded, {days[day][0], days[day][1]})) {
      const int today = g_date_time_get_day_of_week(began.get()) - 1;
      ahead = (static_cast<int>(day) - today + 7) % 7;
      ahead = ahead == 0 ? 7 : ahead;
    }
  if (ahead < 0 && holds(talk.folded, {"manana", "tomorrow"}))
    ahead = 1;
  if (ahead < 0)
    return std::nullopt;
  int hour = -1;
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const auto said = std::string(" at ") + hours[i][1];
    if (holds(talk.folded, {hours[i][0], said.c_str()}))
      hour = static_cast<int>(i) + 1;
  }
  if (hour < 0)
    if (const auto digits = found("(?:a las|at) ([0-9]{1,2})", talk.folded))
      hour = std::min(23, static_cast<int>(g_ascii_strtoll(digits->c_str(), nullptr, 10)));
  if (hour >= 1 && hour <= 7)
    hour += 12;  // nobody makes an appointment for the night
  const auto day = Ref<GDateTime>::adopt(g_date_time_add_days(began.get(), ahead));
  const OwnedString date(g_date_time_format(day.get(), "%Y-%m-%d"));
  if (hour < 0)
    return std::string(date.get());
  const OwnedString time(g_strdup_printf("%sT%02d:00:00", date.get(), hour));
  return std::string(time.get());
}

std::string summary_of(const Talk& talk, const std::string& intent, const std::string& name) {
  const bool spanish = language_of(talk.caller, "es") == "es";
  static const std::map<std::string, std::array<const char*, 2>> kinds = {
      {"agendar_cita", {"pidió una cita", "asked for an appointment"}},
      {"consulta", {"hizo una consulta", "asked a question"}},
      {"queja", {"presentó una queja", "made a complaint"}},
      {"irrelevante", {"no pidió nada concreto", "asked for nothing in particular"}},
      {"buzon", {"era un buzón de voz", "was a voicemail box"}}};
  const std::string who = name.empty() ? (spanish ? "Quien llamó" : "The caller") : name;
  const auto first = talk.caller.substr(0, talk.caller.find('\n'));
  return who + " " + kinds.at(intent)[spanish ? 0 : 1] + ". " +
         (spanish ? "Dijo: \"" : "They said: \"") + first + "\"";
}

using Known = std::map<std::string, std::optional<std::string>>;

bool allows(const json::Object& schema, const char* type) {
  if (schema.string("type") == type)
    return true;
  if (const auto types = schema.array("type"))
    for (const auto& one : types->strings())
      if (one == type)
        return true;
  return false;
}

void fill(json::Object& object, const std::string& name, const json::Object& schema,
          const Known& known, bool reached);

json::Object filled(const json::Object& schema, const Known& known, bool reached) {
  json::Object object;
  if (const auto properties = schema.object("properties"))
    for (const auto& name : properties->names())
      if (const auto property = properties->object(name.c_str()))
        fill(object, name, *property, known, reached);
  return object;
}

void fill(json::Object& object, const std::string& name, const json::Object& schema,
          const Known& known, bool reached) {
  const auto* member = name.c_str();
  if (schema.object("properties")) {
    object.set(member, filled(schema, known, reached));
    return;
  }
  const auto value = known.find(name);
  const auto choices = schema.array("enum");
  if (value != known.end() && value->second && (choices || allows(schema, "string"))) {
    object.set(member, *value->second);
  } else if (allows(schema, "boolean")) {
    object.set(member, reached);
  } else if (choices && choices->size() > 0) {
    // The last one: null where the schema has it.
    object.set_node(member,
                    Ref<JsonNode>::adopt(json_node_copy(choices->node(choices->size() - 1))));
  } else if (allows(schema, "null")) {
    object.set(member, nullptr);
  } else if (allows(schema, "array")) {
    object.set(member, json::Array());
  } else if (allows(schema, "integer") || allows(schema, "number")) {
    object.set(member, 0);
  } else {
    object.set(member, "");
  }
}

std::optional<std::string> schema_in(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("{"))
      return line;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> extract(const std::vector<ScriptMessage>& messages) {
  if (messages.size() < 2 || messages.back().content.find("<transcript>") == std::string::npos)
    return std::nullopt;
  const auto text = schema_in(messages.front().content);
  const auto schema = text ? json::parse(*text) : Unexpected(std::string("no schema"));
  if (!schema || !schema->is_object())
    return std::nullopt;
  const auto talk = read(messages.back().content);
  const auto intent = intent_of(talk);
  Known known;
  known["intent"] = intent;
  known["name"] = found(
      "(?:me llamo|mi nombre es|le habla|my name is|this is) "
      "((?-i:\\p{Lu}\\p{L}+)(?: (?-i:\\p{Lu}\\p{L}+))?)",
      talk.caller);
  known["email"] = found("([\\w.+-]+@[\\w-]+\\.[\\w.-]*\\w)", talk.caller);
  if (auto phone = found("(\\+?[0-9](?:[ .-]?[0-9]){6,14})", talk.caller)) {
    std::erase_if(*phone, [](char c) { return c == ' ' || c == '.' || c == '-'; });
    known["phone"] = phone;
  }
  const auto date = date_in(talk);
  const bool callback = holds(talk.folded, {"llameme", "llamame", "me llame", "vuelva a llamar",
                                            "devuelv", "call me", "call back"});
  if (callback)
    known["callback_date"] = date;
  else if (intent == "agendar_cita")
    known["appointment_date"] = date;
  const bool pleased = holds(talk.folded, {"gracias", "perfecto", "excelente", "thank", "great"});
  known["sentiment"] = intent == "queja" ? "negative" : pleased ? "positive" : "neutral";
  known["next_action"] =
      callback || intent == "agendar_cita" || intent == "queja" ? "follow_up" : "do_nothing";
  known["summary"] = summary_of(talk, intent, known["name"].value_or(""));
  const bool reached = intent == "agendar_cita" && date.has_value();
  known["reason"] = reached ? "A day was agreed." : "No day was agreed.";
  return filled(schema->object(), known, reached).to_string();
}

}  // namespace centralita::sandbox

#include "server/sandbox/script.h"

#include "server/sandbox/phrases.h"
#include "server/sandbox/script_text.h"

#include <algorithm>
#include <array>

namespace centralita::sandbox {
namespace {

// Lower case without accents and punctuation, with a space at both ends: " a que hora abren ".
std::string folded(std::string_view text) {
  const auto plain = normalised(text);
  const OwnedString apart(g_utf8_normalize(plain.c_str(), -1, G_NORMALIZE_NFD));
  std::string all = " ";
  for (const char* at = apart ? apart.get() : ""; *at; at = g_utf8_next_char(at)) {
    if (!g_unichar_ismark(g_utf8_get_char(at)))
      all.append(at, static_cast<const char*>(g_utf8_next_char(at)));
  }
  return all + " ";
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Intent intent_of(const std::string& text) {
  for (const auto& [intent, words] : intent_words()) {
    for (const auto word : words) {
      // A word begins where the phrase begins; short ones must be whole words.
      const auto found = " " + std::string(word) + (word.size() <= 4 ? " " : "");
      if (contains(text, found))
        return intent;
    }
  }
  return Intent::kUnknown;
}

struct Memory {
  std::string day;  // as it is said back: "el martes a las tres"
  std::string hour;
  std::string name;
  bool wants_appointment = false;
  bool day_is_new = false;  // said in the last words
  bool name_is_new = false;
};

// The first member of a class of the phrase lists that occurs in `text`, the longest one there is.
std::string member_in(const PhraseList& list, const char* name, const std::string& text) {
  const auto found = list.classes().find(name);
  if (found == list.classes().end())
    return {};
  std::string best;
  for (const auto& alternative : found->second.alternatives) {
    std::string written;
    for (const auto& word : alternative) written += (written.empty() ? "" : " ") + word.written;
    if (contains(text, folded(written)) && written.size() > best.size())
      best = written;
  }
  return best;
}

std::string after(const std::string& text, std::string_view introduction) {
  const auto at = text.find(introduction);
  if (at == std::string::npos)
    return {};
  const auto begin = at + introduction.size();
  auto word = text.substr(begin, text.find(' ', begin) - begin);
  if (!word.empty())
    word.front() = g_ascii_toupper(word.front());
  return word;
}

void remember(Memory& memory, const std::string& text, bool spanish) {
  const auto& list = PhraseList::of(spanish ? "es" : "en");
  auto day = member_in(list, spanish ? "cuando" : "when", text);
  if (day.empty() || day == "mañana") {
    if (const auto bare = member_in(list, spanish ? "dia" : "day", text); !bare.empty())
      day = (spanish ? "el " : "on ") + bare;
  }
  // "por la mañana" is a part of the day and not tomorrow.
  if (day == "mañana" && contains(text, " la manana ") && !contains(text, " manana por "))
    day.clear();
  memory.day_is_new = !day.empty();
  if (!day.empty())
    memory.day = day;
  const auto introduction = spanish ? std::string(" a las ") : std::string(" at ");
  if (contains(text, introduction) || contains(text, " a la una ")) {
    const auto hour = member_in(list, spanish ? "hora" : "hour", text);
    memory.hour = contains(text, " a la una ") ? "a la una"
                  : hour.empty()               ? memory.hour
                                               : introduction.substr(1) + hour;
    memory.day_is_new = memory.day_is_new || !hour.empty();
  }
  memory.name_is_new = false;
  for (const auto* words :
       {" me llamo ", " mi nombre es ", " soy ", " habla ", " my name is ", " this is "}) {
    const auto name = after(text, words);
    if (name.empty() || name == "A" || name == "The" || name == "El" || name == "La")
      continue;
    memory.name = name;
    memory.name_is_new = true;
    break;
  }
}

std::string filled(std::string_view pattern, const Memory& memory, std::string_view heard) {
  std::string text(pattern);
  const auto day = memory.hour.empty() ? memory.day : memory.day + " " + memory.hour;
  for (const auto& [mark, value] : {std::pair<std::string, std::string>{"{day}", day},
                                    {"{name}", memory.name},
                                    {"{heard}", std::string(heard)}}) {
    const auto at = text.find(mark);
    if (at != std::string::npos)
      text.replace(at, mark.size(), value);
  }
  return text;
}

// A value for a parameter of a tool, by what its name says.
Ref<JsonNode> argument_for(const std::string& name, const json::Object& schema,
                           const Memory& memory, const std::string& heard) {
  auto node = Ref<JsonNode>::adopt(json_node_alloc());
  const auto low = folded(name);
  const auto type = schema.string("type").value_or("string");
  if (const auto choices = schema.array("enum"); choices && choices->size() > 0)
    return Ref<JsonNode>::adopt(json_node_copy(choices->node(0)));
  if (type == "integer" || type == "number")
    json_node_init_int(node.get(), 1);
  else if (type == "boolean")
    json_node_init_boolean(node.get(), TRUE);
  else if (type == "array")
    json_node_init_array(node.get(), json::Array().get());
  else if (type == "object")
    json_node_init_object(node.get(), json::Object().get());
  else if ((contains(low, "day") || contains(low, "date") || contains(low, "dia") ||
            contains(low, "fecha") || contains(low, "when") || contains(low, "cuando")) &&
           !memory.day.empty())
    json_node_init_string(node.get(), memory.day.c_str());
  else if ((contains(low, "time") || contains(low, "hour") || contains(low, "hora")) &&
           !memory.hour.empty())
    json_node_init_string(node.get(), memory.hour.c_str());
  else if ((contains(low, "name") || contains(low, "nombre")) && !memory.name.empty())
    json_node_init_string(node.get(), memory.name.c_str());
  else
    json_node_init_string(node.get(), heard.c_str());
  return node;
}

ScriptCall call_of(const ScriptTool& tool, const Memory& memory, const std::string& heard) {
  json::Object arguments;
  if (tool.parameters) {
    const auto properties = tool.parameters->object("properties").value_or(json::Object());
    for (const auto& name : properties.names()) {
      const auto schema = properties.object(name.c_str()).value_or(json::Object());
      arguments.set_node(name.c_str(), argument_for(name, schema, memory, heard));
    }
  }
  return {tool.name, arguments.to_string()};
}

const ScriptTool* tool_for(Intent intent, const std::vector<ScriptTool>& tools) {
  const auto words = tool_words(intent);
  for (const bool by_name : {true, false}) {
    for (const auto& tool : tools) {
      const auto text = folded(by_name ? tool.name : tool.description);
      if (std::any_of(words.begin(), words.end(), [&](auto word) { return contains(text, word); }))
        return &tool;
    }
  }
  return nullptr;
}

// What a tool answered, said: the text of a text, the values of an object.
std::string said(const std::string& result) {
  const auto document = json::parse(result);
  if (!document)
    return result;
  std::string text;
  const auto object = document->object();
  for (const auto& name : object.names()) {
    auto value = object.string(name.c_str());
    if (!value) {
      auto* node = object.node(name.c_str());
      if (!node || !JSON_NODE_HOLDS_VALUE(node))
        continue;
      value = json::to_string(object.node(name.c_str()));
      if (*value == "true" || *value == "false")
        continue;
    }
    text += (text.empty() ? "" : ", ") + *value;
  }
  return text.empty() ? "ok" : text;
}

}  // namespace

std::string language_of(std::string_view text, std::string_view otherwise) {
  static constexpr std::array kSpanish = {
      " el ",       " la ",      " los ",    " de ",       " que ",   " es ",      " y ",
      " una ",      " un ",      " por ",    " para ",     " hola ",  " gracias ", " si ",
      " usted ",    " cita ",    " quiero ", " muy ",      " mi ",    " adios ",   " buenos ",
      " buenas ",   " favor ",   " hoy ",    " manana ",   " hasta ", " bien ",    " con ",
      " donde ",    " cuanto ",  " eres ",   " como ",     " soy ",   " lunes ",   " martes ",
      " jueves ",   " viernes ", " llamo ",  " responde ", " las ",   " puede ",   " tengo ",
      " necesito ", " espanol "};
  static constexpr std::array kEnglish = {
      " the ",      " is ",          " are ",  " and ",   " a ",     " to ",     " of ",
      " you ",      " i ",           " my ",   " hello ", " thank ", " thanks ", " yes ",
      " please ",   " what ",        " who ",  " how ",   " do ",    " can ",    " goodbye ",
      " bye ",      " appointment ", " for ",  " at ",    " on ",    " it ",     " that ",
      " monday ",   " tuesday ",     " good ", " i'm ",   " i'd ",   " your ",   " today ",
      " tomorrow ", " english ",     " okay ", " one ",   " sorry ", " our ",    " have ",
      " me ",       " in "};
  const auto plain = folded(text);
  const auto score = [&](const auto& words) {
    return std::count_if(words.begin(), words.end(),
                         [&](auto* word) { return contains(plain, word); });
  };
  auto spanish = score(kSpanish);
  const auto english = score(kEnglish);
  if (contains(text, "¿") || contains(text, "¡") || contains(text, "ñ") || contains(text, "á") ||
      contains(text, "é") || contains(text, "í") || contains(text, "ó"))
    spanish += 2;
  if (spanish == english)
    return std::string(otherwise);
  return spanish > english ? "es" : "en";
}

ScriptReply script_reply(const std::vector<ScriptMessage>& messages,
                         const std::vector<ScriptTool>& tools, ToolChoice choice) {
  std::string instructions, heard, heard_before, last_reply;
  for (const auto& message : messages) {
    if (message.role == "system")
      instructions += message.content + " ";
    else if (message.role == "user") {
      heard_before += heard + " ";
      heard = message.content;
    } else if (message.role == "assistant" && !message.content.empty())
      last_reply = message.content;
  }
  const auto usual = language_of(heard_before, language_of(instructions, "es"));
  const bool spanish = language_of(heard, usual) == "es";
  const auto& texts = answers(spanish);

  Memory memory;
  for (const auto& message : messages) {
    if (message.role != "user")
      continue;
    const auto text = folded(message.content);
    remember(memory, text, language_of(message.content, usual) == "es");
    memory.wants_appointment = memory.wants_appointment || intent_of(text) == Intent::kAppointment;
  }
  if (!messages.empty() && messages.back().role == "tool") {
    // Whoever has said goodbye and been hung up on by a tool is not asked for more.
    if (intent_of(folded(heard)) == Intent::kGoodbye)
      return {spanish ? "Gracias por llamar. ¡Hasta luego!" : "Thank you for calling. Goodbye!",
              {}};
    const auto result = said(messages.back().content);
    return {spanish ? "Listo. El resultado es: " + result + ". ¿Necesita algo más?"
                    : "Done. The result is: " + result + ". Do you need anything else?",
            {}};
  }

  // What the switchboard tells the agent, and no caller has said: it is passed on.
  if (heard.starts_with('[') && heard.ends_with(']') && !heard.starts_with("[DTMF"))
    return {(spanish ? "Le informo: " : "I am told: ") + heard.substr(1, heard.size() - 2), {}};

  auto intent = intent_of(folded(heard));
  const bool no_topic =
      intent == Intent::kUnknown || intent == Intent::kYes || intent == Intent::kName;
  if (no_topic && memory.day_is_new && memory.wants_appointment)
    intent = Intent::kDay;
  if (choice != ToolChoice::kNone && !tools.empty()) {
    const bool for_appointment = intent == Intent::kAppointment || intent == Intent::kDay;
    const auto* tool = tool_for(intent, tools);
    if (choice == ToolChoice::kRequired)
      return {"", call_of(tool ? *tool : tools.front(), memory, heard)};
    if (tool && (!for_appointment || !memory.day.empty()))
      return {"", call_of(*tool, memory, heard)};
  }

  if (normalised(heard).empty())
    return {std::string(last_reply.empty() ? texts.first_greeting : texts.nothing_heard), {}};
  switch (intent) {
    case Intent::kRepeat:
      return {last_reply.empty() ? std::string(texts.nothing_said) : last_reply, {}};
    case Intent::kAppointment:
    case Intent::kDay:
      if (memory.day.empty())
        return {std::string(texts.ask_day), {}};
      if (memory.hour.empty())
        return {filled(texts.ask_hour, memory, heard), {}};
      return {filled(memory.name.empty() ? texts.booked : texts.booked_named, memory, heard), {}};
    case Intent::kName:
      if (memory.name_is_new)
        return {filled(texts.name_noted, memory, heard), {}};
      intent = Intent::kUnknown;
      break;
    default:
      break;
  }
  auto shown = heard;
  while (!shown.empty() && std::string_view(" .?!").find(shown.back()) != std::string_view::npos)
    shown.pop_back();
  for (const std::string_view mark : {"¿", "¡"})
    if (shown.starts_with(mark))
      shown.erase(0, mark.size());
  return {filled(answer_text(intent, spanish), memory, shown), {}};
}

}  // namespace centralita::sandbox

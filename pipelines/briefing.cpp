#include "pipelines/briefing.h"

#include <spdlog/spdlog.h>

#include <array>
#include <ctime>
#include <set>

namespace centralita {
namespace {

bool is_spanish(const AgentConfig& agent) { return agent.voice_language.starts_with("es"); }

constexpr std::array kDays = {
    std::array{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
    std::array{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}};
constexpr std::array kMonths = {
    std::array{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
               "septiembre", "octubre", "noviembre", "diciembre"},
    std::array{"January", "February", "March", "April", "May", "June", "July", "August",
               "September", "October", "November", "December"}};

void add_time(Variables& variables, WallTime time, bool spanish) {
  const std::time_t seconds = WallTime::clock::to_time_t(time);
  std::tm local{};
  localtime_r(&seconds, &local);
  const auto language = static_cast<std::size_t>(spanish ? 0 : 1);
  const std::string day = std::to_string(local.tm_mday);
  const std::string month = kMonths[language][static_cast<std::size_t>(local.tm_mon)];
  const std::string year = std::to_string(local.tm_year + 1900);
  variables["weekday"] = kDays[language][static_cast<std::size_t>(local.tm_wday)];
  variables["date"] =
      spanish ? day + " de " + month + " de " + year : month + " " + day + ", " + year;
  char clock[8];
  std::strftime(clock, sizeof clock, "%H:%M", &local);
  variables["time"] = clock;
}

struct Wording {
  const char* value;
  const char* es;
  const char* en;
};

constexpr Wording kLengths[] = {
    {"very_short", "Responde con una sola frase muy corta.", "Answer in one very short sentence."},
    {"short", "Responde con una o dos frases cortas.", "Answer in one or two short sentences."},
    {"medium", "Responde con dos o tres frases.", "Answer in two or three sentences."},
    {"long", "Responde con tres o cuatro frases.", "Answer in three or four sentences."},
    {"detailed", "Responde con todo el detalle que haga falta.",
     "Answer with all the detail that is needed."}};
constexpr Wording kTones[] = {
    {"professional", "Tu tono es profesional.", "Your tone is professional."},
    {"friendly", "Tu tono es amistoso.", "Your tone is friendly."},
    {"warm", "Tu tono es cálido y cercano.", "Your tone is warm."},
    {"enthusiastic", "Tu tono es entusiasta.", "Your tone is enthusiastic."},
    {"neutral", "Tu tono es neutro.", "Your tone is neutral."},
    {"empathetic", "Tu tono es empático: reconoce lo que siente la otra persona.",
     "Your tone is empathetic: acknowledge what the other person feels."}};
constexpr Wording kFormalities[] = {
    {"very_formal", "Trata siempre de usted, con la mayor formalidad.",
     "Be very formal, with titles and no contractions."},
    {"formal", "Trata de usted.", "Be formal."},
    {"semi_formal", "Trata de usted, con naturalidad.", "Be polite and natural."},
    {"casual", "Tutea, con naturalidad.", "Be casual."},
    {"very_casual", "Tutea y habla como entre amigos.", "Be very casual, as among friends."}};
constexpr Wording kPacings[] = {
    {"fast", "Ve al grano y avanza deprisa.", "Get to the point and move on quickly."},
    {"moderate", "Avanza a un ritmo tranquilo, sin prisas ni rodeos.",
     "Go at an even pace, without haste or detours."},
    {"relaxed", "Tómate tu tiempo y deja espacio a la otra persona.",
     "Take your time and leave room for the other person."}};

// See expectation.h. What the model does not say is read off its question.
constexpr char kSayWhatIsExpectedEs[] =
    "Cuando termines pidiendo algo, escribe al final una marca que no se pronuncia y que dice qué "
    "esperas: <expect yes-no>, <expect digits N> (cuántas cifras, si se sabe), <expect email> o "
    "<expect name>. En los demás casos no escribas ninguna.";
constexpr char kSayWhatIsExpectedEn[] =
    "When you end by asking for something, write at the end a mark that is not spoken and says "
    "what you wait for: <expect yes-no>, <expect digits N> (how many, if known), <expect email> or "
    "<expect name>. In all other cases write none.";

template <std::size_t N>
void add_sentence(std::string& text, const Wording (&sentences)[N], const std::string& value,
                  bool spanish) {
  for (const auto& sentence : sentences)
    if (value == sentence.value)
      text += (text.empty() ? "" : " ") + std::string(spanish ? sentence.es : sentence.en);
}

}  // namespace

bool is_own_variable(const std::string& name) {
  static const std::set<std::string> own = {"caller_number", "called_number", "direction",
                                            "channel",       "agent_name",    "date",
                                            "time",          "weekday"};
  return own.contains(name);
}

Variables variables_of(const AgentConfig& agent, const CallStarted& call,
                       const Variables& brought) {
  Variables variables(agent.dynamic_vars.begin(), agent.dynamic_vars.end());
  for (const auto& [name, value] : brought) variables[name] = value;
  variables["caller_number"] = call.direction == "outbound" ? call.to_number : call.from_number;
  variables["called_number"] = call.direction == "outbound" ? call.from_number : call.to_number;
  variables["direction"] = call.direction;
  variables["channel"] = call.client_type;
  variables["agent_name"] = agent.name;
  add_time(variables, call.start_time, is_spanish(agent));
  return variables;
}

std::string style_sentences(const AgentConfig& agent) {
  const bool spanish = is_spanish(agent);
  std::string text;
  add_sentence(text, kLengths, agent.response_length, spanish);
  add_sentence(text, kTones, agent.conversation_tone, spanish);
  add_sentence(text, kFormalities, agent.conversation_formality, spanish);
  add_sentence(text, kPacings, agent.conversation_pacing, spanish);
  return text;
}

AgentConfig briefed(AgentConfig agent, const CallStarted& call, const Variables& brought) {
  const auto variables = variables_of(agent, call, brought);
  const bool outbound = call.direction == "outbound";
  if (outbound && !agent.outbound_first_message.empty())
    agent.first_message = agent.outbound_first_message;
  std::set<std::string> unknown;
  for (auto* text : {&agent.first_message, &agent.idle_message, &agent.apology_message,
                     &agent.duration_warning, &agent.goodbye_message, &agent.transfer_message}) {
    auto filled = fill_variables(*text, variables);
    *text = std::move(filled.text);
    unknown.insert(filled.unknown.begin(), filled.unknown.end());
  }
  for (const auto& name : unknown)
    spdlog::warn("call {}: agent {} speaks of {{{{{}}}}}, which nobody has set", call.session_id,
                 agent.name, name);
  agent.dynamic_vars = {variables.begin(), variables.end()};
  const auto add = [&agent](const std::string& sentences) {
    if (!sentences.empty())
      agent.instructions += (agent.instructions.empty() ? "" : "\n\n") + sentences;
  };
  if (outbound)
    add(agent.outbound_context);
  add(style_sentences(agent));
  if (agent.endpointing_expects)
    add(is_spanish(agent) ? kSayWhatIsExpectedEs : kSayWhatIsExpectedEn);
  return agent;
}

}  // namespace centralita

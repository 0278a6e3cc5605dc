#include "tests/bench/turns_callers.h"

#include <stdexcept>

namespace centralita::bench {
namespace {

using replay::milliseconds;

// A turn in Spanish or English: the words of the pieces are what they are for the model, the
// recordings give the voice its length and shape.
CallerTurn turn(const std::string& question, const std::vector<Piece>& pieces) {
  return {question, pieces};
}
Piece piece(const char* recording, const char* words, int pause = 0) {
  return {recording, words, milliseconds(pause)};
}

CallerTurn dictated(const std::string& question, const std::string& folder,
                    const std::vector<std::pair<int, int>>& digits) {
  static const char* const kNames[] = {"cero",  "uno",  "dos",   "tres", "cuatro",
                                       "cinco", "seis", "siete", "ocho", "nueve"};
  CallerTurn turn{question, {}};
  for (const auto& [digit, pause] : digits)
    turn.pieces.push_back(
        {folder + "digits/" + std::to_string(digit), kNames[digit], milliseconds(pause)});
  return turn;
}

const char kHelp[] = "¿En qué puedo ayudarle?";
const char kWhen[] = "¿Para qué día la quiere?";
const char kGood[] = "¿Le viene bien?";
const char kPhone[] = "¿Me da su número de teléfono?";
const char kWho[] = "¿A nombre de quién?";
const char kElse[] = "¿Qué más necesita?";

// Speaks on without a pause longer than a breath.
Person fluent(const std::string& in) {
  return {
      "fluent",
      {turn(kHelp, {piece((in + "queue-thankyou").c_str(), "Hola, quería una cita")}),
       turn(kWhen, {piece((in + "vm-theperson").c_str(), "el martes por la mañana", 150),
                    piece((in + "vm-youhave").c_str(), "si puede ser")}),
       turn(kGood, {piece((in + "vm-goodbye").c_str(), "Sí.")}),
       turn(kWho, {piece((in + "vm-isonphone").c_str(), "Ana López García")}),
       turn(kElse, {piece((in + "vm-enter-num-to-call").c_str(), "cuánto cuesta la consulta", 200),
                    piece((in + "vm-youhave").c_str(), "con el seguro")}),
       turn(kGood, {piece((in + "hours").c_str(), "No, gracias.")}),
       turn(kElse, {piece((in + "dir-welcome").c_str(), "nada más por hoy")}),
       turn(kElse, {piece((in + "auth-thankyou").c_str(), "muchas gracias")})}};
}

// Pauses to think, now and then longer than most settings wait.
Person thoughtful(const std::string& in) {
  return {"thoughtful",
          {turn(kHelp, {piece((in + "vm-isonphone").c_str(), "Hola, quería una cita para el", 620),
                        piece((in + "vm-theperson").c_str(), "martes si puede ser")}),
           turn(kWhen, {piece((in + "dir-welcome").c_str(), "pues a ver el", 480),
                        piece((in + "vm-youhave").c_str(), "martes o el", 800),
                        piece((in + "hours").c_str(), "jueves")}),
           turn(kGood, {piece((in + "vm-goodbye").c_str(), "Sí.", 350),
                        piece((in + "vm-isonphone").c_str(), "está bien a esa hora")}),
           turn(kWho, {piece((in + "auth-thankyou").c_str(), "Ana", 450),
                       piece((in + "vm-youhave").c_str(), "López")}),
           turn(kElse, {piece((in + "vm-sorry").c_str(), "quería saber también cuánto", 700),
                        piece((in + "queue-thankyou").c_str(), "cuesta la consulta")}),
           turn(kElse, {piece((in + "vm-theperson").c_str(), "y si tengo que llevar", 560),
                        piece((in + "vm-isonphone").c_str(), "algún papel")}),
           turn(kGood, {piece((in + "vm-goodbye").c_str(), "Sí.")}),
           turn(kElse, {piece((in + "auth-thankyou").c_str(), "nada más gracias")})}};
}

// An elderly person, say: nearly every turn has a pause of about a second.
Person slow(const std::string& in) {
  return {"slow",
          {turn(kHelp, {piece((in + "vm-youhave").c_str(), "Buenas tardes", 900),
                        piece((in + "vm-theperson").c_str(), "quería una cita")}),
           turn(kWhen, {piece((in + "vm-isonphone").c_str(), "el martes por la", 1050),
                        piece((in + "hours").c_str(), "mañana")}),
           turn(kGood, {piece((in + "vm-goodbye").c_str(), "Sí.", 950),
                        piece((in + "vm-youhave").c_str(), "me viene bien")}),
           turn(kWho, {piece((in + "dir-welcome").c_str(), "María del Carmen", 850),
                       piece((in + "vm-isonphone").c_str(), "Rodríguez")}),
           turn(kElse, {piece((in + "queue-thankyou").c_str(), "tengo que llevar", 1000),
                        piece((in + "vm-theperson").c_str(), "la tarjeta")}),
           turn(kElse, {piece((in + "vm-isonphone").c_str(), "y mi hija puede", 900),
                        piece((in + "vm-youhave").c_str(), "venir conmigo")}),
           turn(kElse, {piece((in + "dir-welcome").c_str(), "pues nada", 800),
                        piece((in + "auth-thankyou").c_str(), "muchas gracias")}),
           turn(kElse, {piece((in + "vm-goodbye").c_str(), "adiós")})}};
}

// Numbers in groups, as people say what they read off a card or remember.
Person dictating(const std::string& in) {
  return {
      "dictating",
      {turn(kHelp, {piece((in + "queue-thankyou").c_str(), "Hola, quería una cita")}),
       dictated(kPhone, in,
                {{5, 250},
                 {5, 700},
                 {1, 250},
                 {2, 300},
                 {3, 900},
                 {4, 250},
                 {8, 250},
                 {7, 800},
                 {0, 250},
                 {2, 0}}),
       turn(kGood, {piece((in + "vm-goodbye").c_str(), "Sí.")}),
       dictated("¿Y el código de su tarjeta?", in,
                {{3, 600}, {1, 650}, {4, 1100}, {1, 600}, {5, 0}}),
       turn(kGood, {piece((in + "vm-goodbye").c_str(), "Correcto.")}),
       dictated("¿Cuál es su código postal?", in, {{0, 300}, {6, 300}, {7, 850}, {0, 300}, {0, 0}}),
       turn(kWho, {piece((in + "vm-isonphone").c_str(), "Ana López García")}),
       turn(kElse, {piece((in + "auth-thankyou").c_str(), "nada más gracias")})}};
}

}  // namespace

std::vector<Person> people() {
  std::vector<Person> all;
  for (const auto* in : {"es/", "en/"})
    for (auto person : {fluent(in), thoughtful(in), slow(in), dictating(in)}) {
      person.name = std::string(in).substr(0, 2) + " " + person.name;
      all.push_back(std::move(person));
    }
  return all;
}

replay::Scenario call_of(const Person& person) {
  std::string script = "agent first_message " + person.turns.front().question + "\n";
  for (const auto& turn : person.turns) {
    script += "wait-silence\n";
    for (const auto& piece : turn.pieces) {
      script += "say " + piece.recording + " = " + piece.words + "\n";
      if (piece.pause > milliseconds(0))
        script += "wait " + std::to_string(piece.pause.count()) + "\n";
    }
  }
  script += "wait-silence\nhang-up\n";
  auto scenario = replay::parse_scenario(script);
  if (!scenario)
    throw std::runtime_error(person.name + ": " + scenario.error());
  // 60 tokens a second.
  scenario->llm.pace = 1000.0 / 60;
  scenario->otherwise = "Muy bien. " + std::string(kElse);
  for (std::size_t i = 0; i < person.turns.size(); ++i) {
    std::string words;
    for (const auto& piece : person.turns[i].pieces)
      words += (words.empty() ? "" : " ") + piece.words;
    const bool last = i + 1 == person.turns.size();
    scenario->answers.push_back(
        {.for_words = words,
         .text = "Muy bien. " + (last ? "Hasta luego." : person.turns[i + 1].question)});
  }
  return *scenario;
}

}  // namespace centralita::bench

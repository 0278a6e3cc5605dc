#include "pipelines/expectation.h"

#include "pipelines/phrases.h"
#include "plugins/base/ref.h"

#include <glib.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <vector>

namespace centralita {
namespace {

using Kind = Expectation::Kind;
using Words = std::vector<std::string>;
using Phrases = std::vector<Words>;

// All words as spoken_words() gives them: lower case, without accents.
const Phrases kEmailWords = {{"correo"}, {"email"}, {"mail"}, {"e", "mail"}};
const Phrases kDigitWords = {{"telefono"},  {"celular"}, {"movil"},  {"whatsapp"}, {"numero"},
                             {"codigo"},    {"cedula"},  {"dni"},    {"nip"},      {"pin"},
                             {"folio"},     {"tarjeta"}, {"cuenta"}, {"digitos"},  {"phone"},
                             {"telephone"}, {"cell"},    {"number"}, {"code"},     {"digits"},
                             {"zip"},       {"card"},    {"account"}};
// ... but not "para cuántas personas", "the number of guests".
const Phrases kCountWords = {{"numero", "de", "personas"}, {"number", "of"}};
const Phrases kNameWords = {{"nombre"},
                            {"apellido"},
                            {"apellidos"},
                            {"direccion"},
                            {"domicilio"},
                            {"calle"},
                            {"deletrea"},
                            {"deletree"},
                            {"deletrear"},
                            {"name"},
                            {"surname"},
                            {"address"},
                            {"street"},
                            {"spell"},
                            {"rfc"},
                            {"curp"},
                            {"como", "se", "llama"}};
const Phrases kYesNoWords = {{"le", "parece"},
                             {"te", "parece"},
                             {"de", "acuerdo"},
                             {"es", "correcto"},
                             {"es", "correcta"},
                             {"esta", "bien"},
                             {"verdad"},
                             {"si", "o", "no"},
                             {"yes", "or", "no"},
                             {"is", "that", "right"},
                             {"is", "that", "correct"}};
// A question that begins so can be answered with one word.
const std::set<std::string> kYesNoBegins = {
    "es",    "esta",     "tiene",    "tienes",   "quiere",   "quieres", "desea", "deseas",
    "puede", "puedes",   "podria",   "le",       "te",       "se",      "la",    "lo",
    "sigue", "confirma", "confirmo", "prefiere", "necesita", "habla",   "hablo", "ya",
    "is",    "are",      "do",       "does",     "did",      "can",     "could", "would",
    "will",  "have",     "has",      "shall",    "should",   "may",     "am"};
const std::set<std::string> kOpenWords = {"que",  "cual",  "cuales", "cuando", "donde",   "adonde",
                                          "como", "quien", "cuanto", "cuanta", "cuantos", "cuantas",
                                          "o",    "u",     "what",   "which",  "when",    "where",
                                          "how",  "who",   "why",    "or"};
// Requests that are no questions.
const Phrases kRequests = {{"digame"},     {"dime"},       {"deme"},       {"dame"},
                           {"indiqueme"},  {"dicteme"},    {"dictame"},    {"deletree"},
                           {"digalo"},     {"facilitame"}, {"faciliteme"}, {"por", "favor"},
                           {"tell", "me"}, {"give", "me"}, {"please"},     {"spell"}};

const std::set<std::string> kYesNoAnswers = {
    "si",      "no",       "claro",  "correcto", "exacto",   "exactamente", "vale",
    "ok",      "okay",     "bueno",  "bien",     "perfecto", "yes",         "yeah",
    "yep",     "nope",     "sure",   "right",    "correct",  "exactly",     "fine",
    "gracias", "senor",    "senora", "please",   "thanks",   "de",          "acuerdo",
    "por",     "supuesto", "asi",    "es",       "of",       "course"};
// After one of these a sentence goes on. With their accents: "para mi", but not "para mí".
const std::set<std::string> kOpenEnds = {
    "a",     "al",       "ante",  "con",   "de",   "del",   "desde", "e",     "el",      "en",
    "entre", "es",       "hacia", "hasta", "la",   "las",   "le",    "les",   "los",     "me",
    "mi",    "mis",      "muy",   "ni",    "o",    "para",  "pero",  "por",   "porque",  "pues",
    "que",   "quiero",   "se",    "si",    "sin",  "sobre", "soy",   "su",    "sus",     "tan",
    "tu",    "quisiera", "u",     "un",    "una",  "unas",  "unos",  "y",     "cuando",  "como",
    "tengo", "necesito", "an",    "and",   "as",   "at",    "but",   "by",    "because", "for",
    "from",  "had",      "has",   "have",  "i",    "i'm",   "if",    "into",  "is",      "its",
    "my",    "need",     "of",    "or",    "our",  "than",  "the",   "their", "to",      "um",
    "uh",    "eh",       "want",  "were",  "when", "which", "with",  "would", "your"};

const std::map<std::string, int> kNumberWords = {
    {"cero", 1},       {"uno", 1},         {"una", 1},          {"un", 1},
    {"dos", 1},        {"tres", 1},        {"cuatro", 1},       {"cinco", 1},
    {"seis", 1},       {"siete", 1},       {"ocho", 1},         {"nueve", 1},
    {"diez", 2},       {"once", 2},        {"doce", 2},         {"trece", 2},
    {"catorce", 2},    {"quince", 2},      {"dieciseis", 2},    {"diecisiete", 2},
    {"dieciocho", 2},  {"diecinueve", 2},  {"veinte", 2},       {"veintiuno", 2},
    {"veintidos", 2},  {"veintitres", 2},  {"veinticuatro", 2}, {"veinticinco", 2},
    {"veintiseis", 2}, {"veintisiete", 2}, {"veintiocho", 2},   {"veintinueve", 2},
    {"treinta", 2},    {"cuarenta", 2},    {"cincuenta", 2},    {"sesenta", 2},
    {"setenta", 2},    {"ochenta", 2},     {"noventa", 2},      {"zero", 1},
    {"oh", 1},         {"one", 1},         {"two", 1},          {"three", 1},
    {"four", 1},       {"five", 1},        {"six", 1},          {"seven", 1},
    {"eight", 1},      {"nine", 1},        {"ten", 2},          {"eleven", 2},
    {"twelve", 2},     {"thirteen", 2},    {"fourteen", 2},     {"fifteen", 2},
    {"sixteen", 2},    {"seventeen", 2},   {"eighteen", 2},     {"nineteen", 2},
    {"twenty", 2},     {"thirty", 2},      {"forty", 2},        {"fifty", 2},
    {"sixty", 2},      {"seventy", 2},     {"eighty", 2},       {"ninety", 2}};
const std::set<std::string> kTens = {"treinta", "cuarenta", "cincuenta", "sesenta", "setenta",
                                     "ochenta", "noventa",  "twenty",    "thirty",  "forty",
                                     "fifty",   "sixty",    "seventy",   "eighty",  "ninety"};

bool has(const Words& words, const Words& phrase) {
  return std::search(words.begin(), words.end(), phrase.begin(), phrase.end()) != words.end();
}
bool has_any(const Words& words, const Phrases& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](const Words& phrase) { return has(words, phrase); });
}

// The last sentence that asks for something, and whether it is a question; empty: none.
struct Request {
  Words words;
  bool question = false;
};

Request last_request(std::string_view text) {
  Request request;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const auto end = std::min(text.find_first_of(".?!\n", begin), text.size());
    const bool question = end < text.size() && text[end] == '?';
    auto sentence = text.substr(begin, end - begin);
    // In Spanish the question may begin in the middle: "Muy bien, ¿a qué hora?"
    if (const auto mark = sentence.rfind("\u00bf"); question && mark != std::string_view::npos)
      sentence = sentence.substr(mark);
    auto words = spoken_words(sentence);
    if (!words.empty() && (question || has_any(words, kRequests)))
      request = {std::move(words), question};
    begin = end + 1;
  }
  return request;
}

bool is_yes_no(const Words& words) {
  if (has_any(words, kYesNoWords))
    return true;
  const bool open = std::any_of(words.begin(), words.end(),
                                [](const auto& word) { return kOpenWords.contains(word); });
  return !open && kYesNoBegins.contains(words.front());
}

// Lower case, with its accents; empty after a question, which is a whole one.
std::string last_word(std::string_view text) {
  const OwnedString lower(g_utf8_strdown(text.data(), static_cast<gssize>(text.size())));
  std::string_view rest = lower.get();
  while (!rest.empty() && std::string_view(" .,;:\n\u2026").find(rest.back()) != rest.npos)
    rest.remove_suffix(1);
  if (rest.empty() || rest.back() == '?')
    return "";
  const auto blank = rest.find_last_of(" \n");
  return std::string(blank == rest.npos ? rest : rest.substr(blank + 1));
}

bool ends_like_an_email(const Words& words) {
  const auto& last = words.back();
  return last == "com" || last == "mx" || last == "net" || last == "org" || last == "es" ||
         last == "co" || last == "edu" || last == "ar" || last == "cl";
}

}  // namespace

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kYesNo:
      return "yes-no";
    case Kind::kDigits:
      return "digits";
    case Kind::kEmail:
      return "email";
    case Kind::kName:
      return "name";
    default:
      return "anything";
  }
}

Expectation expected_after(std::string_view agent_text) {
  const auto request = last_request(agent_text);
  const auto& words = request.words;
  if (words.empty())
    return {};
  if (has_any(words, kEmailWords))
    return {Kind::kEmail};
  if (has_any(words, kDigitWords) && !has_any(words, kCountWords))
    return {Kind::kDigits};
  if (has_any(words, kNameWords))
    return {Kind::kName};
  if (request.question && is_yes_no(words))
    return {Kind::kYesNo};
  return {};
}

std::optional<Expectation> expectation_named(std::string_view text) {
  const auto words = spoken_words(text);
  if (words.empty())
    return std::nullopt;
  if (words[0] == "yes" || words[0] == "yesno")
    return Expectation{Kind::kYesNo};
  if (words[0] == "digits")
    return Expectation{Kind::kDigits, words.size() > 1 ? std::atoi(words[1].c_str()) : 0};
  if (words[0] == "email")
    return Expectation{Kind::kEmail};
  if (words[0] == "name" || words[0] == "address")
    return Expectation{Kind::kName};
  if (words[0] == "anything")
    return Expectation{};
  return std::nullopt;
}

int digits_in(std::string_view text) {
  int digits = 0;
  bool after_tens = false;  // "treinta y uno", "thirty one": the unit takes the place of the zero
  for (const auto& word : spoken_words(text)) {
    if (word == "y" && after_tens)
      continue;
    const auto found = kNumberWords.find(word);
    if (found != kNumberWords.end())
      digits += after_tens && found->second == 1 ? 0 : found->second;
    else
      digits += static_cast<int>(
          std::count_if(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
    after_tens = kTens.contains(word);
  }
  return digits;
}

Completeness completeness_of(std::string_view so_far, const Expectation& expected) {
  const auto words = spoken_words(so_far);
  if (words.empty())
    return Completeness::kUnknown;
  if (expected.kind == Kind::kYesNo &&
      std::all_of(words.begin(), words.end(),
                  [](const auto& word) { return kYesNoAnswers.contains(word); }))
    return Completeness::kComplete;
  if (expected.kind == Kind::kDigits && expected.digits > 0) {
    const int digits = digits_in(so_far);
    if (digits > 0)
      return digits >= expected.digits ? Completeness::kComplete : Completeness::kIncomplete;
  }
  if (expected.kind == Kind::kEmail &&
      (so_far.find('@') != so_far.npos || has(words, {"arroba"}) || has(words, {"at"})))
    return ends_like_an_email(words) ? Completeness::kComplete : Completeness::kIncomplete;
  return kOpenEnds.contains(last_word(so_far)) ? Completeness::kIncomplete : Completeness::kUnknown;
}

}  // namespace centralita

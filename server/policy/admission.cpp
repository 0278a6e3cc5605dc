#include "server/policy/admission.h"

namespace centralita::policy {
namespace {

struct Sentences {
  const char* code;
  const char* text;
  const char* spanish;
  const char* english;
};
constexpr Sentences kSentences[] = {
    {"stopped", "New calls are stopped.",
     "Lo sentimos, por un problema técnico no podemos atender su llamada en este momento. Por "
     "favor, "
     "intente más tarde.",
     "We are sorry, because of a technical problem we cannot take your call right now. Please try "
     "again later."},
    {"full", "As many calls as this server may take are going on.",
     "Lo sentimos, todas nuestras líneas están ocupadas. Por favor, llame de nuevo en unos "
     "minutos.",
     "We are sorry, all our lines are busy. Please call again in a few minutes."},
    {"late", "The server has no time left for another call.",
     "Lo sentimos, todas nuestras líneas están ocupadas. Por favor, llame de nuevo en unos "
     "minutos.",
     "We are sorry, all our lines are busy. Please call again in a few minutes."},
};
constexpr Sentences kOther = {
    "", "The server cannot take calls at the moment.",
    "Lo sentimos, en este momento no podemos atender su llamada. Por favor, intente más tarde.",
    "We are sorry, we cannot take your call at the moment. Please try again later."};

}  // namespace

std::string Admission::room_for_one_more(const Load& load) {
  const auto bound = settings_.max_lateness;
  // The first call of an idle server is always tried: what was late was not a call.
  late_ = bound.count() > 0 && load.live > 0 && load.lateness > (late_ ? bound / 2 : bound);
  if (settings_.max_calls > 0 && load.live >= settings_.max_calls)
    return "full";
  return late_ ? "late" : "";
}

Refusal refusal_of(const std::string& code, const std::string& language,
                   const std::string& detail) {
  const Sentences* found = &kOther;
  for (const auto& sentences : kSentences)
    if (code == sentences.code)
      found = &sentences;
  const bool english = language.starts_with("en");
  return {.code = code,
          .text = detail.empty() ? found->text : std::string(found->text) + " " + detail,
          .spoken = english ? found->english : found->spanish,
          .language = english                      ? (language.size() == 5 ? language : "en-US")
                      : language.starts_with("es") ? (language.size() == 5 ? language : "es-MX")
                                                   : "es-MX"};
}

}  // namespace centralita::policy

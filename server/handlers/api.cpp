#include "server/handlers/api.h"

#include <charconv>
#include <map>

namespace centralita {
namespace {

using agents::Words;

struct ErrorAnswer {
  int status;
  Words sentence;  // empty: the error's own
};

const ErrorAnswer& answer_to(const std::string& code) {
  static const std::map<std::string, ErrorAnswer> kAnswers = {
      {store::kBadCursor, {400, {}}},
      {store::kNotFound, {404, {}}},
      {store::kVersionConflict,
       {409,
        {"Alguien cambió el agente mientras usted lo editaba. Vuelva a cargarlo y repita el "
         "cambio.",
         "Somebody changed the agent while you were editing it. Load it again and repeat the "
         "change."}}},
      {store::kNameTaken,
       {409,
        {"Otro agente ya se llama así. Elija otro nombre.",
         "Another agent has that name. Choose another one."}}},
      {store::kUserNameTaken,
       {409,
        {"Otro usuario ya se llama así. Elija otro nombre.",
         "Another user has that name. Choose another one."}}},
      {store::kIsDefault,
       {409,
        {"El agente predeterminado no se puede borrar. Haga antes predeterminado a otro.",
         "The default agent cannot be deleted. Make another one the default first."}}},
      {store::kIsDeleted,
       {409,
        {"El agente está borrado. Recupérelo antes de cambiarlo.",
         "The agent has been deleted. Restore it before you change it."}}},
  };
  static const ErrorAnswer kOther = {503, {}};
  const auto found = kAnswers.find(code);
  return found == kAnswers.end() ? kOther : found->second;
}

}  // namespace

std::string iso_time(WallTime time) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = WallTime::clock::to_time_t(whole);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[32], text[40];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  g_snprintf(text, sizeof text, "%s.%03dZ", date,
             static_cast<int>(duration_cast<milliseconds>(time - whole).count()));
  return text;
}

void set_time(json::Object& object, const char* name, const std::optional<WallTime>& time) {
  if (time)
    object.set(name, iso_time(*time));
  else
    object.set(name, nullptr);
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

std::optional<int> page_limit(HttpExchange& exchange, int usual) {
  const auto text = exchange.query("limit");
  if (text.empty())
    return usual;
  const auto number = whole_number(text);
  if (number && *number >= 1 && *number <= 200)
    return static_cast<int>(*number);
  exchange.reply_error(400, "bad-limit", "limit must be a whole number from 1 to 200.");
  return std::nullopt;
}

std::optional<IdPage> id_page(HttpExchange& exchange, int usual) {
  const auto limit = page_limit(exchange, usual);
  if (!limit)
    return std::nullopt;
  IdPage page{.limit = *limit, .before = std::nullopt};
  const auto text = exchange.query("before");
  if (text.empty())
    return page;
  page.before = whole_number(text);
  if (page.before)
    return page;
  exchange.reply_error(400, "bad-before", "before must be the id of the last one of a page.");
  return std::nullopt;
}

agents::Language language_of(const HttpExchange& exchange) {
  return agents::preferred_language(exchange.header("Accept-Language"));
}

void reply_store_error(HttpExchange& exchange, const store::StoreError& error) {
  const auto& answer = answer_to(error.code);
  const auto& sentence = answer.sentence.in(language_of(exchange));
  exchange.reply_error(answer.status, error.code.c_str(),
                       sentence.empty() ? error.message : sentence);
}

store::Author author_of(const HttpExchange& exchange) {
  return {.name = exchange.identity().name, .address = exchange.client_address()};
}

std::optional<json::Object> object_body(HttpExchange& exchange) {
  const auto body = exchange.body();
  if (body.empty())
    return json::Object();
  const auto document = json::parse(body);
  if (document && document->is_object())
    return document->object();
  exchange.reply_error(
      400, "bad-json",
      document ? "The body must be a JSON object." : "The body is not JSON: " + document.error());
  return std::nullopt;
}

}  // namespace centralita

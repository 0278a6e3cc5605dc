// /sandbox/...: what tests, benchmarks and the simulator ask of the sandbox itself.
#include "server/sandbox/phrases.h"
#include "server/sandbox/services.h"

namespace centralita::sandbox {
namespace {

void answer_json(Exchange& exchange, int status, const json::Object& object) {
  exchange.answer(status, "application/json", object.to_string());
}

void answer_bad(Exchange& exchange, const std::string& text) {
  answer_json(
      exchange, 400,
      json::Object().set("error", json::Object().set("code", "bad_request").set("message", text)));
}

void add_fault(Services& services, Exchange& exchange) {
  const auto document = json::parse(exchange.body());
  if (!document)
    return answer_bad(exchange, document.error());
  const auto object = document->object();
  const auto operation = operation_named(object.string("operation").value_or(""));
  if (!operation)
    return answer_bad(exchange, "\"operation\" is transcription, chat or synthesis");
  const auto fault = Fault::from_json(object);
  if (!fault)
    return answer_bad(exchange, fault.error());
  services.faults.add(*operation, *fault, static_cast<int>(object.integer("times").value_or(1)));
  answer_json(exchange, 200, json::Object().set("status", "ok"));
}

void set_latency(Services& services, Exchange& exchange) {
  const auto document = json::parse(exchange.body());
  if (!document)
    return answer_bad(exchange, document.error());
  const auto object = document->object();
  const auto set = [&](const char* name, std::chrono::milliseconds& latency) {
    if (const auto ms = object.number(name); ms && *ms >= 0)
      latency = std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
  };
  set("transcription_ms", services.latency.transcription);
  set("chat_first_token_ms", services.latency.chat_first_token);
  set("synthesis_first_byte_ms", services.latency.synthesis_first_byte);
  if (const auto rate = object.number("tokens_per_second"); rate && *rate > 0)
    services.latency.tokens_per_second = *rate;
  answer_json(exchange, 200, json::Object().set("status", "ok"));
}

void show_requests(Services& services, Exchange& exchange) {
  json::Object all;
  for (const auto operation :
       {Operation::kTranscription, Operation::kChat, Operation::kSynthesis}) {
    const auto& log = services.requests[operation];
    all.set(name_of(operation), json::Object().set("count", log.count).set("last", log.last));
  }
  answer_json(exchange, 200, all);
}

// The newest first: {"uploads": [{"number", "rate", "samples"}]}; one of them as WAV by ?number=N.
void show_uploads(Services& services, Exchange& exchange, GHashTable* query) {
  const auto* asked =
      query ? static_cast<const char*>(g_hash_table_lookup(query, "number")) : nullptr;
  const auto first = services.upload_count - static_cast<std::int64_t>(services.uploads.size());
  if (!asked) {
    json::Array list;
    for (auto number = services.upload_count; number-- > first;) {
      const auto& audio = services.uploads[static_cast<std::size_t>(number - first)];
      list.add(json::Object()
                   .set("number", number)
                   .set("rate", audio.rate)
                   .set("samples", static_cast<std::int64_t>(audio.samples.size())));
    }
    return answer_json(exchange, 200, json::Object().set("uploads", list));
  }
  const auto number = g_ascii_strtoll(asked, nullptr, 10);
  if (number < first || number >= services.upload_count)
    return answer_bad(exchange, "there is no such upload any more");
  const auto& audio = services.uploads[static_cast<std::size_t>(number - first)];
  const auto bytes = audio.samples.size() * 2;
  auto file = wav_header(1, audio.rate, 16, static_cast<std::uint32_t>(bytes));
  file.append(reinterpret_cast<const char*>(audio.samples.data()), bytes);
  exchange.answer(200, "audio/wav", std::move(file));
}

void show_phrases(Exchange& exchange, GHashTable* query) {
  const auto* asked =
      query ? static_cast<const char*>(g_hash_table_lookup(query, "language")) : nullptr;
  const std::string language = asked ? asked : "es";
  if (language != "es" && language != "en")
    return answer_bad(exchange, "\"language\" is es or en");
  json::Array phrases;
  for (const auto& phrase : PhraseList::of(language).examples()) phrases.add(phrase);
  answer_json(exchange, 200, json::Object().set("language", language).set("phrases", phrases));
}

}  // namespace

void handle_admin(Services& services, std::shared_ptr<Exchange> exchange, const std::string& path,
                  const std::string& method, GHashTable* query) {
  if (path == "/sandbox/faults" && method == "POST")
    return add_fault(services, *exchange);
  if (path == "/sandbox/faults" && method == "DELETE") {
    services.faults.clear();
    return answer_json(*exchange, 200, json::Object().set("status", "ok"));
  }
  if (path == "/sandbox/latency" && method == "POST")
    return set_latency(services, *exchange);
  if (path == "/sandbox/requests" && method == "GET")
    return show_requests(services, *exchange);
  if (path == "/sandbox/uploads" && method == "GET")
    return show_uploads(services, *exchange, query);
  if (path == "/sandbox/phrases" && method == "GET")
    return show_phrases(*exchange, query);
  answer_json(
      *exchange, 404,
      json::Object().set(
          "error", json::Object().set("code", "not_found").set("message", method + " " + path)));
}

}  // namespace centralita::sandbox

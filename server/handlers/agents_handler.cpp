#include "server/handlers/agents_handler.h"

#include "server/agents/validation.h"
#include "server/handlers/api.h"

namespace centralita {
namespace {

using agents::Language;
using agents::Words;
using store::Connection;
using store::StoredAgent;
using store::StoreError;
template <typename T>
using Answer = Result<T, StoreError>;

json::Array array_of(const std::vector<std::string>& texts) {
  json::Array array;
  for (const auto& text : texts) array.add(text);
  return array;
}

json::Object head_of(const StoredAgent& agent) {
  json::Object object;
  object.set("id", agent.id)
      .set("name", agent.name)
      .set("version", agent.version)
      .set("default", agent.is_default)
      .set("numbers", array_of(agent.numbers));
  set_time(object, "created_at", agent.created_at);
  set_time(object, "updated_at", agent.updated_at);
  set_time(object, "deleted_at", agent.deleted_at);
  return object;
}

json::Object summary_of(const StoredAgent& agent) {
  const auto config = agents::read_config(agent.document, std::nullopt).config;
  return head_of(agent)
      .set("voice_language", config.voice_language)
      .set("voice_name", config.voice_name)
      .set("stt_language", config.stt_language)
      .set("llm_model", config.llm_model);
}

json::Object json_of(const StoredAgent& agent) {
  return head_of(agent)
      .set("shared", agent.document.shared)
      .set("profiles", agent.document.profiles_json());
}

std::string etag(int version) { return "\"" + std::to_string(version) + "\""; }

void reply_agent(HttpExchange& exchange, int status, const StoredAgent& agent) {
  exchange.set_header("ETag", etag(agent.version));
  if (status == 201)
    exchange.set_header("Location", "/api/v1/agents/" + std::to_string(agent.id));
  exchange.reply_json(status, json_of(agent));
}

void reply_mistakes(HttpExchange& exchange, const std::vector<agents::Mistake>& mistakes) {
  json::Array list;
  for (const auto& mistake : mistakes)
    list.add(json::Object()
                 .set("path", mistake.path)
                 .set("code", mistake.code)
                 .set("message", mistake.message));
  const auto count = std::to_string(mistakes.size());
  const Words sentence = mistakes.size() == 1
                             ? Words{"Un valor no es válido; no se ha guardado nada.",
                                     "One value is not valid; nothing was stored."}
                             : Words{count + " valores no son válidos; no se ha guardado nada.",
                                     count + " values are not valid; nothing was stored."};
  exchange.reply_json(
      422, json::Object().set("error", json::Object()
                                           .set("code", "invalid-agent")
                                           .set("message", sentence.in(language_of(exchange)))
                                           .set("mistakes", list)));
}

// The version that a change was made from.
struct Expected {
  std::optional<int> version;
  bool by_header = false;
};

// Empty: it has been refused.
std::optional<Expected> expected_of(HttpExchange& exchange, const json::Object& body) {
  auto tag = exchange.header("If-Match");
  if (tag.empty() || tag == "*") {
    const auto version = body.integer("version");
    return Expected{version ? std::optional(static_cast<int>(*version)) : std::nullopt, false};
  }
  if (tag.size() > 2 && tag.front() == '"' && tag.back() == '"')
    if (const auto version = whole_number(tag.substr(1, tag.size() - 2)))
      return Expected{static_cast<int>(*version), true};
  exchange.reply_error(400, "bad-if-match", "If-Match must be an agent's ETag, such as \"7\".");
  return std::nullopt;
}

// The agent's number in the path. Empty: it has been refused.
std::optional<std::int64_t> id_of(HttpExchange& exchange) {
  const auto id = whole_number(exchange.id);
  if (!id)
    exchange.reply_error(404, store::kNotFound, "There is no such agent.");
  return id;
}

// What most requests end with: the agent as it is now, or why not.
auto answer_with_agent(const Exchange& exchange, int status, Expected expected = {}) {
  return [exchange, status, expected](Answer<StoredAgent> agent) {
    if (agent)
      return reply_agent(*exchange, status, *agent);
    if (agent.error().code == store::kVersionConflict && expected.by_header)
      return exchange->reply_error(
          412, store::kVersionConflict,
          Words{"Alguien cambió el agente mientras usted lo editaba. Vuelva a cargarlo y repita el "
                "cambio.",
                "Somebody changed the agent while you were editing it. Load it again and repeat "
                "the change."}
              .in(language_of(*exchange)));
    reply_store_error(*exchange, agent.error());
  };
}

// --- One function a request ---------------------------------------------------

void list_agents(store::Store& store, const Exchange& exchange) {
  const bool deleted_too = exchange->query("deleted") == "true";
  store.read<std::vector<StoredAgent>>(
      [deleted_too](Connection& connection) { return store::list_agents(connection, deleted_too); },
      nullptr,
      [exchange](Answer<std::vector<StoredAgent>> all) {
        if (!all)
          return reply_store_error(*exchange, all.error());
        json::Array list;
        for (const auto& agent : *all) list.add(summary_of(agent));
        exchange->reply_json(200, json::Object().set("agents", list));
      });
}

void create_agent(store::Store& store, const Exchange& exchange) {
  const auto body = object_body(*exchange);
  if (!body)
    return;
  if (const auto mistakes = agents::check_write(*body, true, language_of(*exchange));
      !mistakes.empty())
    return reply_mistakes(*exchange, mistakes);
  // As text: what json-glib makes stays on the thread that made it.
  store.change<StoredAgent>(
      [name = *body->string("name"), text = agents::to_text(agents::merged({}, *body)),
       author = author_of(*exchange)](Connection& connection) {
        return store::create_agent(connection, name, agents::read_document(text).value(), author);
      },
      nullptr, answer_with_agent(exchange, 201));
}

void get_agent(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  if (!id)
    return;
  store.read<StoredAgent>(
      [id](Connection& connection) { return store::get_agent(connection, *id); }, nullptr,
      answer_with_agent(exchange, 200));
}

void patch_agent(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  const auto body = id ? object_body(*exchange) : std::nullopt;
  const auto expected = body ? expected_of(*exchange, *body) : std::nullopt;
  if (!expected)
    return;
  if (const auto mistakes = agents::check_write(*body, false, language_of(*exchange));
      !mistakes.empty())
    return reply_mistakes(*exchange, mistakes);
  store.change<StoredAgent>(
      [id, text = body->to_string(), expected,
       author = author_of(*exchange)](Connection& connection) {
        return store::update_agent(connection, *id, json::parse(text).value().object(),
                                   expected->version, author);
      },
      nullptr, answer_with_agent(exchange, 200, *expected));
}

void delete_agent(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  const auto expected = id ? expected_of(*exchange, {}) : std::nullopt;
  if (!expected)
    return;
  store.change<StoredAgent>(
      [id, expected, author = author_of(*exchange)](Connection& connection) {
        return store::delete_agent(connection, *id, expected->version, author);
      },
      nullptr, answer_with_agent(exchange, 200, *expected));
}

// POST with an optional new name.
template <typename Function>
Handler named_action(store::Store& store, int status, Function function) {
  return [&store, status, function](const Exchange& exchange) {
    const auto id = id_of(*exchange);
    const auto body = id ? object_body(*exchange) : std::nullopt;
    if (!body)
      return;
    if (const auto mistakes = agents::check_name(*body, false, language_of(*exchange));
        !mistakes.empty())
      return reply_mistakes(*exchange, mistakes);
    store.change<StoredAgent>(
        [id, name = body->string("name").value_or(""), function, author = author_of(*exchange)](
            Connection& connection) { return function(connection, *id, name, author); },
        nullptr, answer_with_agent(exchange, status));
  };
}

void make_default(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  if (!id)
    return;
  store.change<StoredAgent>(
      [id, author = author_of(*exchange)](Connection& connection) {
        return store::make_default(connection, *id, author);
      },
      nullptr, answer_with_agent(exchange, 200));
}

void get_effective(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  if (!id)
    return;
  const auto profile = agents::profile_named(exchange->query("profile"));
  if (!profile)
    return exchange->reply_error(400, "bad-profile", "profile must be browser, twilio or telnyx.");
  store.read<StoredAgent>(
      [id](Connection& connection) { return store::get_agent(connection, *id); }, nullptr,
      [exchange, profile = *profile](Answer<StoredAgent> agent) {
        if (!agent)
          return reply_store_error(*exchange, agent.error());
        const auto reading = agents::read_config(agent->document, profile);
        json::Object sources;
        for (const auto& [name, source] : reading.sources)
          sources.set(name.c_str(), source == agents::Source::kProfile ? "profile" : "shared");
        exchange->set_header("ETag", etag(agent->version));
        exchange->reply_json(200, json::Object()
                                      .set("id", agent->id)
                                      .set("name", agent->name)
                                      .set("version", agent->version)
                                      .set("profile", agents::name_of(profile))
                                      .set("settings", agents::settings_of(reading.config))
                                      .set("sources", sources)
                                      .set("remarks", array_of(reading.remarks)));
      });
}

// --- History ------------------------------------------------------------------

json::Object json_of(const store::AgentVersion& version) {
  json::Object object;
  object.set("version", version.version)
      .set("name", version.name)
      .set("author", version.author)
      .set("action", version.action);
  set_time(object, "created_at", version.created_at);
  return object.set("shared", version.document.shared)
      .set("profiles", version.document.profiles_json());
}

void list_versions(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  if (!id)
    return;
  using Versions = std::vector<store::AgentVersion>;
  store.read<Versions>(
      [id](Connection& connection) { return store::list_versions(connection, *id); }, nullptr,
      [exchange](Answer<Versions> versions) {
        if (!versions)
          return reply_store_error(*exchange, versions.error());
        json::Array list;
        for (std::size_t i = 0; i < versions->size(); ++i) {
          auto object = json_of((*versions)[i]);
          // Newest first: the next one is the one before.
          if (i + 1 < versions->size())
            object.set("changes",
                       agents::differences((*versions)[i + 1].document, (*versions)[i].document));
          list.add(object);
        }
        exchange->reply_json(200, json::Object().set("versions", list));
      });
}

void restore_version(store::Store& store, const Exchange& exchange) {
  const auto id = id_of(*exchange);
  const auto version = whole_number(exchange->parameter("version"));
  const auto body = id ? object_body(*exchange) : std::nullopt;
  const auto expected = body ? expected_of(*exchange, *body) : std::nullopt;
  if (!expected)
    return;
  if (!version || *version < 1 || *version > G_MAXINT32)
    return exchange->reply_error(404, store::kNotFound, "The agent has no such version.");
  store.change<StoredAgent>(
      [id, version, expected, author = author_of(*exchange)](Connection& connection) {
        return store::restore_version(connection, *id, static_cast<int>(*version),
                                      expected->version, author);
      },
      nullptr, answer_with_agent(exchange, 200, *expected));
}

}  // namespace

void add_agents_handler(Router& router, store::Store& store) {
  const auto add = [&](const char* method, const char* pattern, auto function) {
    router.add(method, pattern, access_of(method),
               [&store, function](const Exchange& exchange) { function(store, exchange); });
  };
  add("GET", "/api/v1/agents", list_agents);
  add("POST", "/api/v1/agents", create_agent);
  add("GET", "/api/v1/agents/{id}", get_agent);
  add("PATCH", "/api/v1/agents/{id}", patch_agent);
  add("DELETE", "/api/v1/agents/{id}", delete_agent);
  add("GET", "/api/v1/agents/{id}/effective", get_effective);
  add("POST", "/api/v1/agents/{id}/default", make_default);
  add("GET", "/api/v1/agents/{id}/versions", list_versions);
  add("POST", "/api/v1/agents/{id}/versions/{version}/restore", restore_version);
  router.add("POST", "/api/v1/agents/{id}/clone", Access::kEditor,
             named_action(store, 201, store::clone_agent));
  router.add("POST", "/api/v1/agents/{id}/restore", Access::kEditor,
             named_action(store, 200, store::undelete_agent));
}

}  // namespace centralita

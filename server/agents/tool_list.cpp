#include "server/agents/tool_list.h"

#include "plugins/base/metadata_host.h"

#include <algorithm>
#include <set>

namespace centralita::agents {
namespace {

constexpr char kName[] = "^[A-Za-z][A-Za-z0-9_-]{0,63}$";
constexpr char kVariable[] = "^[A-Za-z_][A-Za-z0-9_]{0,99}$";
constexpr char kHeader[] = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$";
constexpr std::int64_t kShortest = 500, kLongest = 9'000;  // ms; llmdialog waits 10 seconds
constexpr std::int64_t kMostRetries = 3;
constexpr glong kLongestText = 2'000;
constexpr const char* kMembers[] = {"name",    "description", "parameters", "url",    "method",
                                    "headers", "secret",      "timeout_ms", "retries"};
constexpr const char* kTaken[] = {"end_call", "schedule_callback", "transfer_call", "send_dtmf"};

bool matches(const char* pattern, const std::string& text) {
  return g_regex_match_simple(pattern, text.c_str(), G_REGEX_DOLLAR_ENDONLY, GRegexMatchFlags{});
}

Problem wrong(const char* code, Words reason, std::string where) {
  return {code, std::move(reason), std::move(where)};
}

std::optional<Problem> problem_with_texts(const json::Object& tool) {
  for (const char* member : {"name", "description", "url", "method", "secret"}) {
    const std::string where = std::string("/") + member;
    if (tool.has(member) && !tool.string(member))
      return wrong("wrong-type", {"debe ser un texto", "must be a text"}, where);
    if (g_utf8_strlen(tool.string(member).value_or("").c_str(), -1) > kLongestText)
      return wrong(
          "too-long",
          {"puede tener como mucho 2000 caracteres", "can have 2000 characters at the most"},
          where);
  }
  for (const char* member : {"name", "description", "url"})
    if (tool.string(member).value_or("").empty())
      return wrong("missing", {"falta", "is missing"}, std::string("/") + member);
  const auto name = *tool.string("name");
  if (!matches(kName, name))
    return wrong("bad-format",
                 {"debe empezar con una letra y tener como mucho 64 letras, cifras, _ y -",
                  "must begin with a letter and have 64 letters, digits, _ and - at the most"},
                 "/name");
  if (std::find(std::begin(kTaken), std::end(kTaken), name) != std::end(kTaken))
    return wrong("bad-format",
                 {"es el nombre de una herramienta propia del sistema",
                  "is the name of one of the system's own tools"},
                 "/name");
  const auto method = tool.string("method").value_or("POST");
  if (method != "POST" && method != "GET")
    return wrong("not-a-choice", {"debe ser uno de: POST, GET", "must be one of: POST, GET"},
                 "/method");
  if (const auto secret = tool.string("secret").value_or("");
      !secret.empty() && !matches(kVariable, secret))
    return wrong("bad-format",
                 {"es el nombre de una variable de entorno, no la clave",
                  "is the name of an environment variable, not the key itself"},
                 "/secret");
  return std::nullopt;
}

std::optional<Problem> problem_with_url(const std::string& url) {
  const auto bad = [](Words reason) { return wrong("bad-format", std::move(reason), "/url"); };
  char *scheme = nullptr, *user = nullptr, *host = nullptr;
  const bool valid = g_uri_split(url.c_str(), G_URI_FLAGS_NONE, &scheme, &user, &host, nullptr,
                                 nullptr, nullptr, nullptr, nullptr);
  const OwnedString owned_scheme(scheme), owned_user(user), owned_host(host);
  if (!valid || !scheme || !host || !*host ||
      (g_ascii_strcasecmp(scheme, "http") != 0 && g_ascii_strcasecmp(scheme, "https") != 0))
    return bad({"debe ser una URL http o https", "must be an http or https URL"});
  if (user)
    return bad({"no puede llevar usuario ni clave", "cannot have a user or a password in it"});
  if (is_metadata_host(host))
    return bad({"la dirección está reservada a la propia máquina o a su nube",
                "the address is reserved for the machine itself or its cloud"});
  return std::nullopt;
}

std::optional<Problem> problem_with_headers(const json::Object& tool) {
  if (!tool.has("headers"))
    return std::nullopt;
  const auto headers = tool.object("headers");
  if (!headers)
    return wrong("wrong-type", {"debe ser un objeto de textos", "must be an object of texts"},
                 "/headers");
  for (const auto& name : headers->names()) {
    const auto value = headers->string(name.c_str());
    const bool own = g_ascii_strcasecmp(name.c_str(), "idempotency-key") == 0 ||
                     g_ascii_strcasecmp(name.c_str(), "x-centralita-signature") == 0;
    if (!value || own || !matches(kHeader, name) ||
        std::any_of(value->begin(), value->end(), [](char c) { return g_ascii_iscntrl(c); }))
      return wrong("bad-format",
                   {"la cabecera \"" + name + "\" no es válida o la pone el sistema",
                    "the header \"" + name + "\" is not valid, or the system sets it"},
                   "/headers");
  }
  return std::nullopt;
}

std::optional<Problem> problem_with_whole(const json::Object& tool, const char* member,
                                          std::int64_t low, std::int64_t high) {
  if (!tool.has(member))
    return std::nullopt;
  const auto value = tool.integer(member);
  if (value && *value >= low && *value <= high)
    return std::nullopt;
  const auto from = std::to_string(low), to = std::to_string(high);
  return wrong(value ? "out-of-range" : "wrong-type",
               {"debe ser un número entero entre " + from + " y " + to,
                "must be a whole number from " + from + " to " + to},
               std::string("/") + member);
}

std::optional<Problem> problem_with_tool(const json::Object& tool) {
  for (const auto& name : tool.names())
    if (std::find(std::begin(kMembers), std::end(kMembers), name) == std::end(kMembers))
      return wrong("unknown", {"no es parte de una herramienta", "is no part of a tool"},
                   "/" + name);
  if (auto problem = problem_with_texts(tool))
    return problem;
  if (auto problem = problem_with_url(*tool.string("url")))
    return problem;
  if (auto problem = problem_with_headers(tool))
    return problem;
  if (tool.has("parameters")) {
    const auto schema = tool.object("parameters");
    if (!schema || schema->string("type") != "object")
      return wrong("bad-format",
                   {"debe ser un JSON Schema con \"type\": \"object\"",
                    "must be a JSON Schema with \"type\": \"object\""},
                   "/parameters");
    if (schema->has("properties") && !schema->object("properties"))
      return wrong("wrong-type", {"debe ser un objeto", "must be an object"},
                   "/parameters/properties");
    if (schema->has("required") && !schema->array("required"))
      return wrong("wrong-type", {"debe ser una lista", "must be a list"}, "/parameters/required");
  }
  if (auto problem = problem_with_whole(tool, "timeout_ms", kShortest, kLongest))
    return problem;
  return problem_with_whole(tool, "retries", 0, kMostRetries);
}

}  // namespace

std::optional<Problem> problem_with_tools(JsonNode* node, std::size_t most) {
  if (!JSON_NODE_HOLDS_ARRAY(node))
    return wrong("wrong-type", {"debe ser una lista de herramientas", "must be a list of tools"},
                 "");
  const json::Array array(json_node_get_array(node));
  if (array.size() > most)
    return wrong("too-long",
                 {"puede tener como mucho " + std::to_string(most) + " herramientas",
                  "can have " + std::to_string(most) + " tools at the most"},
                 "");
  std::set<std::string> names;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto where = "/" + std::to_string(i);
    if (!JSON_NODE_HOLDS_OBJECT(array.node(i)))
      return wrong("wrong-type", {"debe ser un objeto", "must be an object"}, where);
    const json::Object tool(json_node_get_object(array.node(i)));
    if (auto problem = problem_with_tool(tool)) {
      problem->where = where + problem->where;
      return problem;
    }
    if (!names.insert(*tool.string("name")).second)
      return wrong("bad-format", {"ese nombre ya está en la lista", "that name is already listed"},
                   where + "/name");
  }
  return std::nullopt;
}

std::vector<HttpTool> tools_in(JsonNode* node) {
  std::vector<HttpTool> tools;
  for (const auto& object : json::Array(json_node_get_array(node)).objects()) {
    HttpTool tool;
    tool.name = object.string("name").value_or("");
    tool.description = object.string("description").value_or("");
    if (const auto schema = object.object("parameters"))
      tool.parameters = schema->to_string();
    tool.url = object.string("url").value_or("");
    tool.method = object.string("method").value_or(tool.method);
    if (const auto headers = object.object("headers"))
      for (const auto& name : headers->names())
        tool.headers.emplace(name, headers->string(name.c_str()).value_or(""));
    tool.secret = object.string("secret").value_or("");
    tool.timeout =
        std::chrono::milliseconds(object.integer("timeout_ms").value_or(tool.timeout.count()));
    tool.retries = static_cast<int>(object.integer("retries").value_or(tool.retries));
    tools.push_back(std::move(tool));
  }
  return tools;
}

json::Array tools_to_json(const std::vector<HttpTool>& tools) {
  json::Array array;
  for (const auto& tool : tools) {
    json::Object headers;
    for (const auto& [name, value] : tool.headers) headers.set(name.c_str(), value);
    auto object = json::Object().set("name", tool.name).set("description", tool.description);
    if (const auto schema = json::parse(tool.parameters))
      object.set("parameters", schema->object());
    array.add(object.set("url", tool.url)
                  .set("method", tool.method)
                  .set("headers", headers)
                  .set("secret", tool.secret)
                  .set("timeout_ms", static_cast<std::int64_t>(tool.timeout.count()))
                  .set("retries", tool.retries));
  }
  return array;
}

json::Object tool_schema() {
  const auto text = [](const char* description) {
    return json::Object().set("type", "string").set("description", description);
  };
  const auto whole = [](std::int64_t low, std::int64_t high, std::int64_t usual) {
    return json::Object()
        .set("type", "integer")
        .set("minimum", low)
        .set("maximum", high)
        .set("default", usual);
  };
  const HttpTool usual;
  const auto properties =
      json::Object()
          .set("name", text("As the model calls it").set("pattern", kName))
          .set("description", text("For the model: what it does and when to call it")
                                  .set("maxLength", std::int64_t{kLongestText}))
          .set("parameters", json::Object()
                                 .set("type", "object")
                                 .set("description", "JSON Schema of the arguments"))
          .set("url", text("http or https").set("pattern", "^[Hh][Tt][Tt][Pp][Ss]?://"))
          .set("method", json::Object()
                             .set("enum", json::Array().add("POST").add("GET"))
                             .set("default", usual.method))
          .set("headers", json::Object()
                              .set("type", "object")
                              .set("additionalProperties", json::Object().set("type", "string")))
          .set("secret", text("Environment variable with the key that requests are signed with"))
          .set("timeout_ms", whole(kShortest, kLongest, usual.timeout.count()))
          .set("retries", whole(0, kMostRetries, usual.retries));
  return json::Object()
      .set("type", "object")
      .set("additionalProperties", false)
      .set("required", json::Array().add("name").add("description").add("url"))
      .set("properties", properties);
}

}  // namespace centralita::agents

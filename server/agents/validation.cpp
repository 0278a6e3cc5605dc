#include "server/agents/validation.h"

#include "server/agents/document.h"
#include "server/agents/value.h"

#include <algorithm>

namespace centralita::agents {
namespace {

constexpr long kLongestName = 100;

// RFC 6901: "~" and "/" in a member's name.
std::string pointer(const std::string& path, const std::string& name) {
  std::string escaped;
  for (const char c : name) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return path + "/" + escaped;
}

class Check {
 public:
  explicit Check(Language language) : language_(language) {}

  void add(std::string path, const char* code, const Words& reason) {
    mistakes.push_back({std::move(path), code, reason.in(language_)});
  }

  void settings(const json::Object& settings, const std::string& path, Scope scope) {
    for (const auto& name : settings.names()) {
      const auto here = pointer(path, name);
      const auto* field = find_field(name);
      if (!field) {
        add(here, "unknown", unknown_setting(name));
        continue;
      }
      if (scope == Scope::kProfile && field->scope == Scope::kShared) {
        add(here, "not-in-a-profile",
            {"vale para todos los tipos de llamada: va en \"shared\"",
             "is the same for every kind of call: it belongs in \"shared\""});
        continue;
      }
      auto* node = settings.node(name.c_str());
      if (JSON_NODE_HOLDS_NULL(node))
        continue;
      if (const auto problem = problem_with(*field, node))
        add(here + problem->where, problem->code, problem->reason);
    }
  }

  // The member's object; a member that is none is a mistake.
  std::optional<json::Object> object(const json::Object& parent, const char* name,
                                     const std::string& path) {
    auto* node = parent.node(name);
    if (!node)
      return std::nullopt;
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
      add(path, "wrong-type", {"debe ser un objeto", "must be an object"});
      return std::nullopt;
    }
    return parent.object(name);
  }

  void name(const json::Object& body, bool required) {
    auto* node = body.node("name");
    if (!node) {
      if (required)
        add("/name", "missing",
            {"falta: todo agente tiene un nombre", "is missing: every agent has a name"});
      return;
    }
    const auto name = body.string("name");
    if (!name)
      return add("/name", "wrong-type", {"debe ser un texto", "must be a text"});
    const auto length = g_utf8_strlen(name->c_str(), -1);
    if (std::all_of(name->begin(), name->end(), [](char c) { return g_ascii_isspace(c); }))
      return add("/name", "too-short", {"no puede estar vacío", "cannot be empty"});
    if (length > kLongestName)
      return add("/name", "too-long",
                 {"puede tener como mucho 100 caracteres; tiene " + std::to_string(length),
                  "can have 100 characters at the most; it has " + std::to_string(length)});
    if (g_ascii_isspace(name->front()) || g_ascii_isspace(name->back()))
      add("/name", "bad-format",
          {"no puede empezar ni acabar con un espacio", "cannot begin or end with a space"});
  }

  std::vector<Mistake> mistakes;

 private:
  // The nearest name, for the one who mistyped it.
  static Words unknown_setting(const std::string& name) {
    const Field* nearest = nullptr;
    std::size_t most = 0;
    for (const auto& field : all_fields()) {
      const std::string_view other = field.name;
      const auto end = std::mismatch(name.begin(), name.end(), other.begin(), other.end());
      const auto common = static_cast<std::size_t>(end.first - name.begin());
      if (common > most) {
        most = common;
        nearest = &field;
      }
    }
    Words words = {"no es ningún ajuste de un agente", "is no setting of an agent"};
    if (nearest && most >= 4) {
      words.es += std::string(". ¿Quizá ") + nearest->name + "?";
      words.en += std::string(". Did you mean ") + nearest->name + "?";
    }
    return words;
  }

  const Language language_;
};

}  // namespace

std::vector<Mistake> check_name(const json::Object& body, bool required, Language language) {
  Check check(language);
  check.name(body, required);
  return std::move(check.mistakes);
}

std::vector<Mistake> check_write(const json::Object& body, bool is_new, Language language) {
  Check check(language);
  check.name(body, is_new);
  if (const auto shared = check.object(body, "shared", "/shared"))
    check.settings(*shared, "/shared", Scope::kShared);
  if (const auto profiles = check.object(body, "profiles", "/profiles"))
    for (const auto& name : profiles->names()) {
      const auto path = pointer("/profiles", name);
      if (!profile_named(name))
        check.add(path, "unknown",
                  {"no es ningún perfil; los hay browser, twilio y telnyx",
                   "is no profile; there are browser, twilio and telnyx"});
      else if (const auto settings = check.object(*profiles, name.c_str(), path))
        check.settings(*settings, path, Scope::kProfile);
    }
  for (const auto& name : body.names())
    if (name != "name" && name != "shared" && name != "profiles" && name != "version")
      check.add(pointer("", name), "unknown",
                find_field(name) ? Words{"va dentro de \"shared\" o de un perfil",
                                         "belongs in \"shared\" or in a profile"}
                                 : Words{"no es parte de un agente", "is no part of an agent"});
  if (body.has("version") && !body.integer("version"))
    check.add("/version", "wrong-type", {"debe ser un número entero", "must be a whole number"});
  return std::move(check.mistakes);
}

}  // namespace centralita::agents

#include "plugins/base/provider_settings.h"
#include "server/catalogue/catalogue.h"

#include <algorithm>

namespace centralita {
namespace {

constexpr char kOwnUrl[] = "https://api.groq.com/openai/v1";
constexpr ProviderInfo kModels{.provider = "groq",
                               .operation = "models",
                               .url_property = "base-url",
                               .url_blurb = "",
                               .url_variable = "GROQ_BASE_URL",
                               .key_variable = "GROQ_API_KEY",
                               .hosts = {"api.groq.com"}};

// For when the server cannot be asked.
constexpr const char* kBuiltInModels[] = {"openai/gpt-oss-20b",      "openai/gpt-oss-120b",
                                          "llama-3.3-70b-versatile", "llama-3.1-8b-instant",
                                          "whisper-large-v3-turbo",  "whisper-large-v3"};

// The API does not say what a model is for; its name does.
const char* kind_of(const std::string& id) {
  if (id.find("whisper") != std::string::npos)
    return "speech";
  for (const char* other : {"tts", "guard", "embed", "playai", "orpheus"})
    if (id.find(other) != std::string::npos)
      return "other";
  return "chat";
}

json::Object model(const std::string& id, std::optional<std::int64_t> context_window) {
  return json::Object()
      .set("id", id)
      .set("kind", kind_of(id))
      .set("context_window", context_window);
}

json::Array read_models(const json::Document& document) {
  json::Array models;
  const auto list =
      document.is_object() ? document.object().array("data") : std::optional<json::Array>();
  if (!list)
    return models;
  for (const auto& one : list->objects())
    if (const auto id = one.string("id"); id && one.boolean("active").value_or(true))
      models.add(model(*id, one.integer("context_window")));
  return models;
}

json::Array built_in_models() {
  json::Array models;
  for (const auto* id : kBuiltInModels) models.add(model(id, std::nullopt));
  return models;
}

}  // namespace

Catalogue::Source groq_models() {
  const auto settings = ProviderSettings().resolved(kModels, kOwnUrl);
  return {.name = "models",
          .provider = "groq",
          .url = settings.base_url + "/models",
          .headers = {{"Authorization", "Bearer " + settings.api_key}},
          .read = read_models,
          .built_in = built_in_models};
}

}  // namespace centralita

#include "plugins/base/provider_settings.h"

#include "plugins/base/metadata_host.h"

namespace centralita {
namespace {

using std::chrono::milliseconds;

enum Offset {
  kUrl,
  kKey,
  kConnect,
  kFirstByte,
  kStall,
  kFallbackUrl,
  kFallbackKey,
  kFallbackChoice,
  kHedge
};
static_assert(kHedge + 1 == ProviderProperties::kCount);

constexpr auto kReadWrite = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                     GST_PARAM_MUTABLE_PLAYING);
constexpr auto kWriteOnly =
    static_cast<GParamFlags>(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

struct Deadline {
  Offset offset;
  const char* name;
  const char* blurb;
  milliseconds HttpDeadlines::*member;
};
constexpr Deadline kDeadlines[] = {
    {kConnect, "connect-timeout", "Milliseconds until the request can be sent",
     &HttpDeadlines::connect},
    {kFirstByte, "first-byte-timeout", "Milliseconds from then to the first byte of the answer",
     &HttpDeadlines::first_byte},
    {kStall, "stall-timeout", "Milliseconds between two pieces of the answer",
     &HttpDeadlines::stall},
};

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

std::string host_of(const std::string& url) {
  GError* error = nullptr;
  const auto uri = Ref<GUri>::adopt(g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, &error));
  const OwnedError owned(error);
  const char* host = uri ? g_uri_get_host(uri.get()) : nullptr;
  const OwnedString lower(g_ascii_strdown(host ? host : "", -1));
  return lower.get();
}

// Scheme, host and port: whom a key is given to.
std::string origin_of(const std::string& url) {
  GError* error = nullptr;
  const auto uri = Ref<GUri>::adopt(g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, &error));
  const OwnedError owned(error);
  if (!uri || !g_uri_get_host(uri.get()))
    return "";
  return std::string(g_uri_get_scheme(uri.get())) + "://" + host_of(url) + ":" +
         std::to_string(g_uri_get_port(uri.get()));
}

void trim_slashes(std::string& url) {
  while (url.ends_with('/')) url.pop_back();
}

// Of texts that live as long as the class.
const char* interned(const std::string& text) { return g_intern_string(text.c_str()); }

bool belongs_to(std::string_view host, std::string_view domain) {
  return !domain.empty() && host.ends_with(domain) &&
         (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

std::string or_environment(std::string_view value, const char* variable) {
  const char* fallback = value.empty() && variable ? g_getenv(variable) : nullptr;
  const std::string_view text = fallback ? fallback : value;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

ProviderSettings ProviderSettings::resolved(const ProviderInfo& info,
                                            std::string_view own_url) const {
  auto copy = *this;
  copy.api_key = or_environment(api_key, info.key_variable);
  copy.base_url = or_environment(base_url, info.url_variable);
  if (copy.base_url.empty())
    copy.base_url = own_url;
  trim_slashes(copy.base_url);
  const auto given = or_environment("", info.fallback_url_variable);
  copy.fallback_url = fallback_url.empty() ? given : or_environment(fallback_url, nullptr);
  trim_slashes(copy.fallback_url);
  // An agent's settings may name any address; the environment's key goes to the environment's.
  if (fallback_key.empty() && !given.empty() && origin_of(given) == origin_of(copy.fallback_url))
    copy.fallback_key = or_environment("", info.fallback_key_variable);
  return copy;
}

bool ProviderSettings::lacks_key(const ProviderInfo& info) const {
  if (!api_key.empty())
    return false;
  const auto host = host_of(base_url);
  for (const auto domain : info.hosts)
    if (belongs_to(host, domain))
      return true;
  return false;
}

bool ProviderSettings::has_fallback(const ProviderInfo& info) const {
  if (fallback_url.empty())
    return !fallback_choice.empty();
  if (is_metadata_host(host_of(fallback_url)))
    return false;
  return !fallback().lacks_key(info);
}

ProviderSettings ProviderSettings::fallback() const {
  auto copy = *this;
  if (!fallback_url.empty()) {
    copy.base_url = fallback_url;
    copy.api_key = fallback_key;
    if (origin_of(fallback_url) == origin_of(base_url) && fallback_key.empty())
      copy.api_key = api_key;
  }
  copy.lane = "fallback";
  return copy;
}

ProviderError missing_key(const ProviderInfo& info) {
  return {.code = ProviderError::Code::kBadKey,
          .provider = info.provider,
          .operation = info.operation,
          .text = std::string(info.provider) + " (" + info.operation +
                  ") needs an API key and none is set. Set " + info.key_variable +
                  " or the property api-key.",
          .detail = "no request was made"};
}

void ProviderProperties::install(GObjectClass* object_class,
                                 const ProviderSettings& defaults) const {
  g_object_class_install_property(
      object_class, first_ + kUrl,
      g_param_spec_string(info_.url_property, info_.url_property, info_.url_blurb,
                          defaults.base_url.c_str(), kReadWrite));
  const std::string key = std::string("Key of the service; empty: ") + info_.key_variable;
  g_object_class_install_property(
      object_class, first_ + kKey,
      g_param_spec_string("api-key", "api-key", g_intern_string(key.c_str()), nullptr, kWriteOnly));
  for (const auto& deadline : kDeadlines)
    g_object_class_install_property(
        object_class, first_ + deadline.offset,
        g_param_spec_uint(deadline.name, deadline.name, deadline.blurb, 1, G_MAXUINT,
                          static_cast<guint>((defaults.deadlines.*deadline.member).count()),
                          kReadWrite));
  const auto text = [&](Offset offset, const std::string& name, const std::string& blurb,
                        GParamFlags flags) {
    g_object_class_install_property(
        object_class, first_ + offset,
        g_param_spec_string(interned(name), interned(name), interned(blurb), nullptr, flags));
  };
  const std::string choice = info_.choice;
  text(kFallbackUrl, std::string("fallback-") + info_.url_property,
       std::string("Asked when a request fails, or when the service has failed so often that it is "
                   "not asked; empty: ") +
           info_.fallback_url_variable + ", or the same address",
       kReadWrite);
  text(kFallbackKey, "fallback-api-key",
       std::string("Key of that address; empty: ") + info_.fallback_key_variable +
           ", for that of " + info_.fallback_url_variable + " alone",
       kWriteOnly);
  text(kFallbackChoice, "fallback-" + choice, "The " + choice + " asked for there; empty: the same",
       kReadWrite);
  g_object_class_install_property(
      object_class, first_ + kHedge,
      g_param_spec_boolean("hedge", "hedge",
                           "Send a request a second time when it is later than 95 % of its kind, "
                           "and use what is answered first; both are paid for",
                           defaults.hedge, kReadWrite));
}

bool ProviderProperties::set(ProviderSettings& settings, guint id, const GValue* value) const {
  if (id == first_ + kUrl) {
    settings.base_url = text_of(value);
    return true;
  }
  if (id == first_ + kKey) {
    settings.api_key = text_of(value);
    return true;
  }
  if (id == first_ + kFallbackUrl) {
    settings.fallback_url = text_of(value);
    return true;
  }
  if (id == first_ + kFallbackKey) {
    settings.fallback_key = text_of(value);
    return true;
  }
  if (id == first_ + kFallbackChoice) {
    settings.fallback_choice = text_of(value);
    return true;
  }
  if (id == first_ + kHedge) {
    settings.hedge = g_value_get_boolean(value);
    return true;
  }
  for (const auto& deadline : kDeadlines)
    if (id == first_ + deadline.offset) {
      settings.deadlines.*deadline.member = milliseconds(g_value_get_uint(value));
      return true;
    }
  return false;
}

bool ProviderProperties::get(const ProviderSettings& settings, guint id, GValue* value) const {
  if (id == first_ + kUrl) {
    g_value_set_string(value, settings.base_url.c_str());
    return true;
  }
  if (id == first_ + kFallbackUrl) {
    g_value_set_string(value, settings.fallback_url.c_str());
    return true;
  }
  if (id == first_ + kFallbackChoice) {
    g_value_set_string(value, settings.fallback_choice.c_str());
    return true;
  }
  if (id == first_ + kHedge) {
    g_value_set_boolean(value, settings.hedge);
    return true;
  }
  for (const auto& deadline : kDeadlines)
    if (id == first_ + deadline.offset) {
      g_value_set_uint(value, static_cast<guint>((settings.deadlines.*deadline.member).count()));
      return true;
    }
  return false;
}

}  // namespace centralita

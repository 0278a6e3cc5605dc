#include "plugins/base/provider_settings.h"

namespace centralita {
namespace {

using std::chrono::milliseconds;

enum Offset { kUrl, kKey, kConnect, kFirstByte, kStall };
static_assert(kStall + 1 == ProviderProperties::kCount);

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

bool belongs_to(std::string_view host, std::string_view domain) {
  return !domain.empty() && host.ends_with(domain) &&
         (host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

std::string or_environment(std::string_view value, const char* variable) {
  const char* fallback = value.empty() ? g_getenv(variable) : nullptr;
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
  while (copy.base_url.ends_with('/')) copy.base_url.pop_back();
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
  for (const auto& deadline : kDeadlines)
    if (id == first_ + deadline.offset) {
      g_value_set_uint(value, static_cast<guint>((settings.deadlines.*deadline.member).count()));
      return true;
    }
  return false;
}

}  // namespace centralita

#include "plugins/base/provider_settings.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

constexpr ProviderInfo kInfo{.provider = "acme",
                             .operation = "singing",
                             .url_property = "base-url",
                             .url_blurb = "Of the API; empty: ACME_URL, or Acme's",
                             .url_variable = "CENTRALITA_TEST_ACME_URL",
                             .key_variable = "CENTRALITA_TEST_ACME_KEY",
                             .choice = "voice",
                             .fallback_url_variable = "CENTRALITA_TEST_ACME_FALLBACK_URL",
                             .fallback_key_variable = "CENTRALITA_TEST_ACME_FALLBACK_KEY",
                             .hosts = {"acme.example", "acme.invalid"}};
constexpr char kOwn[] = "https://api.acme.example/v1";
constexpr ProviderProperties kProperties(7, kInfo);

struct Environment {
  ~Environment() {
    g_unsetenv(kInfo.url_variable);
    g_unsetenv(kInfo.key_variable);
    g_unsetenv(kInfo.fallback_url_variable);
    g_unsetenv(kInfo.fallback_key_variable);
  }
};

struct Holder {
  GObject parent;
  ProviderSettings* settings;
};
struct HolderClass {
  GObjectClass parent;
};

ProviderSettings& settings_of(GObject* object) {
  return *reinterpret_cast<Holder*>(object)->settings;
}

GType holder_type() {
  static const GType type = g_type_register_static_simple(
      G_TYPE_OBJECT, "ProviderSettingsHolder", sizeof(HolderClass),
      [](gpointer klass, gpointer) noexcept {
        auto* object_class = G_OBJECT_CLASS(klass);
        object_class->set_property = [](GObject* object, guint id, const GValue* value,
                                        GParamSpec*) noexcept {
          EXPECT_TRUE(kProperties.set(settings_of(object), id, value));
        };
        object_class->get_property = [](GObject* object, guint id, GValue* value,
                                        GParamSpec*) noexcept {
          EXPECT_TRUE(kProperties.get(settings_of(object), id, value));
        };
        object_class->finalize = [](GObject* object) noexcept {
          delete reinterpret_cast<Holder*>(object)->settings;
          G_OBJECT_CLASS(g_type_class_peek(G_TYPE_OBJECT))->finalize(object);
        };
        kProperties.install(object_class, {.deadlines = {.stall = 1234ms}});
      },
      sizeof(Holder),
      [](GTypeInstance* instance, gpointer) noexcept {
        reinterpret_cast<Holder*>(instance)->settings =
            new ProviderSettings{.deadlines = {.stall = 1234ms}};
      },
      GTypeFlags(0));
  return type;
}

Ref<GObject> holder() {
  return Ref<GObject>::adopt(static_cast<GObject*>(g_object_new(holder_type(), nullptr)));
}

}  // namespace

TEST(ProviderSettings, WhatIsSetCountsForMoreThanTheEnvironmentAndThatForMoreThanTheDefault) {
  const Environment environment;
  EXPECT_EQ(ProviderSettings{}.resolved(kInfo, kOwn).base_url, kOwn);
  g_setenv(kInfo.url_variable, "http://other:1/v1/", TRUE);
  g_setenv(kInfo.key_variable, " k\n", TRUE);
  auto now = ProviderSettings{}.resolved(kInfo, kOwn);
  EXPECT_EQ(now.base_url, "http://other:1/v1");
  EXPECT_EQ(now.api_key, "k");
  now = ProviderSettings{.base_url = "http://mine//", .api_key = "m"}.resolved(kInfo, kOwn);
  EXPECT_EQ(now.base_url, "http://mine");
  EXPECT_EQ(now.api_key, "m");
}

TEST(ProviderSettings, AnEmptyEnvironmentVariableIsAsGoodAsNone) {
  const Environment environment;
  g_setenv(kInfo.url_variable, "  ", TRUE);
  g_setenv(kInfo.key_variable, "", TRUE);
  const auto now = ProviderSettings{}.resolved(kInfo, kOwn);
  EXPECT_EQ(now.base_url, kOwn);
  EXPECT_TRUE(now.lacks_key(kInfo));
}

TEST(ProviderSettings, OnlyTheProviderItselfNeedsAKey) {
  for (const char* url :
       {"https://acme.example", "https://API.acme.example:443/v1", "http://x.acme.invalid/a?b"})
    EXPECT_TRUE((ProviderSettings{.base_url = url}.lacks_key(kInfo))) << url;
  for (const char* url : {"http://127.0.0.1:9", "https://acme.example.org",
                          "https://notacme.example", "https://other/acme.example", "nonsense", ""})
    EXPECT_FALSE((ProviderSettings{.base_url = url}.lacks_key(kInfo))) << url;
  EXPECT_FALSE((ProviderSettings{.base_url = kOwn, .api_key = "k"}.lacks_key(kInfo)));
}

TEST(ProviderSettings, AFallbackIsAnAddressOrAChoiceAndHasItsOwnKey) {
  const Environment environment;
  const auto of = [](ProviderSettings settings) { return settings.resolved(kInfo, kOwn); };
  EXPECT_FALSE(of({.api_key = "k"}).has_fallback(kInfo));
  const auto other_choice = of({.api_key = "k", .fallback_choice = "tenor"});
  EXPECT_TRUE(other_choice.has_fallback(kInfo));
  EXPECT_EQ(other_choice.fallback().base_url, kOwn);
  EXPECT_EQ(other_choice.fallback().api_key, "k");
  EXPECT_NE(other_choice.fallback().lane, "");
  // The provider itself elsewhere, without a key for it.
  EXPECT_FALSE(of({.api_key = "k", .fallback_url = "https://eu.acme.example"}).has_fallback(kInfo));
  const auto elsewhere = of({.api_key = "k", .fallback_url = "http://other:1/v1/"});
  EXPECT_TRUE(elsewhere.has_fallback(kInfo));
  EXPECT_EQ(elsewhere.fallback().base_url, "http://other:1/v1");
  EXPECT_EQ(elsewhere.fallback().api_key, "");
}

TEST(ProviderSettings, TheEnvironmentsFallbackKeyGoesToTheEnvironmentsFallbackAlone) {
  const Environment environment;
  g_setenv(kInfo.fallback_url_variable, "https://two.example/v1", TRUE);
  g_setenv(kInfo.fallback_key_variable, "f", TRUE);
  const auto of = [](const char* url) {
    return ProviderSettings{.api_key = "k", .fallback_url = url}.resolved(kInfo, kOwn).fallback();
  };
  EXPECT_EQ(of("").base_url, "https://two.example/v1");
  EXPECT_EQ(of("").api_key, "f");
  EXPECT_EQ(of("https://two.example/v2").api_key, "f");
  for (const char* url : {"https://evil.example/v1", "http://two.example/v1",
                          "https://two.example:8443/v1", "https://two.example.evil.example"})
    EXPECT_EQ(of(url).api_key, "") << url;
}

TEST(ProviderSettings, TheErrorSaysWhichVariableAndWhichProperty) {
  const auto error = missing_key(kInfo);
  EXPECT_EQ(error.code, ProviderError::Code::kBadKey);
  EXPECT_EQ(error.provider, "acme");
  EXPECT_EQ(error.operation, "singing");
  EXPECT_NE(error.text.find(kInfo.key_variable), std::string::npos);
  EXPECT_NE(error.text.find("api-key"), std::string::npos);
}

TEST(ProviderProperties, GoInAndComeOut) {
  const auto object = holder();
  g_object_set(object.get(), "base-url", "http://h", "connect-timeout", 1u, "first-byte-timeout",
               2u, "stall-timeout", 3u, nullptr);
  const auto& settings = settings_of(object.get());
  EXPECT_EQ(settings.base_url, "http://h");
  EXPECT_EQ(settings.deadlines.connect, 1ms);
  EXPECT_EQ(settings.deadlines.first_byte, 2ms);
  EXPECT_EQ(settings.deadlines.stall, 3ms);
  char* url = nullptr;
  guint stall = 0;
  g_object_get(object.get(), "base-url", &url, "stall-timeout", &stall, nullptr);
  EXPECT_STREQ(OwnedString(url).get(), "http://h");
  EXPECT_EQ(stall, 3u);
}

TEST(ProviderProperties, TheKeyGoesInAndDoesNotComeOut) {
  const auto object = holder();
  g_object_set(object.get(), "api-key", "secret", nullptr);
  EXPECT_EQ(settings_of(object.get()).api_key, "secret");
  const auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object.get()), "api-key");
  EXPECT_FALSE(spec->flags & G_PARAM_READABLE);
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_STRING);
  EXPECT_FALSE(kProperties.get(settings_of(object.get()), 8, &value));
  g_value_unset(&value);
}

TEST(ProviderProperties, DefaultsAreTheOnesGiven) {
  const auto object = holder();
  const auto* spec =
      g_object_class_find_property(G_OBJECT_GET_CLASS(object.get()), "stall-timeout");
  EXPECT_EQ(G_PARAM_SPEC_UINT(spec)->default_value, 1234u);
}

TEST(ProviderProperties, NullIsAsGoodAsEmpty) {
  const auto object = holder();
  g_object_set(object.get(), "base-url", nullptr, "api-key", nullptr, nullptr);
  EXPECT_EQ(settings_of(object.get()).base_url, "");
  EXPECT_EQ(settings_of(object.get()).api_key, "");
}

TEST(ProviderProperties, AnIdOfTheElementsOwnIsNotTaken) {
  ProviderSettings settings;
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_STRING);
  for (const guint id : {6u, 7u + ProviderProperties::kCount}) {
    EXPECT_FALSE(kProperties.set(settings, id, &value));
    EXPECT_FALSE(kProperties.get(settings, id, &value));
  }
  g_value_unset(&value);
}

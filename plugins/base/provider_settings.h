// What every element that asks a provider can be told: where it is, the key, and how long to wait;
// and the GObject properties that say it.
//
//   struct Settings { ProviderSettings provider; ... };          // in the element's
//   Locked<Settings> const ProviderProperties kProvider(PROP_PROVIDER, {...});    // takes ids
//   [PROP_PROVIDER,
//                                                                // PROP_PROVIDER + kCount)
//   kProvider.install(object_class, defaults.provider);          // base-url, api-key, *-timeout
//   if (kProvider.set(settings.lock()->provider, id, value)) return;
//   const auto now = settings.copy().provider.resolved(kProvider.info(), kGroqBaseUrl);
//
// Values without threads of their own: an element keeps them in a Locked<> and takes copies.
#pragma once

#include "plugins/base/http_stream.h"

#include <string>
#include <string_view>

namespace centralita {

struct ProviderInfo {
  const char* provider;      // "groq": in errors
  const char* operation;     // "chat": in errors
  const char* url_property;  // "base-url"
  const char* url_blurb;
  const char* url_variable;  // environment variables
  const char* key_variable;
  const char* choice = "model";  // of what the service does it with; or "voice"
  const char* fallback_url_variable = nullptr;
  const char* fallback_key_variable = nullptr;
  std::string_view hosts[4] = {};  // whose answers, subdomains' included, nobody gets without a key
};

struct ProviderSettings {
  std::string base_url;  // empty: the environment's, or the provider's own
  std::string api_key;   // empty: the environment's
  HttpDeadlines deadlines;

  // Who is asked instead when that fails: another address, another model or voice, or both.
  std::string fallback_url;     // empty: the environment's, or the same address
  std::string fallback_key;     // empty: the environment's, for the environment's address alone
  std::string fallback_choice;  // empty: the same
  // Whether a request that is later than most of its kind is sent a second time; whichever is
  // answered first counts, and both are paid for.
  bool hedge = false;
  // Which of several services at one address this is; empty: the first one. For ProviderHealth.
  std::string lane;

  // With what is unset taken from the environment, else `own_url`. Trimmed, and the URL without a
  // slash at its end.
  ProviderSettings resolved(const ProviderInfo& info, std::string_view own_url) const;
  // Of resolved ones: whether the provider itself is to be asked and there is no key. Another
  // server may answer without.
  bool lacks_key(const ProviderInfo& info) const;

  // Of resolved ones: whether there is somebody else to ask.
  bool has_fallback(const ProviderInfo& info) const;
  // Of resolved ones: how to ask there. The first address's key never goes to another one. The
  // choice is the caller's to make: fallback_choice.
  ProviderSettings fallback() const;
};

// The error that says so: bad-key, no request was made.
ProviderError missing_key(const ProviderInfo& info);

// The value, else the environment variable's (none: null), without blanks around it.
std::string or_environment(std::string_view value, const char* variable);

class ProviderProperties {
 public:
  static constexpr guint kCount = 9;

  constexpr ProviderProperties(guint first_id, const ProviderInfo& info)
      : first_(first_id), info_(info) {}

  const ProviderInfo& info() const { return info_; }

  // url_property, api-key (can be set and not be read), connect-timeout, first-byte-timeout and
  // stall-timeout (milliseconds), the same url, key and choice with "fallback-" before them, and
  // hedge. All may be set while playing, and count from the next request.
  void install(GObjectClass* object_class, const ProviderSettings& defaults) const;
  // False when the id is none of these.
  bool set(ProviderSettings& settings, guint id, const GValue* value) const;
  bool get(const ProviderSettings& settings, guint id, GValue* value) const;

 private:
  guint first_;
  ProviderInfo info_;
};

}  // namespace centralita

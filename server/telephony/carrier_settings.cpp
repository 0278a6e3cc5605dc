#include "server/telephony/carrier_settings.h"

#include "plugins/base/ref.h"
#include "server/environment.h"
#include "server/telephony/public_address.h"

#include <charconv>
#include <cmath>
#include <map>

namespace centralita {
namespace {

using environment::list;
using environment::text;

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

class Reader {
 public:
  explicit Reader(std::vector<std::string>& mistakes) : mistakes_(mistakes) {}

  void mistake(const char* name, const std::string& must) {
    mistakes_.push_back(std::string(name) + " is \"" + text(name) + "\"; it must be " + must + ".");
  }

  template <typename T>
  T one_of(const char* name, T fallback, const std::map<std::string, T>& values) {
    const auto given = text(name);
    if (given.empty())
      return fallback;
    if (const auto found = values.find(given); found != values.end())
      return found->second;
    std::string names;
    for (const auto& [known, value] : values) names += (names.empty() ? "" : ", ") + known;
    mistake(name, "one of " + names);
    return fallback;
  }

  double number(const char* name, double fallback, double low, double high, bool whole) {
    const auto given = text(name);
    if (given.empty())
      return fallback;
    double value = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
    const bool is_number = error == std::errc{} && end == given.data() + given.size();
    if (!is_number || !(value >= low && value <= high) || (whole && value != std::floor(value))) {
      mistake(name, std::string(whole ? "a whole number" : "a number") + " from " +
                        std::to_string(static_cast<int>(low)) + " to " +
                        std::to_string(static_cast<int>(high)));
      return fallback;
    }
    return value;
  }

  std::string url(const char* name, std::string fallback) {
    auto value = text(name, std::move(fallback));
    while (value.ends_with('/')) value.pop_back();
    if (!value.starts_with("https://") && !value.starts_with("http://"))
      mistake(name, "a URL that begins with https://");
    return value;
  }

  // E.164: "+" and up to 15 digits.
  std::string phone_number(const char* name) {
    const auto value = text(name);
    if (!value.empty() && (value.size() < 8 || value.size() > 16 || value[0] != '+' ||
                           !all_digits(std::string_view(value).substr(1))))
      mistake(name, "a number in international form, such as +525512345678");
    return value;
  }

 private:
  std::vector<std::string>& mistakes_;
};

}  // namespace

CarrierSettings read_carrier_settings(std::vector<std::string>& mistakes) {
  Reader read(mistakes);
  CarrierSettings settings;

  auto& twilio = settings.twilio;
  twilio.auth_token = text("TWILIO_AUTH_TOKEN");
  twilio.account_sid = text("TWILIO_ACCOUNT_SID");
  twilio.api_key = text("TWILIO_API_KEY");
  twilio.api_secret = text("TWILIO_API_SECRET");
  twilio.api_url = read.url("TWILIO_API_URL", twilio.api_url);
  twilio.from_number = read.phone_number("TWILIO_FROM_NUMBER");
  if (!twilio.account_sid.empty() &&
      (twilio.account_sid.size() != 34 || !twilio.account_sid.starts_with("AC")))
    read.mistake("TWILIO_ACCOUNT_SID", "AC and 32 hexadecimal digits, as the console shows it");
  if (twilio.api_key.empty() != twilio.api_secret.empty())
    mistakes.push_back(
        "TWILIO_API_KEY and TWILIO_API_SECRET must be given together or not at all.");

  auto& telnyx = settings.telnyx;
  if (const auto key = text("TELNYX_PUBLIC_KEY"); !key.empty()) {
    telnyx.public_key = TelnyxPublicKey::from_base64(key);
    if (!telnyx.public_key)
      read.mistake("TELNYX_PUBLIC_KEY",
                   "the public key of the portal (Keys & Credentials), 44 characters of base64");
  }
  telnyx.api_key = text("TELNYX_API_KEY");
  // The predecessor's name is taken too, so that its .env goes on to reach the same Telnyx.
  const bool old_name = text("TELNYX_API_URL").empty() && !text("TELNYX_API_BASE").empty();
  telnyx.api_url = read.url(old_name ? "TELNYX_API_BASE" : "TELNYX_API_URL", telnyx.api_url);
  telnyx.connection_id = text("TELNYX_CONNECTION_ID");
  if (!telnyx.connection_id.empty() && !all_digits(telnyx.connection_id))
    read.mistake("TELNYX_CONNECTION_ID", "the digits that identify the Voice API application");
  telnyx.from_number = read.phone_number("TELNYX_FROM_NUMBER");
  using Codec = TelnyxSettings::Codec;
  telnyx.codec = read.one_of<Codec>("TELNYX_CODEC", telnyx.codec,
                                    {{"PCMU", Codec::kPcmu},
                                     {"PCMA", Codec::kPcma},
                                     {"L16", Codec::kL16},
                                     {"L16-8000", Codec::kL16Narrow}});
  using Order = TelnyxSettings::ByteOrder;
  telnyx.l16_byte_order = read.one_of<Order>(
      "TELNYX_L16_BYTE_ORDER", telnyx.l16_byte_order,
      {{"auto", Order::kDetect}, {"little", Order::kLittle}, {"big", Order::kBig}});
  telnyx.noise_suppression = read.one_of<std::string>("TELNYX_NOISE_SUPPRESSION", "",
                                                      {{"off", ""},
                                                       {"Denoiser", "Denoiser"},
                                                       {"DeepFilterNet", "DeepFilterNet"},
                                                       {"Krisp", "Krisp"},
                                                       {"AiCoustics", "AiCoustics"}});

  auto& outbound = settings.outbound;
  outbound.concurrent = static_cast<int>(
      read.number("OUTBOUND_MAX_CONCURRENT", outbound.concurrent, 0, 10'000, true));
  outbound.per_hour =
      static_cast<int>(read.number("OUTBOUND_MAX_PER_HOUR", outbound.per_hour, 0, 100'000, true));
  outbound.cost_per_minute =
      read.number("OUTBOUND_COST_PER_MINUTE", outbound.cost_per_minute, 0, 1000, false);
  outbound.daily_spend =
      read.number("OUTBOUND_DAILY_SPEND", outbound.daily_spend, 0, 1'000'000, false);
  outbound.allowed_prefixes = list("OUTBOUND_ALLOWED_PREFIXES");
  for (const auto& prefix : outbound.allowed_prefixes)
    if (prefix[0] != '+' || !all_digits(std::string_view(prefix).substr(1))) {
      read.mistake("OUTBOUND_ALLOWED_PREFIXES",
                   "a list such as +52,+1212: each with + and the country's code");
      break;
    }

  settings.trusted_proxies = list("TRUSTED_PROXIES");
  for (const auto& network : settings.trusted_proxies)
    if (!is_network(network)) {
      read.mistake("TRUSTED_PROXIES", "a list of addresses or networks, such as 10.0.0.0/8");
      break;
    }
  return settings;
}

}  // namespace centralita

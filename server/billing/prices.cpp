#include "server/billing/prices.h"

#include <cmath>
#include <fstream>
#include <sstream>

namespace centralita {
namespace {

bool is_price(const std::optional<double>& price) {
  return price && std::isfinite(*price) && *price >= 0;
}

// To a ten-thousandth of a cent, so that sums look like money.
double rounded(double amount) { return std::round(amount * 1e6) / 1e6; }

}  // namespace

Result<Prices> Prices::parse(const std::string& text) {
  const auto wrong = [](const std::string& what) { return Unexpected(what); };
  const auto document = json::parse(text);
  if (!document)
    return wrong(document.error());
  if (!document->is_object())
    return wrong("it must be a JSON object");
  const auto table = document->object();
  for (const auto& name : table.names())
    if (name != "currency" && name != "stt_per_hour" && name != "llm_per_million_tokens" &&
        name != "tts_per_million_characters" && name != "telephony_per_minute")
      return wrong(name + " is not known");
  Prices prices;
  prices.currency_ = table.string("currency").value_or("");
  if (prices.currency_.size() != 3)
    return wrong("currency must be three letters, such as USD");
  if (const auto models = table.object("stt_per_hour"))
    for (const auto& model : models->names()) {
      const auto price = models->number(model.c_str());
      if (!is_price(price))
        return wrong("stt_per_hour/" + model + " must be a number of 0 or more");
      prices.stt_hour_[model] = *price;
    }
  if (const auto models = table.object("llm_per_million_tokens"))
    for (const auto& model : models->names()) {
      const auto both = models->object(model.c_str()).value_or(json::Object());
      const auto input = both.number("input"), output = both.number("output");
      if (!is_price(input) || !is_price(output))
        return wrong("llm_per_million_tokens/" + model +
                     " must have input and output, both 0 or more");
      prices.llm_million_[model] = {*input, *output};
    }
  if (table.has("tts_per_million_characters")) {
    prices.tts_million_ = table.number("tts_per_million_characters");
    if (!is_price(prices.tts_million_))
      return wrong("tts_per_million_characters must be a number of 0 or more");
  }
  if (const auto carriers = table.object("telephony_per_minute"))
    for (const auto& carrier : carriers->names())
      for (const char* direction : {"inbound", "outbound"}) {
        const auto both = carriers->object(carrier.c_str()).value_or(json::Object());
        if (!both.has(direction))
          continue;
        const auto price = both.number(direction);
        if (!is_price(price))
          return wrong("telephony_per_minute/" + carrier + "/" + direction +
                       " must be a number of 0 or more");
        prices.minute_[carrier + " " + direction] = *price;
      }
  return prices;
}

Result<Prices> Prices::load(const std::string& path) {
  if (path.empty())
    return Prices();
  std::ifstream file(path);
  if (!file)
    return Unexpected("CENTRALITA_PRICES: cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  auto prices = parse(text.str());
  if (!prices)
    return Unexpected("CENTRALITA_PRICES: " + path + ": " + prices.error());
  return prices;
}

std::string Prices::cost(const CallUsage& usage) const {
  if (empty())
    return "";
  json::Object parts;
  json::Array missing;
  double sum = 0;
  const auto add = [&](const char* part, double amount) {
    parts.set(part, rounded(amount));
    sum += amount;
  };
  if (usage.stt_requests > 0) {
    const auto price = stt_hour_.find(usage.stt_model);
    if (price != stt_hour_.end())
      add("stt", price->second * static_cast<double>(usage.stt_audio.count()) / 3'600'000);
    else
      missing.add("stt " + usage.stt_model);
  }
  if (usage.llm_requests > 0) {
    const auto price = llm_million_.find(usage.llm_model);
    if (price != llm_million_.end())
      add("llm", (price->second.input * static_cast<double>(usage.llm_input_tokens) +
                  price->second.output * static_cast<double>(usage.llm_output_tokens)) /
                     1e6);
    else
      missing.add("llm " + usage.llm_model);
  }
  if (usage.tts_characters > 0) {
    if (tts_million_)
      add("tts", *tts_million_ * static_cast<double>(usage.tts_characters) / 1e6);
    else
      missing.add("tts");
  }
  if (!usage.carrier.empty()) {
    const auto price = minute_.find(usage.carrier + " " + usage.direction);
    if (price != minute_.end())
      add("telephony", price->second * std::ceil(static_cast<double>(usage.line.count()) / 60'000));
    else
      missing.add("telephony " + usage.carrier + " " + usage.direction);
  }
  return json::Object()
      .set("amount", rounded(sum))
      .set("currency", currency_)
      .set("parts", parts)
      .set("missing", missing)
      .to_string();
}

}  // namespace centralita

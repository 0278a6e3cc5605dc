#include "server/handlers/call_filter_query.h"

#include "plugins/base/date_ref.h"
#include "server/handlers/api.h"
#include "server/zone.h"

#include <algorithm>
#include <cctype>

namespace centralita {
namespace {

using agents::Words;

constexpr std::size_t kLongestText = 200;
constexpr std::size_t kMostIds = 10'000;

std::string field(const HttpExchange::Fields& fields, const char* name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

std::vector<std::string> parts(const std::string& text) {
  std::vector<std::string> values;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    if (end > at)
      values.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return values;
}

std::vector<std::string> one(std::string text) {
  if (text.empty())
    return {};
  return {std::move(text)};
}

// `days`: a date stands for the moment so many days after its beginning.
std::optional<WallTime> moment(const std::string& text, const Zone& zone, int days) {
  if (text.size() <= 10)
    return zone.day(text, days);
  const auto utc = Ref<GTimeZone>::adopt(g_time_zone_new_utc());
  const auto time = Ref<GDateTime>::adopt(g_date_time_new_from_iso8601(text.c_str(), utc.get()));
  if (!time)
    return std::nullopt;
  return WallTime(std::chrono::seconds(g_date_time_to_unix(time.get())) +
                  std::chrono::microseconds(g_date_time_get_microsecond(time.get())));
}

}  // namespace

Result<store::CallFilter> read_call_filter(const HttpExchange::Fields& fields,
                                           agents::Language language) {
  const auto refused = [&](const Words& words) { return Unexpected(words.in(language)); };
  store::CallFilter filter;
  const auto zone = Zone::named(field(fields, "tz"));
  if (!zone)
    return refused({"tz debe ser una zona horaria, como America/Mexico_City.",
                    "tz must be a time zone, such as America/Mexico_City."});
  for (const auto& [name, days, place] :
       {std::tuple{"from", 0, &filter.from}, std::tuple{"to", 1, &filter.to}}) {
    const auto text = field(fields, name);
    if (text.empty())
      continue;
    *place = moment(text, *zone, days);
    if (!*place)
      return refused({std::string(name) + " debe ser una fecha, como 2026-05-01, o un momento, "
                                          "como 2026-05-01T14:32:00Z.",
                      std::string(name) + " must be a date, such as 2026-05-01, or a moment, such "
                                          "as 2026-05-01T14:32:00Z."});
  }
  filter.client_types = parts(field(fields, "client_type"));
  filter.statuses = parts(field(fields, "status"));
  filter.directions = parts(field(fields, "direction"));
  filter.end_causes = parts(field(fields, "end_cause"));
  // Names that people gave may have commas in them.
  filter.agents = one(field(fields, "agent"));
  filter.intents = one(field(fields, "intent"));
  filter.sentiments = one(field(fields, "sentiment"));
  if (const auto text = field(fields, "number"); !text.empty()) {
    std::copy_if(text.begin(), text.end(), std::back_inserter(filter.number),
                 [](unsigned char c) { return std::isdigit(c); });
    if (filter.number.empty() || filter.number.size() > 20)
      return refused({"number debe ser una parte de un número: de 1 a 20 cifras.",
                      "number must be a part of a number: 1 to 20 digits."});
  }
  filter.text = field(fields, "q");
  if (filter.text.size() > kLongestText)
    return refused({"q puede tener 200 letras como máximo.", "q may have 200 letters at most."});
  for (const auto& text : parts(field(fields, "ids"))) {
    const auto id = whole_number(text);
    if (!id || filter.ids.size() == kMostIds)
      return refused({"ids debe ser una lista de identificadores de llamadas: 10000 como máximo.",
                      "ids must be a list of ids of calls: 10000 at most."});
    filter.ids.push_back(*id);
  }
  return filter;
}

bool is_filter_field(const std::string& name) {
  constexpr const char* kNames[] = {"from",      "to",    "tz",        "client_type", "status",
                                    "direction", "agent", "end_cause", "intent",      "sentiment",
                                    "number",    "q",     "ids"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

HttpExchange::Fields filter_fields(const json::Object& members) {
  HttpExchange::Fields fields;
  for (const auto& name : members.names()) {
    auto* node = members.node(name.c_str());
    if (const auto text = members.string(name.c_str())) {
      fields[name] = *text;
    } else if (const auto number = members.integer(name.c_str())) {
      fields[name] = std::to_string(*number);
    } else if (node && JSON_NODE_HOLDS_ARRAY(node)) {
      const json::Array list(json_node_get_array(node));
      std::string joined;
      for (std::size_t i = 0; i < list.size(); ++i) {
        auto* item = list.node(i);
        if (!JSON_NODE_HOLDS_VALUE(item))
          continue;
        const auto text = json_node_get_value_type(item) == G_TYPE_STRING
                              ? std::string(json_node_get_string(item))
                              : std::to_string(json_node_get_int(item));
        joined += (joined.empty() ? "" : ",") + text;
      }
      fields[name] = joined;
    }
  }
  return fields;
}

}  // namespace centralita

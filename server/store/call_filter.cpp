#include "server/store/call_filter.h"

#include "plugins/base/json.h"
#include "server/store/text.h"

#include <algorithm>

namespace centralita::store {
namespace {

void set_values(json::Object& document, const char* name, std::vector<std::string> values) {
  if (values.empty())
    return;
  std::sort(values.begin(), values.end());
  json::Array list;
  for (const auto& value : values) list.add(clean_text(value));
  document.set(name, list);
}

std::int64_t microseconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

json::Object document_of(const CallFilter& filter) {
  json::Object document;
  if (!filter.ids.empty()) {
    auto ids = filter.ids;
    std::sort(ids.begin(), ids.end());
    json::Array list;
    for (const auto id : ids) list.add(std::to_string(id));
    document.set("ids", list);
  }
  if (filter.from)
    document.set("from_us", microseconds(*filter.from));
  if (filter.to)
    document.set("to_us", microseconds(*filter.to));
  set_values(document, "client_type", filter.client_types);
  set_values(document, "status", filter.statuses);
  set_values(document, "direction", filter.directions);
  set_values(document, "agent", filter.agents);
  set_values(document, "end_cause", filter.end_causes);
  set_values(document, "intent", filter.intents);
  set_values(document, "sentiment", filter.sentiments);
  if (!filter.number.empty())
    document.set("number", filter.number);
  if (!filter.text.empty())
    document.set("q", clean_text(filter.text));
  return document;
}

}  // namespace

bool CallFilter::empty() const { return document_of(*this).names().empty(); }

std::string CallFilter::to_json() const { return document_of(*this).to_string(); }

std::uint32_t CallFilter::fingerprint() const {
  if (empty())
    return 0;
  std::uint32_t hash = 2'166'136'261;  // FNV-1a
  for (const unsigned char byte : to_json()) hash = (hash ^ byte) * 16'777'619;
  return std::max<std::uint32_t>(hash, 1);
}

}  // namespace centralita::store

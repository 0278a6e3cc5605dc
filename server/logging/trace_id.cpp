#include "server/logging/trace_id.h"

#include "plugins/base/locked.h"
#include "plugins/base/trace_context.h"
#include "server/secrets.h"

#include <deque>
#include <functional>
#include <map>

namespace centralita {
namespace {

// More than calls go on at once in one process; each has two ids.
constexpr std::size_t kMost = 8'192;

// The newest kMost entries.
struct Remembered {
  void set(std::string_view key, std::string_view value) {
    if (!values.insert_or_assign(std::string(key), std::string(value)).second)
      return;
    order.emplace_back(key);
    if (order.size() <= kMost)
      return;
    values.erase(order.front());
    order.pop_front();
  }
  std::string get(std::string_view key) const {
    const auto found = values.find(key);
    return found == values.end() ? "" : found->second;
  }

  std::map<std::string, std::string, std::less<>> values;
  std::deque<std::string> order;  // oldest first
};

// Trace ids by the ids of calls.
Locked<Remembered>& traces() {
  static Locked<Remembered> traces;
  return traces;
}

// By trace id.
Locked<Remembered>& states() {
  static Locked<Remembered> states;
  return states;
}

}  // namespace

std::string trace_id_of(std::string_view call_id) {
  auto known = remembered_trace(call_id);
  return known.empty() ? token_hash("trace", call_id).substr(0, 32) : known;
}

void remember_trace(std::string_view call_id, std::string_view trace_id) {
  if (!call_id.empty() && !trace_id.empty())
    traces().lock()->set(call_id, trace_id);
}

std::string remembered_trace(std::string_view call_id) { return traces().lock()->get(call_id); }

std::string announced_trace(std::string_view traceparent, std::string_view tracestate) {
  auto trace_id = trace_id_in(traceparent);
  if (trace_id.empty())
    return trace_id;
  if (const auto state = tracestate_in(tracestate); !state.empty())
    states().lock()->set(trace_id, state);
  return trace_id;
}

std::string tracestate_of(std::string_view trace_id) { return states().lock()->get(trace_id); }

}  // namespace centralita

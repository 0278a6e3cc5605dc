#include "server/logging/trace_id.h"

#include "plugins/base/locked.h"
#include "server/secrets.h"

#include <deque>
#include <functional>
#include <map>

namespace centralita {
namespace {

// More than calls go on at once in one process; each has two ids.
constexpr std::size_t kMost = 8'192;

struct Traces {
  std::map<std::string, std::string, std::less<>> by_id;
  std::deque<std::string> order;  // oldest first
};

Locked<Traces>& traces() {
  static Locked<Traces> traces;
  return traces;
}

}  // namespace

std::string trace_id_of(std::string_view call_id) {
  {
    const auto known = traces().lock();
    if (const auto found = known->by_id.find(call_id); found != known->by_id.end())
      return found->second;
  }
  return token_hash("trace", call_id).substr(0, 32);
}

void remember_trace(std::string_view call_id, std::string_view trace_id) {
  if (call_id.empty() || trace_id.empty())
    return;
  auto known = traces().lock();
  if (!known->by_id.insert_or_assign(std::string(call_id), std::string(trace_id)).second)
    return;
  known->order.emplace_back(call_id);
  if (known->order.size() <= kMost)
    return;
  known->by_id.erase(known->order.front());
  known->order.pop_front();
}

}  // namespace centralita

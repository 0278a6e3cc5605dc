#include "server/live/live_calls.h"

#include "server/handlers/api.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kKeptEvents = 2'000;
constexpr std::size_t kKeptTurns = 500;
// For how long events are kept after the last listener has gone: it may be back.
constexpr auto kListenersReturn = 60s;

}  // namespace

LiveCalls::LiveCalls(IoContext io) : io_(std::move(io)) {}

void LiveCalls::on_shard_news(std::function<void(LiveCalls&)> news) {
  io_.post([weak = std::weak_ptr(self_), news = std::move(news)] {
    if (const auto self = weak.lock())
      news(**self);
  });
}

void LiveCalls::call_started(const CallStarted& call) {
  on_shard_news([call](LiveCalls& self) {
    auto& live = self.calls_[call.session_id];
    const bool known = !live.info.session_id.empty();
    live.info = call;
    if (!known)
      live.state_since = call.start_time;
    self.tell("call", live);
  });
}

void LiveCalls::turn_finished(const TurnFinished& turn) {
  on_shard_news([turn](LiveCalls& self) {
    auto* call = self.find(turn.session_id);
    if (!call)
      return;
    auto& said = self.turn_of(*call, turn.number, turn.role);
    said.text = turn.content;
    said.generated = turn.generated;
    said.interrupted = turn.interrupted;
    said.partial = false;
    said.response = turn.timings.response;
    said.time = turn.timestamp;
    (turn.role == Role::kCaller ? call->last_user : call->last_agent) = turn.content;
    if (turn.timings.response)
      call->response = turn.timings.response;
    call->turns = std::max(call->turns, turn.number + 1);
    self.tell("turn", *call, &said);
  });
}

void LiveCalls::clause(const std::string& session_id, int turn, const std::string& text) {
  on_shard_news([session_id, turn, text, now = io_.wall()](LiveCalls& self) {
    auto* call = self.find(session_id);
    if (!call)
      return;
    auto& said = self.turn_of(*call, turn, Role::kAgent);
    if (said.text.empty())
      said.time = now;
    said.text += (said.text.empty() ? "" : " ") + text;
    said.partial = true;
    call->last_agent = said.text;
    self.tell("turn", *call, &said);
  });
}

void LiveCalls::call_event(const CallEvent& event) {
  if (event.name != "state")
    return;
  const auto arrow = event.detail.find("-> ");
  on_shard_news([session_id = event.session_id, time = event.time,
                 state = arrow == std::string::npos
                             ? event.detail
                             : event.detail.substr(arrow + 3)](LiveCalls& self) {
    auto* call = self.find(session_id);
    if (!call)
      return;
    call->state = state;
    call->state_since = time;
    self.tell("state", *call);
  });
}

void LiveCalls::call_ended(const CallEnded& end) {
  on_shard_news([end](LiveCalls& self) {
    const auto found = self.calls_.find(end.session_id);
    if (found == self.calls_.end())
      return;
    found->second.state = "ended";
    found->second.state_since = end.end_time;
    self.tell("ended", found->second, nullptr, &end);
    self.calls_.erase(found);
  });
}

void LiveCalls::progress(const std::string& session_id, const std::string& status) {
  auto* call = find(session_id);
  if (!call || status == "active")
    return;
  call->state = status;
  call->state_since = io_.wall();
  tell("state", *call);
}

LiveCalls::LiveCall* LiveCalls::find(const std::string& session_id) {
  const auto found = calls_.find(session_id);
  return found == calls_.end() ? nullptr : &found->second;
}

LiveCalls::Turn& LiveCalls::turn_of(LiveCall& call, int number, Role role) {
  const auto found = std::find_if(call.said.begin(), call.said.end(),
                                  [&](const Turn& turn) { return turn.number == number; });
  if (found != call.said.end())
    return *found;
  if (call.said.size() == kKeptTurns)
    call.said.pop_front();
  return call.said.emplace_back(Turn{.number = number, .role = role});
}

// --- As it is shown ----------------------------------------------------------

json::Object LiveCalls::json_of(const LiveCall& call) {
  json::Object object;
  object.set("session_id", call.info.session_id)
      .set("client_type", call.info.client_type)
      .set("direction", call.info.direction)
      .set("from", call.info.from_number)
      .set("to", call.info.to_number)
      .set("agent", call.info.agent_name)
      .set("state", call.state)
      .set("state_since", iso_time(call.state_since))
      .set("start_time", iso_time(call.info.start_time))
      .set("last_user", call.last_user)
      .set("last_agent", call.last_agent)
      .set("response_ms", call.response)
      .set("turns", call.turns)
      .set("elsewhere", false);
  return object;
}

json::Object LiveCalls::json_of(const Turn& turn) {
  json::Object object;
  object.set("turn", turn.number)
      .set("role", name_of(turn.role))
      .set("content", turn.text)
      .set("generated", turn.generated)
      .set("interrupted", turn.interrupted)
      .set("partial", turn.partial)
      .set("response_ms", turn.response)
      .set("timestamp", iso_time(turn.time));
  return object;
}

std::vector<json::Object> LiveCalls::list() const {
  std::vector<const LiveCall*> sorted;
  for (const auto& [id, call] : calls_) sorted.push_back(&call);
  std::sort(sorted.begin(), sorted.end(), [](const LiveCall* a, const LiveCall* b) {
    return a->info.start_time > b->info.start_time;
  });
  std::vector<json::Object> all;
  for (const auto* call : sorted) all.push_back(json_of(*call));
  return all;
}

std::optional<json::Object> LiveCalls::detail(const std::string& session_id) const {
  const auto found = calls_.find(session_id);
  if (found == calls_.end())
    return std::nullopt;
  json::Array turns;
  for (const auto& turn : found->second.said) turns.add(json_of(turn));
  return json::Object().set("call", json_of(found->second)).set("transcripts", turns);
}

// --- Who looks on ------------------------------------------------------------

Slot LiveCalls::subscribe(Listener listener) {
  const auto id = next_listener_++;
  listeners_.emplace(id, std::move(listener));
  return Slot([this, weak = std::weak_ptr(self_), id] {
    if (weak.expired())
      return;
    listeners_.erase(id);
    last_watched_ = io_.now();
  });
}

std::optional<std::vector<LiveCalls::Event>> LiveCalls::since(std::uint64_t number) const {
  if (number > newest_)
    return std::nullopt;
  std::vector<Event> missed;
  for (const auto& event : events_)
    if (event.number > number)
      missed.push_back(event);
  if (missed.size() != newest_ - number)
    return std::nullopt;
  return missed;
}

void LiveCalls::tell(const char* name, const LiveCall& call, const Turn* turn,
                     const CallEnded* end) {
  ++newest_;
  if (listeners_.empty() && io_.now() - last_watched_ > kListenersReturn)
    return events_.clear();
  auto data = json_of(call);
  if (turn)
    data.set("said", json_of(*turn));
  if (end)
    data.set("status", end->status).set("end_cause", end->end_cause);
  if (events_.size() == kKeptEvents)
    events_.pop_front();
  events_.push_back({newest_, name, data.to_string()});
  // A listener may go while it is told.
  std::vector<std::uint64_t> ids;
  for (const auto& [id, listener] : listeners_) ids.push_back(id);
  const auto event = events_.back();
  for (const auto id : ids)
    if (const auto found = listeners_.find(id); found != listeners_.end()) {
      const auto listener = found->second;
      listener(event);
    }
}

}  // namespace centralita

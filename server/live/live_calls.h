// The calls that go on in this process, and what happens in them, for whoever looks on: their
// state, the last words of each side, and all that was said so far. What happens is numbered, and
// the newest of it kept, so that who was away for a moment misses nothing.
//
// Calls tell from any shard; everything else is of the main thread. While nobody looks on, what
// happens is noted and not told.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/io_context.h"
#include "plugins/base/json.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace centralita {

class LiveCalls final : public CallObserver {
 public:
  explicit LiveCalls(IoContext io);

  // CallObserver, on shards.
  void call_started(const CallStarted& call) override;
  void turn_finished(const TurnFinished& turn) override;
  void call_ended(const CallEnded& end) override;
  void call_event(const CallEvent& event) override;
  // The agent is about to say this; turn_finished() says later what of it was heard. On shards.
  void clause(const std::string& session_id, int turn, const std::string& text);
  // Before the conversation: "ringing". Main thread.
  void progress(const std::string& session_id, const std::string& status);

  std::vector<json::Object> list() const;  // newest first
  bool has(const std::string& session_id) const { return calls_.contains(session_id); }
  // With its "transcripts"; empty: there is no such call here.
  std::optional<json::Object> detail(const std::string& session_id) const;

  struct Event {
    std::uint64_t number;
    std::string name;  // "call", "turn", "state", "ended"
    std::string data;  // JSON
  };
  using Listener = std::function<void(const Event&)>;
  // Called for each event from now on, until the Slot goes.
  Slot subscribe(Listener listener);
  // What happened after `number`; empty: it is not known any more.
  std::optional<std::vector<Event>> since(std::uint64_t number) const;
  std::uint64_t newest() const { return newest_; }

 private:
  struct Turn {
    int number;
    Role role;
    std::string text, generated;
    bool interrupted = false, partial = false;
    std::optional<int> response;
    WallTime time;
  };
  struct LiveCall {
    CallStarted info;
    std::string state = "starting";
    WallTime state_since;
    std::string last_user, last_agent;
    std::optional<int> response;
    int turns = 0;
    std::deque<Turn> said;
  };
  using Calls = std::map<std::string, LiveCall>;

  void on_shard_news(std::function<void(LiveCalls&)> news);
  LiveCall* find(const std::string& session_id);
  Turn& turn_of(LiveCall& call, int number, Role role);
  void tell(const char* name, const LiveCall& call, const Turn* turn = nullptr,
            const CallEnded* end = nullptr);
  static json::Object json_of(const LiveCall& call);
  static json::Object json_of(const Turn& turn);

  const IoContext io_;
  std::shared_ptr<LiveCalls*> self_ = std::make_shared<LiveCalls*>(this);  // of posted news
  Calls calls_;
  std::map<std::uint64_t, Listener> listeners_;
  std::uint64_t next_listener_ = 1;
  std::deque<Event> events_;
  std::uint64_t newest_ = 0;
  Clock::TimePoint last_watched_{};
};

}  // namespace centralita

// A telephone without a person. Caller places one call, from the first HTTP request to the report:
//
//   auto plan = std::make_shared<CallPlan>();
//   plan->way = CallPlan::Way::kWebhook;
//   plan->url = "http://127.0.0.1:8000/api/v1/twilio/incoming-call";
//   plan->script = *parse_script_text("wait-greeting; say hello.wav; wait-reply");
//   if (auto error = load_clips(*plan); !error.empty()) ...
//   Caller call(io, plan, [&](CallReport report) { std::cout << to_text(report); });
//   call.start();
//
// A plan is shared by as many calls as wanted and must not be changed any more. Each call has ids
// of its own.
#pragma once

#include "plugins/base/http_stream.h"
#include "server/caller/call_leg.h"
#include "server/caller/wire_twilio.h"

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace centralita {

// `centralita caller ...`: args[0] is "caller". Returns the exit code of the process.
int caller_main(std::span<char*> args);

namespace caller {

struct CallPlan {
  enum class Way {
    kWebhook,    // POST to `url` as Twilio does on an incoming call, then the stream of its TwiML
    kStream,     // `url` is the media stream's, ws:// or wss://
    kSimulator,  // `url` is the server's; POST /ws/simulator/v2/start, then the simulator's stream
  };
  Way way = Way::kStream;
  std::string url;
  std::string signed_url;  // webhook: the URL to sign, when the public one differs
  std::string stream_at;   // webhook: connect here and not to the stream's own URL
  Parameters parameters;   // stream: customParameters
  std::string agent;       // simulator: its agent; empty: the server's choice
  std::string from = "+14155550100", to = "+14155550199";
  std::string auth_token;  // Twilio's; empty: nothing is signed
  std::string admin_key;   // simulator

  Script script;
  Clips clips;                      // see load_clips()
  std::map<int, Clips> more_clips;  // by rate, where the other side decides on it
  const Clips& clips_at(int rate) const {
    const auto found = more_clips.find(rate);
    return found == more_clips.end() ? clips : found->second;
  }
  PlayerSettings player;

  std::chrono::milliseconds answer_timeout{15000};  // of each HTTP answer and of the WebSocket
  std::chrono::milliseconds max_duration{600000};
  bool keep_audio = true;
  double speed = 1;  // see LegSettings

  int stream_rate_hz = 0;  // of a simulated carrier's codec; 0: the way's own
  int rate_hz() const {
    return stream_rate_hz ? stream_rate_hz : way == Way::kSimulator ? 16000 : 8000;
  }
};

// Reads the files of the script at the plan's rate. Blocks. Empty on success, else a sentence.
std::string load_clips(CallPlan& plan);
// At these rates besides.
std::string load_more_clips(CallPlan& plan, std::initializer_list<int> rates);

// On the thread of `io`, as CallLeg. `done` is called once, from the loop, and may destroy the
// Caller.
class Caller {
 public:
  // `timers` carry the pace of the frames; none: those of `io`.
  Caller(IoContext io, std::shared_ptr<const CallPlan> plan, std::function<void(CallReport)> done,
         std::shared_ptr<TimerQueue> timers = nullptr);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void start();
  void hang_up();

 private:
  void post(const std::string& url, HttpRequest request);
  void on_posted();
  void follow_twiml();
  void follow_simulator();
  void connect(LegSettings settings, std::unique_ptr<Wire> wire);
  void fail(std::string kind, std::string sentence);
  void finish(CallReport report);

  const IoContext io_;
  const std::shared_ptr<const CallPlan> plan_;
  const std::shared_ptr<TimerQueue> timers_;
  std::function<void(CallReport)> done_;
  const TwilioIds ids_;
  CallReport report_;
  Clock::TimePoint began_{};
  std::string answer_type_, answer_body_;
  Slot request_, ending_;
  std::unique_ptr<CallLeg> leg_;
};

}  // namespace caller
}  // namespace centralita

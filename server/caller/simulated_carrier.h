// A whole carrier without a telephone network: its REST API on loopback, its webhooks signed as it
// signs them, its media streams at the pace of real time. See simulated_twilio.h and
// simulated_telnyx.h.
//
//   SimulatedTelnyx carrier(io);
//   carrier.server_url = "http://127.0.0.1:8000";           // where webhooks go
//   carrier.call(plan, [](CarrierCall call) { ... });       // somebody calls the server
//   carrier.callee = {.kind = Callee::Kind::kMachine, ...};  // who answers what the server dials
//   carrier.callees["+525512345678"] = {...};                // who answers that number
//
// Everything happens on the thread of `io`.
#pragma once

#include "plugins/base/soup_listener.h"
#include "server/caller/caller.h"

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace centralita::caller {

// Who is called by the server.
struct Callee {
  enum class Kind {
    kPerson,
    kMachine,  // a greeting, then a beep
    kSilence,  // picks up and says nothing: the carrier does not know who it is
    kIvr,      // a menu: taken for a machine whose greeting ends without a beep
    kBusy,
    kNoAnswer
  };
  Kind kind = Kind::kPerson;
  double ring_seconds = 0.2;
  double detection_seconds = 1;  // after the answer: who it is is known
  double greeting_seconds = 2;   // after the answer: a machine's greeting is over
  bool machine() const { return kind == Kind::kMachine || kind == Kind::kIvr; }
  std::shared_ptr<const CallPlan> plan;  // what is said, and what the report is of
};

// What became of a call, and when.
struct Moment {
  double ms = 0;     // since the carrier has known of the call
  std::string what;  // "answered", "stream", "machine", "beep", "> call.answered 200", "< answer"
};

// One call, when it is over.
struct CarrierCall {
  std::string id, from, to;
  bool outbound = false;
  CallReport report;                    // of its stream, when there was one
  std::vector<std::string> commands;    // "answer", "streaming_start", "hangup", ...
  std::vector<std::string> violations;  // what of the server's doing a carrier would not like
  std::string consulted;                // the other party of a warm transfer
  std::string transferred_to, end;      // "server" or "caller": who ended it
  bool streamed = false;
  std::vector<Moment> moments;
  std::string spoken;             // by the carrier's own voice, instead of a conversation
  std::string noise_suppression;  // the engine that was asked for

  // When it was first so; none: never.
  std::optional<double> when(std::string_view what) const;
};

class SimulatedCarrier {
 public:
  using Done = std::function<void(CarrierCall)>;

  // `port`: of its REST API on loopback; 0: any.
  explicit SimulatedCarrier(IoContext io, std::uint16_t port = 0);
  virtual ~SimulatedCarrier();
  SimulatedCarrier(const SimulatedCarrier&) = delete;
  SimulatedCarrier& operator=(const SimulatedCarrier&) = delete;

  std::string url() const;                                 // of the REST API's host
  bool listening() const { return listener_ != nullptr; }  // else the port is somebody else's
  virtual void call(std::shared_ptr<const CallPlan> plan, Done done) = 0;
  std::string server_url;        // without a slash at its end
  bool repeat_webhooks = false;  // every event is delivered twice
  Callee callee;
  std::map<std::string, Callee> callees;  // by number; `callee` is everybody else
  // The other party of a warm transfer: whoever has the number, as far as they pick up.
  Callee::Kind other = Callee::Kind::kPerson;
  double other_rings = 0.5;  // seconds
  Done on_outbound;          // an outbound call is over
  // Every webhook, command and turn of a call, as it happens.
  std::function<void(const CarrierCall&, const Moment&)> on_moment;

  std::vector<std::string> webhooks;  // "call.initiated 200", in order of their answers

 protected:
  struct Live {
    CarrierCall call;
    Done done;
    std::shared_ptr<const CallPlan> plan;
    std::unique_ptr<CallLeg> leg;
    std::string status = "queued", from, to;
    std::chrono::nanoseconds began{};
    Callee callee;
    bool over = false;
    std::vector<Slot> timers;
    virtual ~Live() = default;
  };
  struct Request {
    std::string method, path, body, authorization;
  };
  struct Reply {
    int status = 200;
    std::string body;
  };
  virtual Reply answer(const Request& request) = 0;
  // The stream of a call has ended: by the server or by the telephone.
  virtual void leg_ended(Live& live, bool by_server) = 0;

  void connect(Live& live, LegSettings settings, std::unique_ptr<Wire> wire);
  // `answered` gets the status (0: none) and the body.
  void post(Live& about, const std::string& name, HttpRequest request,
            std::function<void(int, const std::string&)> answered = nullptr);
  bool is_live(const Live* live) const;
  void after(Live& live, double seconds, std::function<void()> run);
  void note(Live& live, std::string what);
  Callee callee_of(const std::string& number) const;
  Callee::Kind other_of(const std::string& number) const;
  // Tells whoever waits, later; the call is gone then.
  void finish(Live& live);
  // Runs at the loop's next turn.
  void later(std::function<void()> run);

  const IoContext io_;
  std::list<std::unique_ptr<Live>> live_;

 private:
  struct Post {
    Slot request;
    int status = 0;
    std::string body;
  };
  static void on_request(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                         gpointer self) noexcept;

  Ref<SoupServer> soup_;
  std::unique_ptr<SoupListener> listener_;
  std::list<std::shared_ptr<Post>> posts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita::caller

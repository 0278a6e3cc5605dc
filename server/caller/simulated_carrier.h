// A whole carrier without a telephone network: its REST API on loopback, its webhooks signed as it
// signs them, its media streams at the pace of real time. See simulated_twilio.h and
// simulated_telnyx.h.
//
//   SimulatedTelnyx carrier(io);
//   carrier.server_url = "http://127.0.0.1:8000";           // where webhooks go
//   carrier.call(plan, [](CarrierCall call) { ... });       // somebody calls the server
//   carrier.callee = {.kind = Callee::Kind::kMachine, ...};  // who answers what the server dials
//
// Everything happens on the thread of `io`.
#pragma once

#include "server/caller/caller.h"

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace centralita::caller {

// Who is called by the server.
struct Callee {
  enum class Kind { kPerson, kMachine, kBusy, kNoAnswer };
  Kind kind = Kind::kPerson;
  double ring_seconds = 0.2;
  double detection_seconds = 1;          // after the answer: who it is is known
  double greeting_seconds = 2;           // after the answer: a machine's greeting is over
  std::shared_ptr<const CallPlan> plan;  // what is said, and what the report is of
};

// One call, when it is over.
struct CarrierCall {
  std::string id;
  bool outbound = false;
  CallReport report;                    // of its stream, when there was one
  std::vector<std::string> commands;    // "answer", "streaming_start", "hangup", ...
  std::vector<std::string> violations;  // what of the server's doing a carrier would not like
  std::string consulted;                // the other party of a warm transfer
  std::string transferred_to, end;      // "server" or "caller": who ended it
  bool streamed = false;
};

class SimulatedCarrier {
 public:
  using Done = std::function<void(CarrierCall)>;

  explicit SimulatedCarrier(IoContext io);
  virtual ~SimulatedCarrier();
  SimulatedCarrier(const SimulatedCarrier&) = delete;
  SimulatedCarrier& operator=(const SimulatedCarrier&) = delete;

  std::string url() const;  // of the REST API's host
  virtual void call(std::shared_ptr<const CallPlan> plan, Done done) = 0;
  std::string server_url;        // without a slash at its end
  bool repeat_webhooks = false;  // every event is delivered twice
  Callee callee;
  // The other party of a warm transfer.
  Callee::Kind other = Callee::Kind::kPerson;
  double other_rings = 0.5;  // seconds
  Done on_outbound;          // an outbound call is over

  std::vector<std::string> webhooks;  // "call.initiated 200", in order of their answers

 protected:
  struct Live {
    CarrierCall call;
    Done done;
    std::shared_ptr<const CallPlan> plan;
    std::unique_ptr<CallLeg> leg;
    std::string status = "queued", from, to;
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
  void post(const std::string& name, HttpRequest request,
            std::function<void(int, const std::string&)> answered = nullptr);
  void after(Live& live, double seconds, std::function<void()> run);
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
  std::list<std::shared_ptr<Post>> posts_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita::caller

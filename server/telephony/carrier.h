// What a carrier can be told, whichever it is. Main thread only; every command has a deadline and
// is answered exactly once, unless the carrier object goes first.
#pragma once

#include "plugins/base/result.h"
#include "server/telephony/carrier_error.h"

#include <functional>
#include <string>

namespace centralita {

// How the far end of an outbound call is told apart from a machine, beside the conversation.
enum class MachineDetection {
  kOff,
  kDetect,      // says whether a machine has answered
  kMessageEnd,  // says so, and again when its greeting is over
};

struct DialRequest {
  std::string session_id;  // of the call: identifies the command when it is repeated
  std::string from, to;
  std::string base_url;      // where we are reached: for webhooks and the stream
  std::string stream_token;  // one-time, see StreamGrants
  std::string client_state;  // opaque, of whoever asked for the call; not shown to Twilio
  MachineDetection machine_detection = MachineDetection::kOff;
  int ring_seconds = 45;
  int longest_seconds = 3600;
};

// Another party is rung while the caller stays with the agent.
struct ConsultRequest {
  std::string call_id;   // the caller's
  std::string to, from;  // `from`: what the other party is shown
  std::string base_url;  // where we are reached
  std::string tag;       // [a-z0-9-]: comes back with what is heard of the other party
  int ring_seconds = 30;
};

class Carrier {
 public:
  using Done = std::function<void(Result<bool, CarrierError>)>;
  using Dialled = std::function<void(Result<std::string, CarrierError>)>;  // the carrier's call id

  virtual ~Carrier() = default;
  virtual const char* name() const = 0;
  virtual const std::string& default_from() const = 0;
  // Empty when outbound calls are possible, else what is missing.
  virtual std::string cannot_dial() const = 0;

  virtual void dial(const DialRequest& request, Dialled done) = 0;
  // A call that is over already counts as hung up.
  virtual void hang_up(const std::string& call_id, Done done) = 0;
  // Blind: the caller is handed to `to`, our stream ends. `from`: what that side is shown.
  virtual void transfer(const std::string& call_id, const std::string& to, const std::string& from,
                        Done done) = 0;
  // The id of the other party's call; empty where the carrier tells it by an event.
  virtual void consult(const ConsultRequest& request, Dialled done) = 0;
  // The other party has answered: it and the caller hear each other, and our stream ends.
  virtual void join(const std::string& call_id, const std::string& tag, Done done) = 0;
  // The carrier itself records the call, both sides apart. What is returned is its id of it, where
  // it has one already.
  virtual void record(const std::string& call_id, const std::string& base_url, Dialled done) = 0;
  virtual void send_dtmf(const std::string& call_id, const std::string& digits, Done done) = 0;
  // Whether the carrier still has the call; for calls nothing has been heard of.
  virtual void is_alive(const std::string& call_id, Done done) = 0;
};

// For a command that ends a call: one that is over already counts as ended.
Carrier::Done unless_over(Carrier::Done done);

// 0-9 * # A-D, and w, W or , for pauses.
bool are_digits(const std::string& digits);

}  // namespace centralita

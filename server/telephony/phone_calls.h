// The calls that carriers carry, from the first webhook or the order to dial until the carrier says
// that they are over. What is said in them is the media stream's business; here is who is
// connected, what the carrier must be told, and what the history needs to know when there is no
// stream to tell it.
//
//   inbound Twilio   webhook -> token -> stream -> ... -> hang up
//   inbound Telnyx   call.initiated -> answer -> call.answered -> streaming_start -> stream -> ...
//                    refused:  ... -> answer -> call.answered -> speak -> call.speak.ended -> hang
//                    up
//   outbound         dial -> ringing -> answered -> stream, and what has answered beside it
//
// Webhooks come twice, late and in any order: a call only ever moves forward, and what is heard of
// a call that is over is ignored. Hanging up is commanded once for every call that the carrier has
// not ended itself. Main thread only.
#pragma once

#include "pipelines/call_records.h"
#include "server/media_stream/stream_order.h"
#include "server/policy/admission.h"
#include "server/stream_grants.h"
#include "server/telephony/carrier_settings.h"
#include "server/telephony/outbound_limits.h"
#include "server/telephony/outbound_request.h"
#include "server/telephony/seen_ids.h"
#include "server/telephony/telnyx_carrier.h"
#include "server/telephony/telnyx_event.h"
#include "server/telephony/transfer.h"
#include "server/telephony/twilio_carrier.h"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>

namespace centralita {

// What phone calls need of the rest of the server.
class PhoneHost {
 public:
  virtual ~PhoneHost() = default;
  // Does nothing when there is no such stream any more.
  virtual void order_stream(const std::string& session_id, StreamOrder order) = 0;
  virtual bool has_stream(const std::string& session_id) = 0;
  virtual CallObserver& observer() = 0;
  // Of a call whose end has been told already, and was another one: for the history alone.
  virtual void correct_end(const CallEnded& end) = 0;
  virtual void note_recording(const RecordingNote& note) = 0;
  virtual void set_call_status(const std::string& session_id, const std::string& status) = 0;
  // Why a call of `number` (one of ours) is not taken now; empty: it is.
  virtual std::optional<policy::Refusal> refusal(const std::string& number) = 0;
  // This server is about to stop and others take calls: a carrier that announces a new one is told
  // to ask again (503), so that the load balancer asks another server.
  virtual bool sends_calls_elsewhere() = 0;
};

// Twilio's CallStatus and Telnyx' hang-up causes, as the history says them.
struct CarrierEnd {
  std::string status;  // "completed", "busy", "no-answer", "failed", "canceled"
  std::string error;
};

class PhoneCalls {
 public:
  PhoneCalls(IoContext io, const CarrierSettings& settings, StreamGrants& grants, PhoneHost& host);
  ~PhoneCalls();

  // Twilio asks what to do with a call; the token for its stream. Empty: its stream has begun
  // already, so this is an old request sent again.
  std::optional<std::string> twilio_incoming(const std::string& call_sid, const std::string& from,
                                             const std::string& to, const std::string& base_url,
                                             const std::string& trace_id = "");
  void twilio_status(const std::string& call_sid, const std::string& status,
                     const std::string& sip_code);
  void twilio_answered_by(const std::string& call_sid, const std::string& answered_by);
  void twilio_stream_failed(const std::string& call_sid, const std::string& error);

  // `base_url`: how the carrier has reached us.
  void telnyx_event(const TelnyxEvent& event, const std::string& base_url);

  struct Dialled {
    std::string session_id, carrier;
  };
  struct Refusal {
    int status;  // of HTTP
    std::string code, text;
  };
  // Answers at once: the call is queued. What becomes of it is in the history.
  Result<Dialled, Refusal> dial(const OutboundRequest& request, const std::string& base_url);

  using Done = Carrier::Done;
  // Of a live call, by either of its ids. `accepted`: the carrier has taken the command, or not; of
  // a warm transfer that fails after that, the call's stream is told.
  void transfer(const std::string& id, const TransferOrder& order, Done accepted);
  void send_dtmf(const std::string& id, const std::string& digits, Done done);
  Result<bool> hang_up(const std::string& id);

  void stream_began(const std::string& session_id, const std::string& provider_id);
  void stream_over(const std::string& session_id, const std::string& provider_id);

  // The other party of a warm transfer, by Twilio's status callback.
  void twilio_transfer(const std::string& tag, const std::string& target_id,
                       const std::string& status);
  // The carrier shall record the call, once its stream has begun; and has, or could not.
  void record(const std::string& session_id);
  void recording_kept(const std::string& call_id, const std::string& reference,
                      std::chrono::milliseconds duration, const std::string& error);

  // Asks the carriers about calls that nothing has been heard of for a while.
  void reconcile();
  // Of a call that nobody carries any more: hung up, when the carrier still has it.
  void close_line(const std::string& carrier, const std::string& id);

  // Of a call whose agent is there: noise of the caller's side is taken away by the carrier.
  // `engine`: as of AgentConfig::noise_suppression.
  void suppress_noise(const std::string& session_id, const std::string& engine);

  bool knows(const std::string& id) { return find(id) != nullptr; }
  // Of a call that need not be known here. Nothing is answered where there is no such carrier.
  void ask_alive(const std::string& carrier, const std::string& id, Done done);

  std::size_t live() const;
  std::size_t without_stream() const;  // of those, the ones not connected yet
  // Commands still under way.
  bool idle() const { return commands_ == 0; }

 private:
  enum class Stage { kQueued, kRinging, kAnswered, kStreaming, kOver };
  enum class Heard { kMachine, kGreetingOver };

  struct PhoneCall {
    Carrier* carrier = nullptr;
    std::string provider_id;  // empty until a dialled call has one
    std::string session_id;   // empty until the stream of an inbound call has one
    std::string direction = "inbound", from, to, agent, base_url;
    std::string client_state;  // of an inbound one at Telnyx, base64: who sent it here says it
    std::string token;
    Stage stage = Stage::kQueued;
    Voicemail voicemail;
    std::optional<Heard> heard;
    std::optional<policy::Refusal> refused;
    WallTime started{};
    std::optional<WallTime> answered;
    Clock::TimePoint news{};
    bool streamed = false;      // a stream has begun, so the history knows of the call
    bool answering = false;     // Telnyx: the command has been given
    bool stream_asked = false;  // Telnyx: the same
    bool hang_up_commanded = false;
    bool transferred = false;
    std::unique_ptr<WarmTransfer> transfer;
    bool recorded_end = false;
    bool admitted = false;  // counted by the limits
    Slot timer;
  };
  using Calls = std::list<PhoneCall>;

  PhoneCall* find(const std::string& id);
  PhoneCall& add(Carrier& carrier, const std::string& provider_id, const std::string& from,
                 const std::string& to);
  void advance(PhoneCall& call, Stage stage);
  void telnyx_initiated(const TelnyxEvent& event, const std::string& base_url);
  void telnyx_answered(PhoneCall& call);
  void speak_refusal(PhoneCall& call);
  void orphaned(const std::string& id);
  // Whether `tell` is kept for later: a call of that carrier is being dialled, and this id may be
  // the one that it will have. What is told of a call can be quicker than the answer to dialling.
  bool too_early(const Carrier& carrier, const std::string& id, std::function<void()> tell);
  bool dialling(const Carrier& carrier) const;
  // What was kept of calls that are known now, or of nobody's when none is being dialled any more.
  void tell_early(const Carrier& carrier);
  bool has_stream(const PhoneCall& call) const;
  void expect_stream(PhoneCall& call);
  void consult(PhoneCall& call, const TransferOrder& order, Done accepted);
  void rings(PhoneCall& call);  // the other party of its transfer
  PhoneCall* find_transfer(const std::string& tag);
  void transfer_answered(PhoneCall& call);
  void transfer_connected(PhoneCall& call);
  // `cause`: "busy", "no-answer", "failed", "canceled", "call-over".
  void transfer_failed(PhoneCall& call, const std::string& cause);
  void transfer_failed(PhoneCall& call, const CarrierError& error);
  bool was_moved(const PhoneCall& call, const Result<bool, CarrierError>& answer);
  void stays(PhoneCall& call, const CarrierError& why);
  void may_have_hung_up(const PhoneCall& call, const CarrierError& why);
  bool telnyx_transfer(const TelnyxEvent& event);
  std::string shown_number(const PhoneCall& call) const;
  void tell(const PhoneCall& call, const char* name, const std::string& detail);
  void dialled(const std::string& session_id, Result<std::string, CarrierError> provider_id);
  void machine(PhoneCall& call, Heard heard);
  void order_for_machine(PhoneCall& call);
  void command_hang_up(PhoneCall& call);
  void fail(PhoneCall& call, const std::string& cause, const std::string& error);
  void over(PhoneCall& call, const CarrierEnd& end, const std::string& cause);
  void record_end(PhoneCall& call, const std::string& status, const std::string& cause,
                  const std::string& error);
  void sweep();
  Carrier::Done counted(Carrier::Done done);

  const IoContext io_;
  StreamGrants& grants_;
  PhoneHost& host_;
  TwilioCarrier twilio_;
  TelnyxCarrier telnyx_;
  OutboundLimits limits_;
  Calls calls_;
  SeenIds begun_, finished_;             // calls whose stream has begun; that are over
  std::map<std::string, Slot> orphans_;  // Telnyx' calls that nobody here knows of
  const std::string noise_suppression_;  // of Telnyx, where the agent leaves it to the server
  struct Early {
    const Carrier* carrier;
    std::string id;  // the carrier's
    std::function<void()> tell;
  };
  std::deque<Early> early_;
  int commands_ = 0;
  Slot sweep_;
};

}  // namespace centralita

// One media stream: a WebSocket on a shard, and the call that it carries.
//
//   socket opened -> (connected) -> start, permission taken, agent loaded -> Call -> closed
//
// Nothing the far end sends is trusted: a stream without a permission, media before start, or a
// flood of messages that cannot be read is closed with a reason (RFC 6455 close code 1008) that
// says what was wrong; a single broken message is logged and skipped. A stream that does not start
// in ten seconds is closed, a telephone that has sent nothing for fifteen is hung up on, and so is
// a far end that is ten seconds behind with taking what it is sent. All on the shard's thread.
#pragma once

#include "pipelines/call.h"
#include "pipelines/media_tap.h"
#include "server/media_stream/audio_tap.h"
#include "server/media_stream/caller_audio.h"
#include "server/media_stream/send_backlog.h"
#include "server/media_stream/stream_message.h"
#include "server/media_stream/stream_order.h"
#include "server/media_stream/wire.h"
#include "server/shard.h"
#include "server/stream_grants.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace centralita {

// What the agent's settings want of a telephone call's carrier.
struct CarrierWishes {
  bool record = false;
  std::string noise_suppression;  // see AgentConfig
};

// What sessions need of the rest of the server; outlives them. Called on shards.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual std::optional<StreamGrant> take_grant(const std::string& token) = 0;
  // Answers on the shard's thread, possibly at once. An error is a sentence for people.
  virtual void load_agent(const StreamGrant& grant, const IoContext& io,
                          std::function<void(Result<AgentConfig>)> done) = 0;
  virtual Result<std::string> launch_text(const std::string& client_type) = 0;
  virtual const std::string& phrase_folder() const = 0;  // of prepared sentences; empty: none
  virtual CallObserver& observer() = 0;
  // As the agent's settings say; null when the server keeps none of the call's sound.
  virtual std::unique_ptr<MediaTap> record(const CallStarted& call, const AgentConfig& agent,
                                           const WireFormat& caller, const WireFormat& voice,
                                           const IoContext& io) = 0;
  // The call is in the history, and the carrier is to do this with it.
  virtual void ask_carrier(const std::string& session_id, const CarrierWishes& wishes) = 0;
  // What TelephoneLine says, of the call with that id; answered on `io`.
  virtual void transfer_call(const std::string& session_id, const TransferOrder& order,
                             const IoContext& io, TelephoneLine::Done done) = 0;
  virtual void send_keys(const std::string& session_id, const std::string& digits,
                         const IoContext& io, TelephoneLine::Done done) = 0;
  virtual const TelnyxSettings& telnyx() const = 0;
  // The stream's start message has come and its permission was good.
  virtual void stream_began(class MediaSession& session) = 0;
  // The agent is about to say this.
  virtual void clause_began(const class MediaSession& session, int turn,
                            const std::string& text) = 0;
  virtual void session_began(class MediaSession& session) = 0;
  virtual void session_ended(class MediaSession& session) = 0;
};

class MediaSession final : public std::enable_shared_from_this<MediaSession>,
                           private MediaPeer,
                           private TelephoneLine {
 public:
  // Takes over an upgraded connection. `grant`: the permission, when it was taken already (the
  // simulator); a carrier's comes in its start message. Keeps itself alive until the socket has
  // closed.
  static void begin(Shard& shard, SessionHost& host, Ref<GIOStream> stream, Ref<GUri> uri,
                    std::optional<StreamGrant> grant);
  ~MediaSession() override;

  Shard& shard() const { return shard_; }
  // Ends the call, and the stream if there is none yet. On the shard's thread.
  void end(const std::string& cause);
  void order(const StreamOrder& order);
  // Somebody listens from now on; ended at once when there is no call yet.
  void listen(std::shared_ptr<AudioTap> tap);
  void stop_listening(const std::shared_ptr<AudioTap>& tap);

  // From stream_began() on.
  const std::string& session_id() const { return session_id_; }
  const std::string& provider_call_id() const { return provider_call_id_; }
  bool began() const { return started_; }
  // A carrier has the line. What a browser says of its call is its own business.
  bool telephone() const { return grant_->client_type != "browser"; }
  // Who listens to the call. On the shard's thread.
  MediaTaps& taps() { return taps_; }

 private:
  MediaSession(Shard& shard, SessionHost& host, std::optional<StreamGrant> grant);
  void open(Ref<GIOStream> stream, Ref<GUri> uri);

  void on_text(std::string_view text);
  void on_start(const StreamMessage& message);
  void on_media(const StreamMessage& message);
  void watch_media();
  // Empty, or why it goes on no longer.
  std::string media_stalled();
  void on_agent(Result<AgentConfig> agent);
  void forget_waiting_call(const std::string& status, const std::string& cause,
                           const std::string& error);
  void on_malformed(const std::string& error);
  void on_protocol_error(const std::string& what);
  void break_off();
  void on_socket_closed();
  void far_end_stopped();
  void fail(const std::string& cause, const std::string& error);
  void refuse(const std::string& reason);
  void send(const std::string& text);
  void close_socket(gushort code, const std::string& reason);

  void transfer(const TransferOrder& order, TelephoneLine::Done done) override;
  void send_dtmf(const std::string& digits, TelephoneLine::Done done) override;
  // `done`, unless the session is gone by then.
  TelephoneLine::Done while_here(TelephoneLine::Done done);

  void send_audio(std::span<const std::uint8_t> frame) override;
  void send_mark(const std::string& name) override;
  void send_clear() override;
  void hang_up(const CallEnded& end) override;
  void show_state(TurnState state) override;
  void show_turn(const TurnFinished& turn) override;
  void show_clause(int turn, const std::string& text) override;
  void show_timings(int turn, const TurnTimings& timings) override;
  void show_tool(const ToolFinished& tool) override;
  void show_error(const std::string& code, const std::string& text) override;
  void show_event(const CallEvent& event) override;

  Shard& shard_;
  SessionHost& host_;
  std::optional<StreamGrant> grant_;
  Ref<SoupWebsocketConnection> socket_;
  std::vector<Slot> signals_;
  Slot start_timer_, close_timer_;
  StreamMessageParser parser_;
  std::unique_ptr<Wire> wire_;  // from start on
  std::optional<CallerAudio> caller_;
  SendBacklog backlog_;
  std::uint64_t acknowledged_before_ = 0;  // of the handshake
  Clock::TimePoint last_media_{};
  Slot media_timer_;
  std::string session_id_, provider_call_id_;
  std::string stop_cause_;           // why the far end will stop; empty: because it hangs up
  std::vector<StreamOrder> orders_;  // that came before the call
  MediaTaps taps_;
  std::unique_ptr<MediaTap> recording_;
  std::vector<std::shared_ptr<AudioTap>> listeners_;  // among the taps
  std::unique_ptr<Call> call_;
  std::optional<CallStarted> waiting_;  // for its agent
  bool started_ = false;
  int malformed_ = 0;
  std::string broken_;                  // why the stream cannot be read any more; empty: it can
  std::shared_ptr<MediaSession> self_;  // until the socket has closed
};

}  // namespace centralita

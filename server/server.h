// The server of one process: what it listens on, what answers, and the shards that carry the calls.
// Made, used and destroyed on the main thread.
#pragma once

#include "plugins/base/soup_listener.h"
#include "server/analysis/analyst.h"
#include "server/billing/prices.h"
#include "server/call_audience.h"
#include "server/drain.h"
#include "server/live/call_orders.h"
#include "server/live/live_calls.h"
#include "server/media_stream/live_streams.h"
#include "server/metrics/call_metrics.h"
#include "server/policy/call_policy.h"
#include "server/policy/provider_incidents.h"
#include "server/prepared_speech.h"
#include "server/privacy/caretaker.h"
#include "server/readiness.h"
#include "server/recording/recorder.h"
#include "server/recording/retention.h"
#include "server/router.h"
#include "server/security/authenticator.h"
#include "server/security/request_deadline.h"
#include "server/settings.h"
#include "server/shard.h"
#include "server/store/store.h"
#include "server/stream_grants.h"
#include "server/telephony/open_calls.h"
#include "server/telephony/phone_calls.h"
#include "server/telephony/public_address.h"
#include "server/webhooks/webhook_sender.h"

#include <memory>

namespace centralita {

class Server final : private SessionHost, private PhoneHost {
 public:
  Server(Settings settings, std::unique_ptr<store::Store> store);
  ~Server() override;

  // Whether each launch file makes a call's pipeline, which is better known before there is a call.
  // Needs callsrc and callsink registered. The error says which does not and why.
  Result<bool> try_launch_files();
  // Starts listening. The error says on what and why not.
  Result<bool> listen();
  std::uint16_t port() const { return port_; }
  std::string base_url() const;  // PUBLIC_BASE_URL, or the address listened on
  int live_streams() const { return streams_.count(); }
  const Router& router() const { return router_; }
  Caretaker& caretaker() { return caretaker_; }
  Readiness& readiness() { return readiness_; }
  metrics::Registry& metrics() { return metrics_; }

  // Calls that are over may wait to be read.
  void look_for_analysis() { analyst_->look_soon(); }

  // Takes no new calls from now on, and calls `done` when the last one has ended. Those that last
  // longer than DRAIN_SECONDS hear the apology and are ended.
  void drain(std::function<void()> done);
  bool draining() const { return policy_.draining(); }

  // Ends every call with `cause`, closes what listens, and stores what is still queued.
  void shut_down(const std::string& cause);

 private:
  void gather_audience();
  void add_handlers();
  void apologise_to_all();
  void add_stream_routes();
  policy::Load load() const;
  void open_stream(const Exchange& exchange, std::optional<StreamGrant> grant);

  // SessionHost, on shards.
  std::optional<StreamGrant> take_grant(const std::string& token) override;
  void load_agent(const StreamGrant& grant, const IoContext& io,
                  std::function<void(Result<AgentConfig>)> done) override;
  void ask_carrier(const std::string& session_id, const CarrierWishes& wishes) override;
  Result<std::string> launch_text(const std::string& client_type) override;
  const std::string& phrase_folder() const override { return phrase_folder_; }
  CallObserver& observer() override { return audience_; }  // PhoneHost's too
  std::unique_ptr<MediaTap> record(const CallStarted& call, const AgentConfig& agent,
                                   const WireFormat& caller, const WireFormat& voice,
                                   const IoContext& io) override;
  void transfer_call(const std::string& session_id, const TransferOrder& order, const IoContext& io,
                     TelephoneLine::Done done) override;
  void send_keys(const std::string& session_id, const std::string& digits, const IoContext& io,
                 TelephoneLine::Done done) override;
  const TelnyxSettings& telnyx() const override { return settings_.carriers.telnyx; }
  void stream_began(MediaSession& session) override;
  void clause_began(const MediaSession& session, int turn, const std::string& text) override;
  void session_began(MediaSession& session) override;
  void session_ended(MediaSession& session) override;

  // PhoneHost, on the main thread.
  void order_stream(const std::string& session_id, StreamOrder order) override {
    streams_.order(session_id, order);
  }
  bool has_stream(const std::string& session_id) override { return streams_.has(session_id); }
  void note_recording(const RecordingNote& note) override { store_->record(note); }
  void correct_end(const CallEnded& end) override { store_->call_ended(end); }
  void set_call_status(const std::string& session_id, const std::string& status) override;
  std::optional<policy::Refusal> refusal(const std::string& number) override;
  bool sends_calls_elsewhere() override { return draining() && store_->other_instances() > 0; }

  const Settings settings_;
  const std::string phrase_folder_ = settings_.phrase_folder();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Analyst> analyst_;
  Prices prices_;
  CallAudience audience_;  // of all calls: the store, and whoever else follows them
  metrics::Registry metrics_;
  metrics::CallMetrics call_metrics_{metrics_};
  Readiness readiness_;
  IoContext io_;  // of the main thread
  LiveCalls live_calls_;
  PublicAddress address_;
  Authenticator authenticator_;
  recording::Recorder recorder_;
  recording::Retention recordings_;
  Caretaker caretaker_;
  Router router_;
  StreamGrants grants_;
  policy::CallPolicy policy_;
  policy::ProviderIncidents provider_incidents_;
  WebhookSender webhook_sender_;
  PhoneCalls phone_calls_;
  CallOrders call_orders_;
  OpenCalls open_calls_;
  LiveStreams streams_;
  Drain drain_;
  std::map<std::string, Result<std::string>> launch_texts_;  // by client type; read at start
  std::unique_ptr<PreparedSpeech> prepared_speech_;
  Ref<SoupServer> soup_;
  std::unique_ptr<RequestDeadline> deadline_;
  std::unique_ptr<SoupListener> listener_;
  std::uint16_t port_ = 0;
  std::unique_ptr<ShardPool> shards_;  // last: goes first
};

}  // namespace centralita

#include "server/server.h"

#include "plugins/base/provider_health.h"
#include "server/handlers/accounts_handler.h"
#include "server/handlers/agents_handler.h"
#include "server/handlers/audit_handler.h"
#include "server/handlers/calls_handler.h"
#include "server/handlers/catalogue_handler.h"
#include "server/handlers/context_handler.h"
#include "server/handlers/deletion_handler.h"
#include "server/handlers/extraction_handler.h"
#include "server/handlers/health_handler.h"
#include "server/handlers/instances_handler.h"
#include "server/handlers/live_handler.h"
#include "server/handlers/numbers_handler.h"
#include "server/handlers/outbound_handler.h"
#include "server/handlers/pages_handler.h"
#include "server/handlers/privacy_handler.h"
#include "server/handlers/recording_handler.h"
#include "server/handlers/refused_handler.h"
#include "server/handlers/retention_handler.h"
#include "server/handlers/schema_handler.h"
#include "server/handlers/simulator_handler.h"
#include "server/handlers/stats_handler.h"
#include "server/handlers/system_handler.h"
#include "server/handlers/telnyx_handler.h"
#include "server/handlers/twilio_handler.h"
#include "server/handlers/webhooks_handler.h"
#include "server/media_stream/upgrade.h"
#include "server/metrics/provider_metrics.h"
#include "server/metrics/server_metrics.h"
#include "server/readiness_parts.h"
#include "server/telephony/carrier_paths.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <thread>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kFlushLimit = 5s;
constexpr auto kCloseLimit = 2s;
constexpr auto kHangUpLimit = 2s;
constexpr auto kLeaveLimit = 1s;

int shard_count(const Settings& settings) {
  if (settings.shards > 0)
    return settings.shards;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

Server::Server(Settings settings, std::unique_ptr<store::Store> store)
    : settings_(std::move(settings)),
      store_(std::move(store)),
      prices_(settings_.prices),
      io_(Ref<GMainContext>::share(g_main_context_default()), IoContext::make_session()),
      live_calls_(io_),
      address_(
          settings_.public_base_url, settings_.carriers.trusted_proxies,
          [this] { return base_url(); }, settings_.instance),
      authenticator_({.admin_api_key = settings_.admin_api_key,
                      .session_idle = settings_.session_idle,
                      .session_lifetime = settings_.session_lifetime},
                     *store_),
      recorder_({.folder = settings_.data_dir + "/recordings"},
                {.on_note = [this](const RecordingNote& note) { store_->record(note); },
                 .on_event = [this](const CallEvent& event) { audience_.call_event(event); }}),
      recordings_(io_, recorder_, *store_, settings_.recording_days),
      caretaker_(io_, *store_,
                 {.calls = settings_.retention_days, .deliveries = settings_.webhook_days}),
      router_(authenticator_, address_, settings_.rate_limit),
      policy_(io_, *store_, settings_.policy,
              {.data_dir = settings_.data_dir,
               .instance = settings_.instance.empty() ? g_get_host_name() : settings_.instance,
               .load = [this] { return load(); }}),
      provider_incidents_(io_, *store_, policy_.instance()),
      webhook_sender_(
          io_, *store_,
          {.allow_private = settings_.webhooks_allow_private, .redact = settings_.redact_webhooks}),
      phone_calls_(io_, settings_.carriers, grants_, *this),
      call_orders_(
          io_, *store_,
          [this](const std::string& id) { return phone_calls_.knows(id) || streams_.knows(id); }),
      open_calls_(io_, phone_calls_, *store_),
      // Announced calls are waited for; of one whose stream is over the carrier may have no more
      // to say.
      drain_(
          io_, settings_.drain,
          {.idle = [this] { return streams_.count() == 0 && phone_calls_.without_stream() == 0; },
           .apologise = [this] { apologise_to_all(); }}),
      launch_texts_(read_launch_files(settings_.pipelines_dir)),
      soup_(Ref<SoupServer>::adopt(soup_server_new("server-header", "centralita", nullptr))),
      shards_(std::make_unique<ShardPool>(shard_count(settings_))) {
  ProviderHealth::shared().enable();
  prepared_speech_ = std::make_unique<PreparedSpeech>(
      io_, *store_, phrase_folder_,
      [this](const std::string& client_type) { return launch_text(client_type); });
  caretaker_.on_erased([this](const std::vector<std::string>& session_ids) {
    for (const auto& id : session_ids) recordings_.forget(id);
  });
  gather_audience();
  add_readiness_parts(readiness_, *store_, policy_);
  metrics::add_process_metrics(metrics_);
  metrics::add_provider_metrics(metrics_, ProviderHealth::shared());
  metrics::add_store_metrics(metrics_, *store_);
  metrics::add_policy_metrics(metrics_, policy_);
  metrics_.on_scrape([this](metrics::Scrape& scrape) {
    scrape.gauge("voice_open_streams", "Media streams that are open", {}, streams_.count());
  });
  add_handlers();
  add_stream_routes();
  router_.attach(soup_.get());
  deadline_ = std::make_unique<RequestDeadline>(soup_.get(), settings_.request_limit);
}

// Who is told of calls, in this order: the history first.
void Server::gather_audience() {
  audience_.admit(*store_);
  // The event that a call has ended waits for what is read in it.
  analyst_ =
      std::make_unique<Analyst>(io_, *store_,
                                AnalystOptions{.redact_every_call = settings_.redact_transcripts,
                                               .on_read = [this] { webhook_sender_.poll(); }});
  audience_.admit(*analyst_);
  audience_.price_by([this](const CallUsage& usage) { return prices_.cost(usage); });
  audience_.admit(policy_);
  audience_.admit(live_calls_);
  audience_.admit(call_metrics_);
  if (settings_.redact_transcripts)
    audience_.redact_every_call();
}

void Server::add_handlers() {
  add_health_handler(router_, readiness_, [this] { return policy_.draining(); });
  add_metrics_handler(router_, metrics_);
  add_log_level_handler(router_, *store_);
  add_refused_handler(router_, *store_);
  add_privacy_handler(router_, *store_, caretaker_);
  add_pages_handler(router_, authenticator_, settings_.web_dir);
  add_accounts_handler(router_, authenticator_, *store_);
  const KeptFor kept{.call_days = settings_.retention_days,
                     .recording_days = settings_.recording_days};
  add_calls_handler(router_, *store_, kept);
  add_retention_handler(router_, *store_, kept);
  add_deletion_handler(router_, *store_);
  add_recording_handler(router_, *store_, recorder_.shelf());
  add_live_handler(router_, live_calls_, io_, *store_,
                   [this](const std::string& id, std::function<void(MediaSession*)> function) {
                     return streams_.on(id, std::move(function));
                   });
  add_agents_handler(router_, *store_);
  add_numbers_handler(router_, *store_);
  add_audit_handler(router_, *store_);
  add_catalogue_handler(router_, io_);
  add_stats_handler(router_, *store_);
  add_instances_handler(router_, *store_);
  add_webhooks_handler(router_, *store_, webhook_sender_, settings_.webhooks_allow_private);
  add_schema_handler(router_);
  add_simulator_handler(router_, settings_, io_, grants_, *store_, policy_);
  add_system_handler(router_, policy_, *store_);
  add_twilio_handler(router_, settings_.carriers.twilio, address_, io_, *this, phone_calls_);
  add_telnyx_handler(router_, settings_.carriers.telnyx, address_, io_, *this, phone_calls_);
  add_outbound_handler(router_, address_, phone_calls_, call_orders_, *store_);
  add_context_handler(router_, call_orders_,
                      [this](const std::string& id, const StreamOrder& order) {
                        return streams_.order(id, order);
                      });
  add_extraction_handler(router_, *store_, [this] { analyst_->look_soon(); });
}

Server::~Server() {
  prepared_speech_.reset();
  deadline_.reset();
  listener_.reset();
  soup_server_disconnect(soup_.get());
  shards_.reset();
}

Result<bool> Server::try_launch_files() {
  for (const auto& [type, text] : launch_texts_) {
    const auto file = "CENTRALITA_PIPELINES: " + type + ".launch: ";
    if (!text)
      return Unexpected(file + text.error());
    const auto tried = CallPipeline::create(io_, {.launch = with_codecs(*text, {}, {})});
    if (!tried)
      return Unexpected(file + tried.error());
  }
  return true;
}

Result<bool> Server::listen() {
  auto listener =
      SoupListener::listen(soup_.get(), settings_.host, static_cast<std::uint16_t>(settings_.port));
  if (!listener)
    return Unexpected("cannot listen on " + settings_.host + ":" + std::to_string(settings_.port) +
                      " (CENTRALITA_HOST, CENTRALITA_PORT): " + listener.error());
  listener_ = std::move(*listener);
  port_ = listener_->port();
  return true;
}

std::string Server::base_url() const {
  if (!settings_.public_base_url.empty())
    return settings_.public_base_url;
  const bool any = settings_.host == "0.0.0.0" || settings_.host == "::";
  return "http://" + (any ? "127.0.0.1" : settings_.host) + ":" + std::to_string(port_);
}

void Server::drain(std::function<void()> done) {
  policy_.begin_draining();
  store_->change<bool>(
      [run = store_->run()](store::Connection& connection) {
        return store::drain_instance(connection, run);
      },
      io_.context(), [](Result<bool, store::StoreError>) {});
  drain_.begin(std::move(done));
}

void Server::apologise_to_all() {
  spdlog::warn("stopping: {} calls still go on and are ended with an apology", streams_.count());
  streams_.order_all({.kind = StreamOrder::Kind::kApologise,
                      .cause = "server-stopping",
                      .text = "The server was stopped while the call was going on."});
}

void Server::shut_down(const std::string& cause) {
  listener_.reset();
  soup_server_disconnect(soup_.get());
  streams_.end_all(*shards_, cause);
  // The far ends answer the close; who does not is cut off.
  for (auto waited = 0ms; streams_.count() > 0 && waited < kCloseLimit; waited += 10ms)
    g_usleep(10'000);
  // What is said to the carriers about it goes out before the end.
  const auto until = io_.now() + kHangUpLimit;
  do {
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
    if (!phone_calls_.idle())
      g_usleep(5'000);
  } while (!phone_calls_.idle() && io_.now() < until);
  if (!recorder_.flush(kFlushLimit))
    spdlog::error("the last seconds of some recordings are lost: the disk is too slow");
  // The others need not wait until this server is missed.
  bool left = false;
  store_->change<bool>(
      [run = store_->run()](store::Connection& connection) {
        return store::leave_instance(connection, run);
      },
      io_.context(), [&left](Result<bool, store::StoreError>) { left = true; });
  const auto leave_until = io_.now() + kLeaveLimit;
  while (!left && io_.now() < leave_until)
    if (!g_main_context_iteration(nullptr, FALSE))
      g_usleep(1'000);
  if (!store_->flush(kFlushLimit))
    spdlog::warn("{} records wait in the journal for the next start ({})",
                 store_->status().journal.waiting, store_->status().last_error);
}

// --- Media streams -----------------------------------------------------------

void Server::add_stream_routes() {
  // A carrier proves itself in the stream's first message, with the token of its webhook.
  router_.add("GET", kMediaStreamPath, Access::kOpen, [this](const Exchange& exchange) {
    // Telnyx says the token with the handshake already.
    const auto token = exchange->header("x-telnyx-streaming-auth-token");
    if (token.empty())
      return open_stream(exchange, std::nullopt);
    auto grant = grants_.take(token);
    if (!grant)
      return exchange->reply_error(403, "bad-token",
                                   "The stream's token is unknown, was used before or is too old.");
    open_stream(exchange, std::move(grant));
  });
  const auto simulator = [this](const Exchange& exchange) {
    const auto client_id = exchange->query("client_id");
    if (const auto refused = policy_.refusal())
      return exchange->reply_error(503, ("calls-" + refused->code).c_str(), refused->text);
    auto grant = grants_.take(client_id);
    if (!grant)
      return exchange->reply_error(403, "bad-client-id",
                                   "The client_id is unknown, was used before or is too old. "
                                   "Begin with POST /ws/simulator/v2/start.");
    grant->session_id = client_id;  // a browser's own ids could be another call's
    open_stream(exchange, std::move(grant));
  };
  router_.add("GET", "/ws/simulator/v2/stream", Access::kEditor, simulator);
  router_.add("GET", "/ws/simulator/stream", Access::kEditor, simulator);  // the predecessor's name
}

void Server::open_stream(const Exchange& exchange, std::optional<StreamGrant> grant) {
  const bool upgraded = upgrade_to_websocket(
      exchange->message(), [this, grant = std::move(grant)](Ref<GIOStream> stream, Ref<GUri> uri) {
        auto& shard = shards_->least_loaded();
        shard.post([this, &shard, stream, uri, grant] {
          MediaSession::begin(shard, *this, stream, uri, grant);
        });
      });
  if (upgraded)
    exchange->release();
  else
    exchange->reply_error(400, "not-a-websocket", "This address is for WebSocket connections.");
}

std::optional<StreamGrant> Server::take_grant(const std::string& token) {
  return grants_.take(token);
}

void Server::load_agent(const StreamGrant& grant, const IoContext& io,
                        std::function<void(Result<AgentConfig>)> done) {
  // Whose number it is: the one called, or the one that calls out.
  const auto& own = grant.direction == "outbound" ? grant.from_number : grant.to_number;
  const auto key = grant.agent.empty() ? store::AgentKey(store::CalledNumber{own})
                                       : store::AgentKey(grant.agent);
  const auto profile =
      agents::profile_named(grant.profile.empty() ? grant.client_type : grant.profile);
  store_->load_agent(key, profile, io.context(),
                     [done = std::move(done)](Result<AgentConfig, store::StoreError> agent) {
                       if (agent)
                         done(std::move(*agent));
                       else
                         done(Unexpected(agent.error().message));
                     });
}

std::unique_ptr<MediaTap> Server::record(const CallStarted& call, const AgentConfig& agent,
                                         const WireFormat& caller, const WireFormat& voice,
                                         const IoContext& io) {
  if (agent.recording == "ours")
    return recorder_.begin(call.session_id, caller, voice, io.now(), io.wall());
  return nullptr;
}

void Server::ask_carrier(const std::string& session_id, const CarrierWishes& wishes) {
  io_.post([this, session_id, wishes] {
    if (wishes.record)
      phone_calls_.record(session_id);
    phone_calls_.suppress_noise(session_id, wishes.noise_suppression);
  });
}

Result<std::string> Server::launch_text(const std::string& client_type) {
  const auto text = launch_texts_.find(client_type);
  if (text == launch_texts_.end())
    return Unexpected("there is no " + client_type + ".launch");
  return text->second;
}

namespace {

// A carrier's answer, as a sentence, where the question came from.
Carrier::Done answered_on(const IoContext& io, TelephoneLine::Done done) {
  return [io, done = std::move(done)](Result<bool, CarrierError> answer) {
    io.post([done, result = answer ? Result<bool>(true) : Unexpected(answer.error().text)] {
      done(result);
    });
  };
}

}  // namespace

void Server::transfer_call(const std::string& session_id, const TransferOrder& order,
                           const IoContext& io, TelephoneLine::Done done) {
  io_.post([this, session_id, order, answer = answered_on(io, std::move(done))] {
    phone_calls_.transfer(session_id, order, answer);
  });
}

void Server::send_keys(const std::string& session_id, const std::string& digits,
                       const IoContext& io, TelephoneLine::Done done) {
  io_.post([this, session_id, digits, answer = answered_on(io, std::move(done))] {
    phone_calls_.send_dtmf(session_id, digits, answer);
  });
}

void Server::session_began(MediaSession& session) { streams_.opened(session); }

void Server::stream_began(MediaSession& session) {
  streams_.began(session);
  if (!session.telephone())
    return;
  io_.post([this, id = session.session_id(), provider_id = session.provider_call_id()] {
    phone_calls_.stream_began(id, provider_id);
  });
}

void Server::session_ended(MediaSession& session) {
  streams_.closed(session);
  if (session.began() && session.telephone())
    io_.post([this, id = session.session_id(), provider_id = session.provider_call_id()] {
      phone_calls_.stream_over(id, provider_id);
    });
}

void Server::clause_began(const MediaSession& session, int turn, const std::string& text) {
  live_calls_.clause(session.session_id(), turn, audience_.told(session.session_id(), text));
}

std::optional<policy::Refusal> Server::refusal(const std::string& number) {
  return policy_.refusal(store_->known_language(number));
}

policy::Load Server::load() const {
  policy::Load load{.live = streams_.count() + static_cast<int>(phone_calls_.without_stream())};
  for (const auto& shard : shards_->all())
    load.lateness = std::max(load.lateness, shard->lateness().p99());
  return load;
}

void Server::set_call_status(const std::string& session_id, const std::string& status) {
  store_->call_status({session_id, status});
  live_calls_.progress(session_id, status);
}

}  // namespace centralita

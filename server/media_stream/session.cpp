#include "server/media_stream/session.h"

#include "server/logging/trace_id.h"
#include "server/media_stream/stream_agreement.h"

#include <spdlog/spdlog.h>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// A 20 ms frame of 16 kHz PCM is about 900 bytes of JSON; a second of it is 43 KB.
constexpr guint64 kLargestMessage = 64 * 1024;
constexpr guint kKeepaliveSeconds = 20;
constexpr auto kStartLimit = 10s;
// How long the far end may take to answer our close before the connection is dropped.
constexpr auto kCloseLimit = 3s;
constexpr int kMalformedLimit = 50;
// Carriers send a frame every 20 ms, silence included.
constexpr auto kMediaLimit = 15s;
constexpr auto kMediaCheck = 1s;
// Longer than a network that works again takes to catch up; what is sent meanwhile is kept in
// memory.
constexpr auto kUnreadLimit = 10s;

template <typename F>
Slot connect(SoupWebsocketConnection* socket, const char* name, F function, gpointer data) {
  const auto id = g_signal_connect(socket, name, G_CALLBACK(function), data);
  return Slot([socket, id] { g_signal_handler_disconnect(socket, id); });
}

}  // namespace

void MediaSession::begin(Shard& shard, SessionHost& host, Ref<GIOStream> stream, Ref<GUri> uri,
                         std::optional<StreamGrant> grant) {
  std::shared_ptr<MediaSession> session(new MediaSession(shard, host, std::move(grant)));
  session->self_ = session;
  session->open(std::move(stream), std::move(uri));
}

MediaSession::MediaSession(Shard& shard, SessionHost& host, std::optional<StreamGrant> grant)
    : shard_(shard), host_(host), grant_(std::move(grant)) {
  ++shard_.load;
}

MediaSession::~MediaSession() { --shard_.load; }

void MediaSession::open(Ref<GIOStream> stream, Ref<GUri> uri) {
  acknowledged_before_ = acknowledged_bytes(socket_under(stream.get())).value_or(0);
  socket_ = Ref<SoupWebsocketConnection>::adopt(soup_websocket_connection_new(
      stream.get(), uri.get(), SOUP_WEBSOCKET_CONNECTION_SERVER, nullptr, nullptr, nullptr));
  soup_websocket_connection_set_max_incoming_payload_size(socket_.get(), kLargestMessage);
  soup_websocket_connection_set_keepalive_interval(socket_.get(), kKeepaliveSeconds);

  signals_.push_back(connect(
      socket_.get(), "message",
      +[](SoupWebsocketConnection*, int type, GBytes* message, gpointer self) noexcept {
        gsize size = 0;
        const auto* data = static_cast<const char*>(g_bytes_get_data(message, &size));
        auto* session = static_cast<MediaSession*>(self);
        if (type == SOUP_WEBSOCKET_DATA_TEXT)
          session->on_text({data, size});
        else
          session->on_malformed("a binary message; all messages are JSON text");
      },
      this));
  signals_.push_back(connect(
      socket_.get(), "error",
      +[](SoupWebsocketConnection*, GError* error, gpointer self) noexcept {
        const bool too_big =
            g_error_matches(error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG);
        const std::string what =
            too_big ? "the far end sent more than a message may hold (64 KB)" : error->message;
        spdlog::warn("media stream: {}; it is closed", what);
        if (error->domain == SOUP_WEBSOCKET_ERROR)
          static_cast<MediaSession*>(self)->on_protocol_error(what);
      },
      this));
  signals_.push_back(connect(
      socket_.get(), "closed",
      +[](SoupWebsocketConnection*, gpointer self) noexcept {
        static_cast<MediaSession*>(self)->on_socket_closed();
      },
      this));
  start_timer_ =
      shard_.io().after(kStartLimit, [this] { refuse("no start message within 10 seconds"); });
  host_.session_began(*this);
}

void MediaSession::end(const std::string& cause) {
  forget_waiting_call("completed", cause, "");
  if (call_)
    call_->end(cause);
  else
    close_socket(SOUP_WEBSOCKET_CLOSE_GOING_AWAY, cause);
}

void MediaSession::order(const StreamOrder& order) {
  using Kind = StreamOrder::Kind;
  const bool of_the_call = order.kind != Kind::kEnd && order.kind != Kind::kMoves;
  if (of_the_call && !call_)
    return orders_.push_back(order);  // its agent is being read
  switch (order.kind) {
    case Kind::kEnd:
      forget_waiting_call(order.text.empty() ? "completed" : "failed", order.cause, order.text);
      if (call_)
        call_->end(order.cause, order.text);
      else
        close_socket(SOUP_WEBSOCKET_CLOSE_NORMAL, order.cause);
      break;
    case Kind::kContext:
      call_->add_context(order.variables, order.text);
      break;
    case Kind::kHush:
      call_->hush();
      break;
    case Kind::kMoves:
      stop_cause_ = order.cause;
      break;
    case Kind::kRings:
      call_->other_party_rings();
      break;
    case Kind::kCameBack:
      call_->came_back(order.text);
      break;
    case Kind::kLeaveMessage:
      call_->leave_message(order.text, order.cause);
      break;
    case Kind::kApologise:
      call_->give_up(order.cause, order.text);
      break;
  }
}

void MediaSession::listen(std::shared_ptr<AudioTap> tap) {
  if (!call_ || call_->ended())
    return tap->ended(shard_.io().now());
  tap->begin(caller_->format(), wire_->format());
  taps_.admit(*tap);
  listeners_.push_back(std::move(tap));
}

void MediaSession::stop_listening(const std::shared_ptr<AudioTap>& tap) {
  if (std::erase(listeners_, tap) > 0)
    taps_.dismiss(*tap);
}

// --- What the far end says ---------------------------------------------------

void MediaSession::on_text(std::string_view text) {
  const auto message = parser_.parse(text);
  switch (message.kind) {
    using enum StreamMessage::Kind;
    case kMedia:
      if (!started_)
        return refuse("media before start");
      on_media(message);
      break;
    case kMark:
      if (call_)
        call_->mark_played(message.text);
      break;
    case kStart:
      if (started_)
        on_malformed("a second start message");
      else
        on_start(message);
      break;
    case kStop:
      far_end_stopped();
      if (!call_)
        close_socket(SOUP_WEBSOCKET_CLOSE_NORMAL, "stopped");
      break;
    case kMalformed:
      on_malformed(message.error);
      break;
    case kDtmf:
      if (call_ && message.text.size() == 1)
        call_->key_pressed(message.text.front());
      break;
    case kText:
      if (call_ && !telephone())
        call_->typed(message.text);
      break;
    case kError:
      spdlog::warn("call {}: the carrier did not like a message of ours: {}", session_id_,
                   message.text);
      break;
    case kConnected:
    case kIgnored:
      break;
  }
}

void MediaSession::on_media(const StreamMessage& message) {
  last_media_ = shard_.io().now();
  if (!call_)
    return;
  caller_->push(message.chunk, message.audio,
                [this](std::span<const std::uint8_t> audio) { call_->caller_audio(audio); });
}

void MediaSession::watch_media() {
  media_timer_ = shard_.io().after(kMediaCheck, [this] {
    const auto reason = media_stalled();
    if (reason.empty())
      return watch_media();
    fail("media-timeout", reason);
  });
}

std::string MediaSession::media_stalled() {
  const auto now = shard_.io().now();
  if (telephone() && now - last_media_ >= kMediaLimit)
    return "The carrier has sent no audio for 15 seconds.";
  auto* stream = soup_websocket_connection_get_io_stream(socket_.get());
  const auto acknowledged = acknowledged_bytes(socket_under(stream));
  if (acknowledged && backlog_.age(now, *acknowledged - acknowledged_before_) >= kUnreadLimit)
    return "The far end has not taken the agent's audio for 10 seconds.";
  return "";
}

void MediaSession::on_start(const StreamMessage& message) {
  if (!grant_) {
    const auto token = message.parameters.find("token");
    if (token == message.parameters.end())
      return refuse("the stream has no token parameter");
    grant_ = host_.take_grant(token->second);
    if (!grant_)
      return refuse("the stream's token is unknown, was used before or is too old");
  }
  if (!grant_->provider_call_id.empty() && grant_->provider_call_id != message.call_id)
    return refuse("the stream's token belongs to another call");

  auto agreed = agree_on_stream(grant_->client_type, message, host_.telnyx());
  wire_ = std::move(agreed.wire);
  caller_ = std::move(agreed.caller);
  if (!agreed.mistake.empty())
    return refuse(agreed.mistake);
  started_ = true;
  start_timer_.reset();
  for (const auto& [name, value] : message.parameters)
    if (name != "token")
      grant_->variables[name] = value;
  session_id_ = grant_->session_id.empty() ? message.stream_id : grant_->session_id;
  provider_call_id_ = message.call_id;
  last_media_ = shard_.io().now();
  watch_media();
  host_.stream_began(*this);

  CallStarted info{
      .session_id = session_id_,
      .client_type = grant_->client_type,
      .direction = grant_->direction,
      .provider_call_id = message.call_id,
      .from_number = grant_->from_number,
      .to_number = grant_->to_number,
      .trace_id = grant_->trace_id.empty() ? trace_id_of(session_id_) : grant_->trace_id,
      .start_time = std::chrono::system_clock::now()};
  waiting_ = std::move(info);
  host_.load_agent(*grant_, shard_.io(), [weak = weak_from_this()](Result<AgentConfig> agent) {
    if (const auto self = weak.lock())
      self->on_agent(std::move(agent));
  });
}

void MediaSession::on_agent(Result<AgentConfig> agent) {
  if (!waiting_)
    return;  // hung up meanwhile
  auto launch = host_.launch_text(waiting_->client_type);
  if (!agent || !launch) {
    const auto error = !agent ? "No agent can take the call: " + agent.error()
                              : "There is no pipeline for this kind of call: " + launch.error();
    forget_waiting_call("failed", "not-answered", error);
    return refuse(error);
  }
  const auto in = caller_->format(), out = wire_->format();
  auto info = std::move(*waiting_);
  waiting_.reset();
  info.agent_id = agent->id;
  info.agent_name = agent->name;
  recording_ = host_.record(info, *agent, in, out, shard_.io());
  if (recording_)
    taps_.admit(*recording_);
  const CarrierWishes wishes{.record = agent->recording == "carrier",
                             .noise_suppression = agent->noise_suppression};
  info.redact_pii = agent->pii_redaction_enabled;
  const auto io = shard_.io().traced(info.trace_id, tracestate_of(info.trace_id));
  call_ = std::make_unique<Call>(
      io,
      Call::Options{.info = std::move(info),
                    .agent = std::move(*agent),
                    .launch = with_codecs(std::move(*launch), in, out),
                    .phrase_folder = host_.phrase_folder(),
                    .format = in,
                    .out_format = out,
                    .variables = {grant_->variables.begin(), grant_->variables.end()},
                    .tap = &taps_,
                    .line = telephone() ? this : nullptr},
      static_cast<MediaPeer&>(*this), host_.observer());
  call_->start();
  if (telephone())
    host_.ask_carrier(session_id_, wishes);
  for (const auto& order : std::exchange(orders_, {})) this->order(order);
}

void MediaSession::far_end_stopped() {
  forget_waiting_call("completed", stop_cause_.empty() ? "caller-hung-up" : stop_cause_, "");
  if (!call_ || call_->ended())
    return;
  if (stop_cause_.empty())
    call_->caller_hung_up();
  else
    call_->end(stop_cause_);
}

void MediaSession::fail(const std::string& cause, const std::string& error) {
  forget_waiting_call("failed", cause, error);
  if (call_)
    call_->end(cause, error);
  else
    refuse(error);
}

void MediaSession::on_malformed(const std::string& error) {
  ++malformed_;
  const auto who =
      call_ ? "call " + call_->session_id() : std::string("a media stream before start");
  // The first ones in full, then only enough to know that it goes on.
  if (malformed_ <= 3 || malformed_ % 10 == 0)
    spdlog::warn("{}: message skipped ({} so far): {}", who, malformed_, error);
  if (malformed_ < kMalformedLimit)
    return;
  fail("malformed-stream",
       "The far end sent too many messages that cannot be read; the last one was " + error + ".");
}

// The connection is over, and not because somebody has hung up. The close code that says why is
// about to be sent, and the call goes after it.
void MediaSession::on_protocol_error(const std::string& what) {
  broken_ = "The stream cannot be read any more: " + what + ".";
  shard_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->break_off();
  });
}

void MediaSession::break_off() {
  forget_waiting_call("failed", "malformed-stream", broken_);
  if (call_ && !call_->ended())
    call_->end("malformed-stream", broken_);
}

void MediaSession::on_socket_closed() {
  const auto keep = std::move(self_);  // this object goes when the function has returned
  spdlog::debug("media stream {}: closed by the far end with {} {}", static_cast<void*>(this),
                soup_websocket_connection_get_close_code(socket_.get()),
                soup_websocket_connection_get_close_data(socket_.get())
                    ? soup_websocket_connection_get_close_data(socket_.get())
                    : "");
  start_timer_.reset();
  close_timer_.reset();
  media_timer_.reset();
  signals_.clear();
  if (!broken_.empty())
    break_off();
  far_end_stopped();
  host_.session_ended(*this);
  // The call may be in a function of its own further up.
  shard_.post([keep] { keep->call_.reset(); });
}

// A call that ends before it has begun is in the history all the same.
void MediaSession::forget_waiting_call(const std::string& status, const std::string& cause,
                                       const std::string& error) {
  if (!waiting_)
    return;
  host_.observer().call_started(*waiting_);
  host_.observer().call_ended({.session_id = waiting_->session_id,
                               .status = status,
                               .end_cause = cause,
                               .error = error,
                               .end_time = std::chrono::system_clock::now()});
  waiting_.reset();
}

// --- What is said to the far end ---------------------------------------------

void MediaSession::refuse(const std::string& reason) {
  spdlog::warn("media stream refused: {}", reason);
  if (wire_)
    send(wire_->error("refused", reason));
  close_socket(SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, reason);
}

void MediaSession::send(const std::string& text) {
  if (!text.empty() && socket_ &&
      soup_websocket_connection_get_state(socket_.get()) == SOUP_WEBSOCKET_STATE_OPEN) {
    soup_websocket_connection_send_text(socket_.get(), text.c_str());
    // RFC 6455 5.2: a header of two bytes, and two or eight more of a longer text.
    backlog_.sent(text.size() + (text.size() < 126 ? 2 : text.size() < 65536 ? 4 : 10));
  }
}

void MediaSession::close_socket(gushort code, const std::string& reason) {
  start_timer_.reset();
  if (!socket_ || soup_websocket_connection_get_state(socket_.get()) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  // RFC 6455 5.5: a control frame holds 125 bytes, two of them the code.
  soup_websocket_connection_close(socket_.get(), code, reason.substr(0, 123).c_str());
  close_timer_ = shard_.io().after(kCloseLimit, [this] {
    g_io_stream_close(soup_websocket_connection_get_io_stream(socket_.get()), nullptr, nullptr);
    if (self_)
      on_socket_closed();
  });
}

TelephoneLine::Done MediaSession::while_here(TelephoneLine::Done done) {
  return [weak = weak_from_this(), done = std::move(done)](const Result<bool>& result) {
    if (const auto self = weak.lock())
      done(result);
  };
}

void MediaSession::transfer(const TransferOrder& order, TelephoneLine::Done done) {
  host_.transfer_call(session_id_, order, shard_.io(), while_here(std::move(done)));
}

void MediaSession::send_dtmf(const std::string& digits, TelephoneLine::Done done) {
  host_.send_keys(session_id_, digits, shard_.io(), while_here(std::move(done)));
}

void MediaSession::send_audio(std::span<const std::uint8_t> frame) { send(wire_->media(frame)); }
void MediaSession::send_mark(const std::string& name) { send(wire_->mark(name)); }
void MediaSession::send_clear() { send(wire_->clear()); }
void MediaSession::show_state(TurnState state) { send(wire_->state(state)); }
void MediaSession::show_turn(const TurnFinished& turn) { send(wire_->turn(turn)); }
void MediaSession::show_clause(int turn, const std::string& text) {
  host_.clause_began(*this, turn, text);
  send(wire_->clause(turn, text));
}
void MediaSession::show_timings(int turn, const TurnTimings& timings) {
  send(wire_->timings(turn, timings));
}
void MediaSession::show_tool(const ToolFinished& tool) { send(wire_->tool(tool)); }
void MediaSession::show_error(const std::string& code, const std::string& text) {
  send(wire_->error(code, text));
}
void MediaSession::show_event(const CallEvent& event) { send(wire_->event(event)); }

void MediaSession::hang_up(const CallEnded& end) {
  send(wire_->end(end));
  // Closing ends <Connect>; with no verb after it Twilio hangs up (docs/voice/twiml/connect).
  close_socket(SOUP_WEBSOCKET_CLOSE_NORMAL, end.end_cause);
}

}  // namespace centralita

#include "server/caller/call_leg.h"

#include <algorithm>

namespace centralita::caller {
namespace {

using namespace std::chrono_literals;

constexpr guint64 kMaxIncomingBytes = 16 * 1024 * 1024;  // ten minutes of audio in one message
constexpr guint kKeepaliveSeconds = 30;
constexpr auto kEndTimeout = 2s;    // for the server to close after stop
constexpr auto kCloseTimeout = 5s;  // for it to answer our closing
constexpr std::size_t kMaxViolations = 20;

template <auto Function>
struct Thunk;  // a member function as a C callback whose last argument is the object

template <typename T, typename... Args, void (T::*Function)(Args...)>
struct Thunk<Function> {
  static void call(SoupWebsocketConnection*, Args... args, gpointer self) noexcept {
    (static_cast<T*>(self)->*Function)(args...);
  }
};

}  // namespace

class CallLeg::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(IoContext io, std::shared_ptr<TimerQueue> timers, LegSettings settings,
       std::unique_ptr<Wire> wire, ScriptPlayer player, CallReport report,
       std::function<void(CallReport)> done)
      : io_(std::move(io)),
        timers_(std::move(timers)),
        settings_(std::move(settings)),
        wire_(std::move(wire)),
        player_(std::move(player)),
        report_(std::move(report)),
        done_(std::move(done)),
        playout_(wire_->rate_hz()),
        log_(wire_->rate_hz()),
        heard_frame_(static_cast<std::size_t>(frame_samples(wire_->rate_hz()))),
        said_frame_(heard_frame_.size()) {
    report_.stream_url = settings_.url;
    report_.rate_hz = wire_->rate_hz();
  }

  void start() {
    connect_began_ = io_.now();
    const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", settings_.url.c_str()));
    if (!message)
      return fail("stream-refused", "the stream's URL is not valid: " + settings_.url);
    // Twilio offers no extensions.
    soup_message_disable_feature(message.get(), SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
    auto* headers = soup_message_get_request_headers(message.get());
    for (const auto& [name, value] : settings_.headers)
      soup_message_headers_append(headers, name.c_str(), value.c_str());
    deadline_ = io_.after(settings_.answer_timeout, [this] {
      fail("stream-timeout", "the stream's WebSocket did not open in time: " + settings_.url);
    });
    message_ = message;
    soup_session_websocket_connect_async(io_.session(), message.get(), nullptr, nullptr,
                                         G_PRIORITY_DEFAULT, cancellable_.get(), on_connected,
                                         new std::weak_ptr<Impl>(weak_from_this()));
  }

  void hang_up() {
    if (state_ == State::kConnecting)
      return fail("cancelled", "the caller hung up before the stream was open");
    if (state_ != State::kTalking)
      return;
    send(wire_->closing());
    begin_closing();
  }

  // No callback after this.
  void abandon() {
    done_ = nullptr;
    state_ = State::kDone;
    stop();
  }

 private:
  enum class State { kConnecting, kTalking, kClosing, kDone };

  static void on_connected(GObject* session, GAsyncResult* result, gpointer data) noexcept {
    const std::unique_ptr<std::weak_ptr<Impl>> weak(static_cast<std::weak_ptr<Impl>*>(data));
    GError* error = nullptr;
    auto connection = Ref<SoupWebsocketConnection>::adopt(
        soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error));
    const OwnedError owned(error);
    const auto self = weak->lock();
    if (!self || self->state_ != State::kConnecting)
      return;
    if (connection)
      self->connected(std::move(connection));
    else
      self->refused(owned->message);
  }

  void refused(const std::string& why) {
    const auto status = soup_message_get_status(message_.get());
    fail("stream-refused",
         "the stream's WebSocket did not open: " +
             (status == SOUP_STATUS_NONE || status == SOUP_STATUS_SWITCHING_PROTOCOLS
                  ? why
                  : "HTTP " + std::to_string(status) + " from " + settings_.url));
  }

  void connected(Ref<SoupWebsocketConnection> connection) {
    deadline_.reset();
    connection_ = std::move(connection);
    soup_websocket_connection_set_max_incoming_payload_size(connection_.get(), kMaxIncomingBytes);
    soup_websocket_connection_set_keepalive_interval(connection_.get(), kKeepaliveSeconds);
    listen("message", G_CALLBACK((&Thunk<&Impl::on_message>::call)));
    listen("error", G_CALLBACK((&Thunk<&Impl::on_error>::call)));
    listen("closed", G_CALLBACK((&Thunk<&Impl::on_closed>::call)));
    report_.answered = true;
    report_.setup_ms += to_ms(io_.now() - connect_began_);
    state_ = State::kTalking;
    for (const auto& text : wire_->opening()) send(text);
    began_ = timers_->now();
    hear_frame();
    schedule_tick();
  }

  void listen(const char* signal, GCallback callback) {
    const auto id = g_signal_connect(connection_.get(), signal, callback, this);
    signals_.emplace_back(
        [connection = connection_, id] { g_signal_handler_disconnect(connection.get(), id); });
  }

  // Tick k comes k times 20 ms after the start, however late the one before it was: then the
  // caller's frame k - 1 is whole and goes out, and what is heard for the next 20 ms is taken.
  void schedule_tick() {
    const auto since = std::chrono::duration<double, std::nano>(kFrame) *
                       static_cast<double>(ticks_ + 1) / settings_.speed;
    tick_at_ = began_ + std::chrono::duration_cast<std::chrono::nanoseconds>(since);
    tick_ = timers_->at(tick_at_, [this] {
      const auto alive = shared_from_this();
      tick();
    });
  }

  void tick() {
    ++ticks_;
    report_.worst_tick_ms = std::max(report_.worst_tick_ms, to_ms(timers_->now() - tick_at_));
    const bool agent_voiced = heard_voiced_;
    hear_frame();
    const auto action = player_.next(
        {.agent_voiced = agent_voiced, .buffered = playout_.playing() || playout_.buffered() > 0},
        said_frame_);
    if (action.failure) {
      set_failure("step-timeout", *action.failure);
      return hang_up();
    }
    if (action.hang_up)
      return hang_up();
    if (action.began)
      note_speech(*action.began);
    if (action.dtmf)
      press(*action.dtmf);
    send_frame();
    if (to_ms(kFrame) * static_cast<double>(ticks_) > to_ms(settings_.max_duration)) {
      set_failure("too-long",
                  "the call did not end within its longest duration: " + player_.where());
      return hang_up();
    }
    if (state_ == State::kTalking)
      schedule_tick();
  }

  void hear_frame() {
    for (const auto& name : playout_.tick(heard_frame_)) echo(name, false);
    heard_voiced_ = is_voiced(heard_frame_);
    log_.heard(heard_voiced_);
    if (settings_.keep_audio)
      report_.heard.insert(report_.heard.end(), heard_frame_.begin(), heard_frame_.end());
  }

  void send_frame() {
    send(wire_->media(said_frame_));
    ++report_.frames_sent;
    if (settings_.keep_audio)
      report_.said.insert(report_.said.end(), said_frame_.begin(), said_frame_.end());
  }

  void note_speech(const ScriptPlayer::Spoken& spoken) {
    const double at_ms = to_ms(kFrame) * static_cast<double>(spoken.frame);
    event(at_ms, spoken.barge_in ? "barge-in" : "say", spoken.file);
    if (!spoken.voiced)
      return event(at_ms, "note", spoken.file + " has no voice in it");
    const auto sample_ms = [&](std::size_t sample) {
      return at_ms + static_cast<double>(sample) * 1000 / wire_->rate_hz();
    };
    log_.caller_spoke({.file = spoken.file.substr(spoken.file.find_last_of('/') + 1),
                       .barge_in = spoken.barge_in,
                       .first_voiced_ms = sample_ms(spoken.voiced->first),
                       .last_voiced_ms = sample_ms(spoken.voiced->last)});
  }

  void press(char digit) {
    if (const auto text = wire_->dtmf(digit))
      send(*text);
    event(now_ms(), "dtmf", std::string(1, digit));
  }

  void echo(const std::string& name, bool cleared) {
    send(wire_->mark(name));
    const auto record =
        std::find_if(report_.marks.begin(), report_.marks.end(),
                     [&](const MarkRecord& mark) { return mark.name == name && !mark.echoed_ms; });
    if (record == report_.marks.end())
      return;
    record->echoed_ms = now_ms();
    record->cleared = cleared;
  }

  void on_message(gint type, GBytes* bytes) {
    const auto alive = shared_from_this();
    if (type != SOUP_WEBSOCKET_DATA_TEXT)
      return violation("a binary message (31950)");
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(bytes, &size));
    wire_->parse({data, size}, message_in_);
    if (!message_in_.violation.empty())
      violation(message_in_.violation);
    receive(message_in_);
  }

  void receive(const WireMessage& message) {
    using Kind = WireMessage::Kind;
    const double at_ms = now_ms();
    const bool for_playout =
        message.kind == Kind::kAudio || message.kind == Kind::kMark || message.kind == Kind::kClear;
    if (for_playout && state_ != State::kTalking)
      return;  // under way when the caller hung up
    switch (message.kind) {
      case Kind::kUnknown:
        break;
      case Kind::kAudio:
        add_audio(at_ms, message.audio);
        break;
      case Kind::kMark:
        report_.marks.push_back({.name = message.name, .received_ms = at_ms});
        if (const auto name = playout_.mark(message.name))
          echo(*name, false);
        break;
      case Kind::kClear:
        clear(at_ms);
        break;
      case Kind::kTranscript:
        report_.transcripts.push_back({.at_ms = at_ms,
                                       .role = message.role,
                                       .text = message.text,
                                       .turn = message.turn,
                                       .interrupted = message.interrupted});
        break;
      case Kind::kState:
        event(at_ms, "state", message.name);
        break;
      case Kind::kTimings:
        report_.server_timings.push_back(message.json);
        break;
      case Kind::kError:
        ++server_errors_;
        event(at_ms, "error", message.name + ": " + message.text);
        break;
      case Kind::kEnd:
        report_.end_cause = message.name;
        event(at_ms, "end", message.name);
        break;
    }
  }

  void add_audio(double at_ms, std::span<const std::int16_t> samples) {
    ++report_.media_received;
    report_.audio_received_ms += samples_ms(samples.size());
    log_.audio_arrived(at_ms, samples);
    const auto discarded = playout_.add(samples);
    if (discarded > 0 && report_.discarded_ms == 0)
      violation("more than ten minutes of audio buffered (31931)");
    report_.discarded_ms += samples_ms(discarded);
  }

  void clear(double at_ms) {
    const auto cleared = playout_.clear();
    log_.cleared(at_ms);
    report_.clears.push_back(
        {.at_ms = at_ms, .dropped_ms = samples_ms(cleared.samples), .marks = cleared.marks.size()});
    for (const auto& name : cleared.marks) echo(name, true);
  }

  void on_error(GError* error) { event(now_ms(), "error", error->message); }

  void on_closed() {
    const auto alive = shared_from_this();
    report_.close_code = soup_websocket_connection_get_close_code(connection_.get());
    const char* reason = soup_websocket_connection_get_close_data(connection_.get());
    report_.close_reason = reason ? reason : "";
    if (state_ == State::kTalking)
      agent_closed();
    finish();
  }

  // The caller had not hung up.
  void agent_closed() {
    report_.ended_by_agent = true;
    const std::string code = "close code " + std::to_string(report_.close_code);
    const bool normal = report_.close_code == SOUP_WEBSOCKET_CLOSE_NORMAL ||
                        report_.close_code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY ||
                        report_.close_code == SOUP_WEBSOCKET_CLOSE_NO_STATUS;
    if (!normal)
      set_failure("connection-lost", "the stream was cut (" + code + ") in " + player_.where());
    else if (!player_.may_end())
      set_failure("agent-hung-up", "the agent ended the call (" + code + ") in " + player_.where());
    else if (server_errors_ > 0)
      set_failure("agent-error", "the agent ended the call after an error");
  }

  void begin_closing() {
    state_ = State::kClosing;
    tick_.reset();
    if (wire_->server_closes_first())
      deadline_ = io_.after(kEndTimeout, [this] { close(); });
    else
      close();
  }

  void close() {
    if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
    deadline_ = io_.after(kCloseTimeout, [this] {
      const auto alive = shared_from_this();
      event(now_ms(), "note", "the server did not answer the closing of the WebSocket");
      finish();
    });
  }

  void fail(std::string kind, std::string sentence) {
    const auto alive = shared_from_this();
    set_failure(std::move(kind), std::move(sentence));
    finish();
  }

  void set_failure(std::string kind, std::string sentence) {
    if (!report_.failure.empty())
      return;
    report_.failure_kind = std::move(kind);
    report_.failure = std::move(sentence);
  }

  void finish() {
    if (state_ == State::kDone)
      return;
    if (report_.answered) {
      report_.duration_ms = now_ms();
      event(report_.duration_ms, "closed", std::to_string(report_.close_code));
    }
    state_ = State::kDone;
    stop();
    report_.turns = log_.turns();
    report_.lateness_ms = log_.lateness_ms();
    report_.gaps_ms = log_.gaps_ms();
    report_.underrun_ticks = playout_.underrun_ticks();
    deadline_ = io_.after(0ms, [this] {
      const auto alive = shared_from_this();
      if (const auto done = std::exchange(done_, nullptr))
        done(std::move(report_));
    });
  }

  void stop() {
    g_cancellable_cancel(cancellable_.get());
    tick_.reset();
    deadline_.reset();
    signals_.clear();
    if (connection_ &&
        soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_GOING_AWAY, nullptr);
  }

  // `text` ends in a null character.
  void send(std::string_view text) {
    if (soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN)
      soup_websocket_connection_send_text(connection_.get(), text.data());
  }

  void violation(const std::string& text) {
    ++report_.violation_count;
    if (report_.violations.size() < kMaxViolations)
      report_.violations.push_back(text);
  }

  void event(double at_ms, std::string kind, std::string text) {
    report_.events.push_back({at_ms, std::move(kind), std::move(text)});
  }

  static double to_ms(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
  }
  double samples_ms(std::size_t samples) const {
    return static_cast<double>(samples) * 1000 / wire_->rate_hz();
  }
  double now_ms() const { return to_ms(timers_->now() - began_) * settings_.speed; }

  const IoContext io_;
  const std::shared_ptr<TimerQueue> timers_;
  const LegSettings settings_;
  const std::unique_ptr<Wire> wire_;
  ScriptPlayer player_;
  CallReport report_;
  std::function<void(CallReport)> done_;

  State state_ = State::kConnecting;
  Ref<SoupMessage> message_;
  Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  Ref<SoupWebsocketConnection> connection_;
  std::vector<Slot> signals_;
  Clock::TimePoint connect_began_{}, began_{}, tick_at_{};
  std::uint64_t ticks_ = 0, server_errors_ = 0;
  Playout playout_;
  TurnLog log_;
  std::vector<std::int16_t> heard_frame_, said_frame_;
  bool heard_voiced_ = false;
  WireMessage message_in_;
  Slot tick_, deadline_;
};

CallLeg::CallLeg(IoContext io, std::shared_ptr<TimerQueue> timers, LegSettings settings,
                 std::unique_ptr<Wire> wire, ScriptPlayer player, CallReport report,
                 std::function<void(CallReport)> done)
    : impl_(std::make_shared<Impl>(std::move(io), std::move(timers), std::move(settings),
                                   std::move(wire), std::move(player), std::move(report),
                                   std::move(done))) {}
CallLeg::~CallLeg() { impl_->abandon(); }
void CallLeg::start() { impl_->start(); }
void CallLeg::hang_up() { impl_->hang_up(); }

}  // namespace centralita::caller

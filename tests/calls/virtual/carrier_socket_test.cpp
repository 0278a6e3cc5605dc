// What a caller hears, and what becomes of the call, when the carrier's socket does what it should
// not: the server's own media session over real sockets, under a virtual clock. The table of
// docs/failures.md is what this test prints.
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "pipelines/recording.h"
#include "plugins/base/base64.h"
#include "plugins/base/http_stream.h"
#include "server/media_stream/live_streams.h"
#include "server/media_stream/send_backlog.h"
#include "server/media_stream/session.h"
#include "server/replay/far_end.h"
#include "server/replay/loopback_server.h"
#include "server/replay/providers.h"
#include "server/replay/timeline.h"
#include "tests/calls/virtual/measured.h"
#include "tests/support/loopback_socket.h"

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace centralita;
using namespace centralita::replay;
using namespace std::chrono_literals;

namespace {

std::filesystem::path source_root() { return g_getenv("CENTRALITA_SOURCE_ROOT"); }

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// One frame of a client's (RFC 6455 5.2), under the mask 0, which leaves the bytes as they are.
std::string framed(const std::string& payload, unsigned char first = 0x81) {
  std::string frame(1, static_cast<char>(first));
  const auto size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    frame += static_cast<char>(0x80 | 126);
    frame += {static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  }
  return frame + std::string(4, '\0') + payload;
}

// The carrier's end of a connection, and the server's.
class Line {
 public:
  static constexpr std::size_t kAll = 16 * 1024;
  Line() {
    const test::LoopbackSocket listener;
    carrier_ = socket(AF_INET, SOCK_STREAM, 0);
    // What waits unread in the kernel is little, so that not reading is noticed soon.
    const int small = 4096, on = 1;
    setsockopt(carrier_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(carrier_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    g_assert(connect(carrier_, reinterpret_cast<const sockaddr*>(&listener.address),
                     sizeof listener.address) == 0);
    server_ = Ref<GSocket>::adopt(g_socket_new_from_fd(
        accept4(listener.descriptor, nullptr, nullptr, SOCK_CLOEXEC), nullptr));
    g_socket_set_option(server_.get(), IPPROTO_TCP, TCP_NODELAY, TRUE, nullptr);
    ::close(listener.descriptor);
  }
  ~Line() { close(); }

  Ref<GIOStream> server_end() {
    return Ref<GIOStream>::adopt(
        G_IO_STREAM(g_socket_connection_factory_create_connection(server_.get())));
  }
  void send(const std::string& bytes) {
    if (carrier_ >= 0 && ::send(carrier_, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
      gone_ = true;
  }
  // What has come, `most` bytes of it at the most.
  void receive(std::string& bytes, std::size_t most) {
    std::string some(most, '\0');
    while (carrier_ >= 0 && !gone_) {
      const int on = 1;  // acknowledge at once: time here is not the kernel's
      setsockopt(carrier_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
      const auto n = recv(carrier_, some.data(), some.size(), MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN)
        return;
      gone_ = n <= 0;
      if (!gone_)
        bytes.append(some, 0, static_cast<std::size_t>(n));
      if (most < kAll)
        return;
    }
  }
  void close() {
    if (carrier_ >= 0)
      ::close(std::exchange(carrier_, -1));
  }
  void reset() {  // a RST and no FIN
    const linger none{.l_onoff = 1, .l_linger = 0};
    setsockopt(carrier_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
  }

 private:
  int carrier_ = -1;
  bool gone_ = false;
  Ref<GSocket> server_;
};

enum class Carrier { kTwilio, kTelnyx };

struct Fault {
  const char* what;  // as the table says it
  // Once, in the middle of the agent's sentence.
  void (*begin)(Line& line);
  bool sends = true;               // from then on
  std::size_t reads = Line::kAll;  // ... bytes each 20 ms, of which 300 come
  bool telnyx = false;             // tried with its stream too, and the same comes of it
  void (*order)(LiveStreams& streams) = nullptr;  // just before
  bool agent_read = true;                         // else it happens while the agent is being read
  const char* launch = "";                        // what the pipeline has besides
};

const Fault kFaults[] = {
    {"closes as the protocol has it",
     [](Line& line) { line.send(framed(std::string("\x03\xe8", 2), 0x88)); }},
    {"closes without a word", [](Line& line) { line.close(); }, false, 0},
    {"is cut (RST)", [](Line& line) { line.reset(); }, false, 0, true},
    {"closes in the middle of a frame",
     [](Line& line) {
       line.send(framed(R"({"event":"media"})").substr(0, 11));
       line.close();
     },
     false, 0},
    {"closes in the middle of a message of several frames",
     [](Line& line) {
       line.send(framed(R"({"event":)", 0x01));
       line.close();
     },
     false, 0},
    {"stays open, and nothing comes", [](Line&) {}, false, Line::kAll, true},
    {"stays open, and nothing is read", [](Line&) {}, true, 0, true},
    {"reads a tenth of what it is sent", [](Line&) {}, true, 30},
    {"stays open, and neither sends nor reads", [](Line&) {}, false, 0},
    {"sends one message that cannot be read", [](Line& line) { line.send(framed("no JSON")); }},
    {"sends fifty messages that cannot be read",
     [](Line& line) {
       for (int i = 0; i < 50; ++i) line.send(framed("no JSON"));
     },
     true, Line::kAll, true},
    {"sends a message of 65 KB",
     [](Line& line) { line.send(framed(std::string(65 * 1024, ' '))); }},
    {"sends bytes that are no WebSocket's",
     [](Line& line) { line.send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"); }},
};

struct Outcome {
  std::string cause, status, error;
  bool goes_on = false;                // 20 s after the fault
  std::chrono::nanoseconds after{-1};  // the fault
  bool agent_went_on = false;          // frames came half a second after the fault
  int begun = 0;                       // calls in the history
};

class World final : public SessionHost, public CallObserver {
 public:
  World(Carrier carrier, Fault fault) : carrier_(carrier), fault_(fault) {
    const auto parsed = parse_scenario(
        "agent first_message Hola, le habla Victoria. ¿En qué puedo ayudarle? Estoy aquí para lo "
        "que necesite, con mucho gusto y sin ninguna prisa, el tiempo que haga falta. Podemos "
        "hablar de su cita, de sus dudas, de los precios y de los plazos, y si prefiere que le "
        "llamemos otro día basta con que me lo diga y lo apunto ahora mismo.\n"
        "agent idle_timeout 30000\nhang-up\n");
    if (!parsed)
      throw std::runtime_error(parsed.error());
    scenario_ = *parsed;
  }

  Outcome run() {
    FakeClock clock;
    const auto context = Ref<GMainContext>::adopt(g_main_context_new());
    const auto timers = TimerQueue::manual(clock, context.get());
    g_main_context_acquire(context.get());
    g_main_context_push_thread_default(context.get());
    {
      const IoContext io(context, IoContext::make_session());
      Timeline timeline(clock);
      Providers providers(scenario_, timeline, *timers, [](auto) { return SaidWords{}; });
      LoopbackServer server(context.get(), io.session(),
                            [&](const auto& exchange) { providers.on_request(exchange); });
      g_setenv("GROQ_BASE_URL", server.url().c_str(), TRUE);
      g_setenv("GROQ_API_KEY", "test", TRUE);
      g_setenv("AZURE_SPEECH_ENDPOINT", server.url().c_str(), TRUE);
      g_setenv("AZURE_SPEECH_KEY", "test", TRUE);
      Shard shard(0, io);
      Line line;
      const auto uri = Ref<GUri>::adopt(g_uri_parse("ws://localhost/", G_URI_FLAGS_NONE, nullptr));
      MediaSession::begin(shard, *this, line.server_end(), uri,
                          StreamGrant{.client_type = name(), .provider_call_id = "c1"});
      line.send(framed(start_message()));
      const auto began = clock.now();
      std::chrono::nanoseconds fault_at{0};
      for (auto tick = began + 20ms; open_ && clock.now() < began + 90s; tick += 20ms) {
        for (auto next = timers->next_deadline(); next <= tick; next = timers->next_deadline()) {
          clock.set(next);
          timers->run_one_due();
          server.settle();
        }
        clock.set(tick);
        if (fault_at == 0s && (heard_ > 1s || agent_)) {
          fault_at = clock.now();
          if (fault_.order)
            fault_.order(streams_);
          fault_.begin(line);
        }
        const bool faulty = fault_at != 0s;
        if (!faulty || fault_.sends)
          line.send(framed(media_message()));
        const auto before = heard_;
        if (!faulty || fault_.reads > 0)
          listen(line, faulty ? fault_.reads : Line::kAll);
        if (faulty && heard_ > before && clock.now() > fault_at + 500ms)
          outcome_.agent_went_on = true;
        server.settle();
        if (ended_ && outcome_.after < 0s)
          outcome_.after = clock.now() - fault_at;
        if (ended_ && agent_)
          std::exchange(agent_, nullptr)(scenario_.agent);
        if (faulty && !ended_ && clock.now() > fault_at + 20s) {
          outcome_.goes_on = true;
          line.close();
        }
      }
      open_for_ = clock.now() - began;
      EXPECT_NE(fault_at, 0s) << "the agent was not heard";
      for (int i = 0; open_ && i < 1000; ++i) g_main_context_iteration(context.get(), FALSE);
      EXPECT_FALSE(open_) << "the session stays";
      while (g_main_context_iteration(context.get(), FALSE)) continue;
    }
    g_main_context_pop_thread_default(context.get());
    g_main_context_release(context.get());
    return outcome_;
  }

  std::chrono::nanoseconds heard() const { return heard_; }
  std::chrono::nanoseconds open_for() const { return open_for_; }

 private:
  const char* name() const { return carrier_ == Carrier::kTwilio ? "twilio" : "telnyx"; }

  std::string start_message() const {
    return carrier_ == Carrier::kTwilio
               ? R"({"event":"start","start":{"streamSid":"MZ1","callSid":"c1"}})"
               : R"({"event":"start","stream_id":"s1","start":{"call_control_id":"c1",)"
                 R"("media_format":{"encoding":"PCMU","sample_rate":8000}}})";
  }
  static std::string media_message() {
    const std::vector<std::uint8_t> silence(160, 0xff);
    std::string payload;
    base64_encode(silence, payload);
    return R"({"event":"media","media":{"track":"inbound","payload":")" + payload + "\"}}";
  }

  // Counts the frames of the agent's voice, and answers a close.
  void listen(Line& line, std::size_t most) {
    line.receive(unread_, most);
    while (unread_.size() >= 2) {
      std::size_t size = static_cast<unsigned char>(unread_[1]) & 0x7f, at = 2;
      if (size == 126) {
        if (unread_.size() < 4)
          return;
        size =
            static_cast<unsigned char>(unread_[2]) * 256u + static_cast<unsigned char>(unread_[3]);
        at = 4;
      }
      if (unread_.size() < at + size)
        return;
      const auto kind = unread_[0] & 0x0f;
      const auto text = unread_.substr(at, size);
      unread_.erase(0, at + size);
      if (kind == 8) {
        line.send(framed(text, 0x88));
        line.close();
        return;
      }
      if (text.find("\"media\"") != std::string::npos)
        heard_ += 20ms;
    }
  }

  // SessionHost
  std::optional<StreamGrant> take_grant(const std::string&) override { return std::nullopt; }
  void load_agent(const StreamGrant&, const IoContext&,
                  std::function<void(Result<AgentConfig>)> done) override {
    if (fault_.agent_read)
      done(scenario_.agent);
    else
      agent_ = std::move(done);
  }
  Result<std::string> launch_text(const std::string& type) override {
    auto text = read_launch_file(source_root() / ("pipelines/" + type + ".launch"));
    if (text)
      *text += fault_.launch;
    return text;
  }
  const std::string& phrase_folder() const override { return nowhere_; }
  CallObserver& observer() override { return *this; }
  std::unique_ptr<MediaTap> record(const CallStarted&, const AgentConfig&, const WireFormat&,
                                   const WireFormat&, const IoContext&) override {
    return nullptr;
  }
  void ask_carrier(const std::string&, const CarrierWishes&) override {}
  void transfer_call(const std::string&, const TransferOrder&, const IoContext&,
                     TelephoneLine::Done) override {}
  void send_keys(const std::string&, const std::string&, const IoContext&,
                 TelephoneLine::Done) override {}
  const TelnyxSettings& telnyx() const override { return telnyx_; }
  void stream_began(MediaSession& session) override { streams_.began(session); }
  void clause_began(const MediaSession&, int, const std::string&) override {}
  void session_began(MediaSession& session) override {
    streams_.opened(session);
    open_ = true;
  }
  void session_ended(MediaSession& session) override {
    streams_.closed(session);
    open_ = false;
  }

  // CallObserver
  void call_started(const CallStarted&) override { ++outcome_.begun; }
  void turn_finished(const TurnFinished&) override {}
  void call_ended(const CallEnded& end) override {
    ended_ = true;
    outcome_.cause = end.end_cause;
    outcome_.status = end.status;
    outcome_.error = end.error;
  }

  const Carrier carrier_;
  const Fault fault_;
  Scenario scenario_;
  LiveStreams streams_;
  TelnyxSettings telnyx_{.codec = TelnyxSettings::Codec::kPcmu};
  std::string nowhere_;
  std::string unread_;
  std::chrono::nanoseconds heard_{0}, open_for_{0};
  bool open_ = false, ended_ = false;
  std::function<void(Result<AgentConfig>)> agent_;  // who waits for it
  Outcome outcome_;
};

std::string row(const Fault& fault) {
  std::string result;
  for (const auto carrier : {Carrier::kTwilio, Carrier::kTelnyx}) {
    if (carrier == Carrier::kTelnyx && !fault.telnyx)
      continue;
    const auto outcome = World(carrier, fault).run();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(outcome.after).count();
    // How much the kernel takes of what nobody reads, and when it says so, is its own affair.
    const bool slow = fault.reads < Line::kAll && ms > 0;
    const auto when = slow ? "within 15 s" : "after " + std::to_string(ms) + " ms";
    const auto end = outcome.goes_on
                         ? std::string("goes on")
                         : "ends " + when + ": `" + outcome.cause + "`, " + outcome.status;
    const auto line = std::string("| ") + fault.what + " | " +
                      (outcome.agent_went_on ? "the agent, as ever" : "nothing more of the agent") +
                      " | " + end + " |\n";
    std::printf("%s%s\n", line.c_str(), outcome.error.c_str());
    if (result.empty())
      result = line;
    EXPECT_EQ(result, line) << "the carriers differ";
    EXPECT_TRUE(outcome.goes_on || ms <= (slow ? 15'000 : 16'000)) << ms;
  }
  return result;
}

struct CarriersSocket : ::testing::Test {
  static void SetUpTestSuite() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
    spdlog::set_level(spdlog::level::off);
  }
};

}  // namespace

TEST_F(CarriersSocket, WhateverItDoesTheCallEndsWithItsCauseAndTheDocumentsSayIt) {
  std::string table =
      "| the carrier's socket | the caller hears | the call |\n| --- | --- | --- |\n";
  for (const auto& fault : kFaults) table += row(fault);
  for (const auto* path : {"docs/failures.md", "docs/es/fallos.md"}) {
    const auto document = contents(source_root() / path);
    const auto measured = with_table(document, "measured-sockets", table);
    if (g_getenv("CENTRALITA_REWRITE_TIMELINES"))
      std::ofstream(source_root() / path) << measured;
    else
      EXPECT_EQ(document, measured) << path << " does not say what is measured";
  }
}

namespace {

void stop(Line& line) { line.send(framed(R"({"event":"stop"})")); }
void nothing(Line&) {}
void transfer(LiveStreams& streams) {
  streams.order("c1", {.kind = StreamOrder::Kind::kMoves, .cause = "transferred"});
}
void end_server(LiveStreams& streams) {
  streams.on("MZ1", [](MediaSession* session) { session->end("server-stopping"); });
}

std::string cause_of(const Fault& fault) {
  const auto outcome = World(Carrier::kTwilio, fault).run();
  EXPECT_EQ(outcome.begun, 1) << fault.what;
  return outcome.cause;
}

}  // namespace

// A shard that is late finds the order and the carrier's stop waiting side by side.
TEST_F(CarriersSocket, AStopThatAnOrderForeseesEndsTheCallForItsCauseHoweverLateTheShardIs) {
  EXPECT_EQ(cause_of({.what = "stops", .begin = stop, .order = transfer}), "transferred");
  EXPECT_EQ(cause_of({.what = "stops", .begin = stop}), "caller-hung-up");
}

TEST_F(CarriersSocket, ACallWhoseAgentIsStillBeingReadEndsForItsCauseAndDoesNotBeginAfterwards) {
  const auto while_waiting = [](Fault fault) {
    fault.agent_read = false;
    return cause_of(fault);
  };
  EXPECT_EQ(while_waiting({.what = "stops", .begin = stop}), "caller-hung-up");
  EXPECT_EQ(while_waiting({.what = "transfer", .begin = stop, .order = transfer}), "transferred");
  EXPECT_EQ(while_waiting({.what = "goes", .begin = nothing, .order = end_server}),
            "server-stopping");
  EXPECT_EQ(while_waiting({.what = "sends nothing", .begin = nothing, .sends = false}),
            "media-timeout");
  EXPECT_EQ(while_waiting({.what = "sends fifty messages that cannot be read",
                           .begin =
                               [](Line& line) {
                                 for (int i = 0; i < 50; ++i) line.send(framed("no JSON"));
                               }}),
            "malformed-stream");
}

TEST_F(CarriersSocket, ACallWhosePipelineFailsHearsTheApologyToItsEndAndTheHistoryNamesTheElement) {
  for (const auto& [launch, error] :
       {std::pair{" fakesrc ! no-such-element", "no element \"no-such-element\""},
        {" filesrc location=/nowhere ! fakesink", "filesrc0: "}}) {
    World world(Carrier::kTwilio, {.what = "goes on", .begin = nothing, .launch = launch});
    const auto outcome = world.run();
    EXPECT_EQ(outcome.cause + " " + outcome.status, "pipeline-error failed");
    EXPECT_NE(outcome.error.find(error), std::string::npos) << outcome.error;
    const auto apology = recording(Sentence::kApology, "es", {});
    EXPECT_GE(world.heard(), 1ms * (apology.audio.size() / 8) - 20ms);
    EXPECT_GT(world.open_for(), world.heard());
    EXPECT_LT(world.open_for(), world.heard() + 2s);
  }
}

// HttpStream against a real libsoup server on loopback, and a bare socket where the far end has to
// misbehave.
#include "plugins/base/http_stream.h"
#include "plugins/base/soup_listener.h"
#include "plugins/base/trace_context.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

using namespace centralita;
using namespace std::chrono_literals;
using Code = ProviderError::Code;

namespace {

struct HttpStreamTest : ::testing::Test {
  HttpStreamTest() {
    g_main_context_push_thread_default(context.get());
    io.emplace(context, IoContext::make_session());
    server = Ref<SoupServer>::adopt(soup_server_new("server-header", "test", nullptr));
    soup_server_add_handler(server.get(), nullptr, handle, this, nullptr);
    listener = std::move(*SoupListener::listen(server.get(), "127.0.0.1", 0));
    url = "http://127.0.0.1:" + std::to_string(listener->port());
  }
  ~HttpStreamTest() override {
    soup_server_disconnect(server.get());
    io.reset();
    g_main_context_pop_thread_default(context.get());
  }

  static void handle(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                     gpointer data) noexcept {
    auto* test = static_cast<HttpStreamTest*>(data);
    const std::string where = path;
    auto* body = soup_server_message_get_response_body(message);
    auto* headers = soup_server_message_get_response_headers(message);
    test->connections.insert(socket_of(message));
    if (where == "/trace") {
      auto* asked = soup_server_message_get_request_headers(message);
      std::string said;
      for (const char* name : {"traceparent", "tracestate"})
        if (const char* value = soup_message_headers_get_list(asked, name))
          said += (said.empty() ? "" : " ") + std::string(value);
      if (said.empty())
        said = "none";
      soup_server_message_set_status(message, 200, nullptr);
      soup_message_body_append(body, SOUP_MEMORY_COPY, said.data(), said.size());
    } else if (where == "/echo") {
      auto* request = soup_server_message_get_request_body(message);
      soup_server_message_set_status(message, 200, nullptr);
      soup_server_message_set_response(message, "text/plain", SOUP_MEMORY_COPY, request->data,
                                       static_cast<gsize>(request->length));
    } else if (where == "/limit") {
      soup_server_message_set_status(message, 429, nullptr);
      soup_message_headers_append(headers, "retry-after", "7.5");
    } else if (where == "/silent") {
      soup_server_message_pause(message);
      test->held = Ref<SoupServerMessage>::share(message);
    } else if (where == "/stall") {
      soup_server_message_set_status(message, 200, nullptr);
      soup_message_headers_set_encoding(headers, SOUP_ENCODING_CHUNKED);
      soup_message_body_append(body, SOUP_MEMORY_COPY, "begun", 5);
      test->held = Ref<SoupServerMessage>::share(message);
      // Not completed: the server waits for more of the body, which never comes.
    }
  }

  HttpHandlers recording() {
    return {
        .on_answer = [this](const HttpAnswer& a) { answer = a; },
        .on_bytes = [this](std::span<const std::uint8_t> b) { body.append(b.begin(), b.end()); },
        .on_end = [this] { done = true; },
        .on_failure =
            [this](const HttpFailure& f) {
              failure = f;
              done = true;
            }};
  }
  void run_until_done() {
    while (!done) g_main_context_iteration(context.get(), TRUE);
  }

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<IoContext> io;
  Ref<SoupServer> server;
  std::unique_ptr<SoupListener> listener;
  Ref<SoupServerMessage> held;
  std::set<GSocket*> connections;
  std::string url, body;
  std::optional<HttpAnswer> answer;
  std::optional<HttpFailure> failure;
  bool done = false;
};

}  // namespace

TEST_F(HttpStreamTest, AnswerAndBodyArriveAndThenTheEnd) {
  const Slot request = HttpStream::start(
      *io, {.url = url + "/echo", .content_type = "text/plain", .body = "hola"}, recording());
  EXPECT_FALSE(done);
  run_until_done();
  EXPECT_FALSE(failure);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(body, "hola");
}

TEST_F(HttpStreamTest, OnlyATracedContextsRequestsCarryATraceparent) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto asked = [&](const IoContext& on) {
    done = false;
    body.clear();
    const Slot request = HttpStream::start(on, {.url = url + "/trace"}, recording());
    run_until_done();
    return body;
  };
  EXPECT_EQ(asked(*io), "none");
  const auto traced = io->traced(trace);
  EXPECT_EQ(trace_id_in(asked(traced)), trace) << body;
  EXPECT_EQ(body.size(), 55u) << "and nothing else";
  // Elements get it with the context that their pipeline is given.
  EXPECT_EQ(trace_id_in(asked(*IoContext::from_gst(traced.to_gst().get()))), trace) << body;
  const auto with_state = io->traced(trace, "vendor=x");
  EXPECT_EQ(asked(with_state).substr(55), " vendor=x");
  EXPECT_EQ(asked(*IoContext::from_gst(with_state.to_gst().get())).substr(55), " vendor=x");
}

TEST_F(HttpStreamTest, PostsReuseTheWarmConnection) {
  for (int i = 0; i < 5; ++i) {
    done = false;
    const Slot request =
        HttpStream::start(*io, {.url = url + "/echo", .body = "again"}, recording());
    run_until_done();
  }
  EXPECT_EQ(connections.size(), 1u);
}

TEST_F(HttpStreamTest, RetryAfterIsReadFromTheAnswer) {
  const Slot request = HttpStream::start(*io, {.url = url + "/limit"}, recording());
  run_until_done();
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(answer->retry_after, 7500ms);
}

TEST_F(HttpStreamTest, NoAnswerInTimeIsAFirstByteTimeout) {
  const Slot request = HttpStream::start(
      *io, {.url = url + "/silent", .deadlines = {.first_byte = 30ms}}, recording());
  run_until_done();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, Code::kFirstByteTimeout);
}

TEST_F(HttpStreamTest, AnAnswerThatStopsComingIsAStallAndWhatCameIsKept) {
  const Slot request =
      HttpStream::start(*io, {.url = url + "/stall", .deadlines = {.stall = 30ms}}, recording());
  run_until_done();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, Code::kStalled);
  EXPECT_EQ(body, "begun");
}

TEST_F(HttpStreamTest, NobodyListeningIsRefused) {
  listener->close();
  const Slot request = HttpStream::start(*io, {.url = url + "/echo"}, recording());
  run_until_done();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, Code::kRefused);
}

TEST_F(HttpStreamTest, AnInvalidUrlFailsAfterStartAndNotInsideIt) {
  const Slot request = HttpStream::start(*io, {.url = "not a url"}, recording());
  EXPECT_FALSE(done);
  run_until_done();
  EXPECT_EQ(failure->code, Code::kRefused);
}

TEST_F(HttpStreamTest, ADroppedRequestCallsNothingAnyMore) {
  { const Slot request = HttpStream::start(*io, {.url = url + "/echo", .body = "x"}, recording()); }
  bool later = false;
  const Slot timer = io->after(50ms, [&] { later = true; });
  while (!later) g_main_context_iteration(context.get(), TRUE);
  EXPECT_FALSE(answer);
  EXPECT_FALSE(done);
}

TEST_F(HttpStreamTest, AHandlerMayDropItsOwnRequest) {
  Slot request;
  auto handlers = recording();
  handlers.on_answer = [&](const HttpAnswer&) {
    request.reset();
    done = true;
  };
  request = HttpStream::start(*io, {.url = url + "/echo", .body = "x"}, std::move(handlers));
  run_until_done();
  EXPECT_TRUE(body.empty());
}

TEST(IoContext, RunAndWaitReturnsWhenTheSharedThreadHasRunIt) {
  const auto io = IoContext::shared();
  bool ran = false;
  io.run_and_wait([&] { ran = io.is_current(); });
  EXPECT_TRUE(ran);
}

TEST(IoContext, TravelsInAGstContext) {
  const auto io = IoContext::shared();
  const auto back = IoContext::from_gst(io.to_gst().get());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->context(), io.context());
  EXPECT_EQ(back->session(), io.session());
}

TEST(ProviderError, KeepsItsFieldsOnTheBus) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("identity", nullptr));
  const auto bus = Ref<GstBus>::adopt(gst_bus_new());
  gst_element_set_bus(element.get(), bus.get());
  ProviderError::from_http("groq", "chat", 429, 7500ms, "slow \xFF down").post(element.get());
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT));
  const auto error = ProviderError::from_message(message.get());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, Code::kRateLimited);
  EXPECT_EQ(error->http_status, 429);
  EXPECT_EQ(error->retry_after, 7500ms);
  EXPECT_TRUE(error->retriable());
  EXPECT_NE(error->text.find("groq"), std::string::npos);
  gst_element_set_bus(element.get(), nullptr);
}

#include "tests/plugins/dialog/dialog_fixture.h"

#include "plugins/base/mapped_buffer.h"
#include "plugins/dialog/llmdialog.h"

#include <algorithm>
#include <cstring>
#include <future>

namespace centralita::testing {
namespace {
using namespace std::chrono_literals;
}

IoThread::IoThread() {
  std::promise<void> ready;
  thread_ = std::thread([this, &ready] {
    const auto context = Ref<GMainContext>::adopt(g_main_context_new());
    loop_ = Ref<GMainLoop>::adopt(g_main_loop_new(context.get(), FALSE));
    g_main_context_push_thread_default(context.get());
    io_.emplace(context, IoContext::make_session());
    ready.set_value();
    g_main_loop_run(loop_.get());
    while (g_main_context_iteration(context.get(), FALSE)) {
    }
    io_.reset();
    g_main_context_pop_thread_default(context.get());
  });
  ready.get_future().wait();
}

IoThread::~IoThread() {
  io_->post([this] { g_main_loop_quit(loop_.get()); });
  thread_.join();
}

DialogTest::DialogTest() {
  element =
      Ref<GstElement>::sink(GST_ELEMENT_CAST(g_object_new(CENTRALITA_TYPE_LLM_DIALOG, nullptr)));
  gst_element_set_bus(element.get(), bus.get());
  gst_bus_set_sync_handler(bus.get(), sync, this, nullptr);
  if (GetParam() == Mode::kInline) {
    io_thread.emplace();
    gst_element_set_context(element.get(), io_thread->io().to_gst().get());
  }
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "src"));
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                   GST_PAD_PROBE_TYPE_EVENT_FLUSH),
      probe, this, nullptr);
  set("base-url", server.url().c_str());
  set("api-key", "secret");
}

DialogTest::~DialogTest() {
  to_null();
  if (harness)
    gst_harness_teardown(harness);
  gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
  gst_element_set_bus(element.get(), nullptr);
}

void DialogTest::start() {
  harness = gst_harness_new_with_element(element.get(), "sink", "src");
  gst_harness_set_src_caps_str(harness, "text/x-raw,format=utf8");
}

void DialogTest::hear(const char* text, GstClockTime pts) {
  auto* buffer = gst_buffer_new_memdup(text, strlen(text));
  GST_BUFFER_PTS(buffer) = pts;
  EXPECT_EQ(gst_harness_push(harness, buffer), GST_FLOW_OK);
}

void DialogTest::send(Ref<GstEvent> event) {
  EXPECT_TRUE(gst_harness_push_event(harness, event.release()));
}

std::uint32_t DialogTest::say(const char* text) {
  guint turn = 0;
  g_signal_emit_by_name(element.get(), "say", text, &turn);
  return turn;
}

std::string DialogTest::history() {
  char* json = nullptr;
  g_signal_emit_by_name(element.get(), "get-history", &json);
  return OwnedString(json).get();
}

void DialogTest::wait_for(const std::string& line) {
  std::unique_lock lock(mutex_);
  const bool found = changed_.wait_for(lock, 10s, [&] {
    return std::find(timeline_.begin(), timeline_.end(), line) != timeline_.end();
  });
  EXPECT_TRUE(found) << "waited for: " << line << "\n" << ::testing::PrintToString(timeline_);
}

Ref<GstMessage> DialogTest::wait_for_message(const char* name) {
  while (auto message = Ref<GstMessage>::adopt(
             gst_bus_timed_pop_filtered(bus.get(), 10 * GST_SECOND, GST_MESSAGE_ELEMENT)))
    if (gst_message_has_name(message.get(), name))
      return message;
  ADD_FAILURE() << "waited for the message " << name;
  return Ref<GstMessage>::adopt(gst_message_new_element(nullptr, gst_structure_new_empty("none")));
}

ProviderError DialogTest::wait_for_error() {
  return ProviderError::from_message(wait_for_message("provider-error").get())
      .value_or(ProviderError());
}

DialogTest::Timeline DialogTest::timeline() {
  const std::lock_guard lock(mutex_);
  return timeline_;
}

void DialogTest::note(std::string line) {
  {
    const std::lock_guard lock(mutex_);
    timeline_.push_back(std::move(line));
  }
  changed_.notify_all();
}

GstPadProbeReturn DialogTest::probe(GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
  auto* test = static_cast<DialogTest*>(data);
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    const auto tag = clause_tag_of(buffer).value_or(ClauseTag{});
    const MappedBuffer map(buffer, GST_MAP_READ);
    test->note(std::to_string(tag.turn) + "." + std::to_string(tag.clause) +
               (tag.provisional ? "? " : " ") +
               std::string(map.bytes().begin(), map.bytes().end()));
    return GST_PAD_PROBE_OK;
  }
  auto* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (const auto turn = parse_reply_end(event))
    test->note("end " + std::to_string(*turn));
  else if (const auto confirmed = parse_reply_confirmed(event))
    test->note("confirmed " + std::to_string(*confirmed));
  else if (const auto speech = parse_speech_event(event))
    test->note(speech->edge == SpeechEdge::kStart ? "speech-start" : "speech-end");
  else if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP)
    test->note("flush");
  else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
    test->note("eos");
  else if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_DOWNSTREAM)
    test->note(gst_structure_get_name(gst_event_get_structure(event)));
  return GST_PAD_PROBE_OK;
}

GstBusSyncReply DialogTest::sync(GstBus*, GstMessage* message, gpointer data) noexcept {
  auto* test = static_cast<DialogTest*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT && test->on_message_)
    test->on_message_(*gst_message_get_structure(message));
  return GST_BUS_PASS;
}

}  // namespace centralita::testing

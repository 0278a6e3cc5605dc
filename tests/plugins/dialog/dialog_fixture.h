// An llmdialog between a test and a scripted server. What leaves its source pad is a timeline of
// lines:
//   "1.0 Hola." a clause    "1.0? Hola." a provisional one    "end 1" a reply's end
//   "confirmed 1"    "flush"    "speech-start"    "eos"
// Each test runs with the shared I/O thread and a streaming task, and with an offered I/O thread
// that pushes by itself.
#pragma once

#include "plugins/base/clause.h"
#include "plugins/base/io_context.h"
#include "plugins/base/locked.h"
#include "plugins/base/provider_error.h"
#include "tests/plugins/dialog/scripted_chat_server.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

namespace centralita::testing {

enum class Mode { kInline, kTask };

// An I/O thread as the server's shards are.
class IoThread {
 public:
  IoThread();
  ~IoThread();
  const IoContext& io() const { return *io_; }

 private:
  Ref<GMainLoop> loop_;
  std::optional<IoContext> io_;
  std::thread thread_;
};

struct DialogTest : ::testing::TestWithParam<Mode> {
  using Timeline = std::vector<std::string>;

  DialogTest();
  ~DialogTest() override;

  // Properties first, then this.
  void start();
  template <typename T>
  void set(const char* property, T value) {
    g_object_set(element.get(), property, value, nullptr);
  }

  // A buffer with the caller's words.
  void hear(const char* text, GstClockTime pts = GST_CLOCK_TIME_NONE);
  void send(Ref<GstEvent> event);  // from upstream
  void speech(SpeechEdge edge) { send(speech_event({edge, GST_SECOND})); }
  std::uint32_t say(const char* text);
  void interrupt(const char* heard) { g_signal_emit_by_name(element.get(), "interrupt", heard); }
  void cancel() { g_signal_emit_by_name(element.get(), "cancel"); }
  void answer_tool(const char* id, const char* content) {
    g_signal_emit_by_name(element.get(), "add-tool-result", id, content);
  }
  std::string history();
  void set_history(const char* json) { g_signal_emit_by_name(element.get(), "set-history", json); }

  // Waits, and fails the test after ten seconds.
  void wait_for(const std::string& line);
  Ref<GstMessage> wait_for_message(const char* name);
  ProviderError wait_for_error();
  void to_null() { gst_element_set_state(element.get(), GST_STATE_NULL); }
  // Everything posted to the I/O thread before has run.
  void settle() { (void)history(); }

  Timeline timeline();
  // Called for each element message on the thread that posts it.
  void on_message(std::function<void(const GstStructure&)> function) {
    on_message_ = std::move(function);
  }

  ScriptedChatServer server;
  std::optional<IoThread> io_thread;
  Ref<GstElement> element;
  Ref<GstBus> bus = Ref<GstBus>::adopt(gst_bus_new());
  GstHarness* harness = nullptr;

 private:
  static GstPadProbeReturn probe(GstPad* pad, GstPadProbeInfo* info, gpointer self) noexcept;
  static GstBusSyncReply sync(GstBus* bus, GstMessage* message, gpointer self) noexcept;
  void note(std::string line);

  std::mutex mutex_;
  std::condition_variable changed_;
  Timeline timeline_;  // locked
  std::function<void(const GstStructure&)> on_message_;
};

inline std::string text_of(const Ref<GstMessage>& message, const char* field) {
  const char* text = gst_structure_get_string(gst_message_get_structure(message.get()), field);
  return text ? text : "";
}
inline unsigned number_of(const Ref<GstMessage>& message, const char* field) {
  guint number = G_MAXUINT;
  gst_structure_get_uint(gst_message_get_structure(message.get()), field, &number);
  return number;
}

}  // namespace centralita::testing

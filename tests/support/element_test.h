// One element under test, with a harness on its pads and a record of the messages it posts, in
// either of the two ways our network elements run:
//   kInline  an application offers its I/O context: here one that the test itself runs, in until()
//   kTask    nobody offers one: the shared I/O thread and a streaming task
//
//   ElementTest test(CENTRALITA_TYPE_GROQ_STT_SINK, IoMode::kTask);
//   g_object_set(test.element(), "base-url", server.url().c_str(), nullptr);
//   test.start("sink", "src");
//   ...
//   test.until("a transcript", [&] { return test.messages("transcript").size() == 1; });
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/provider_error.h"

#include <gst/check/gstharness.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace centralita::test {

enum class IoMode { kInline, kTask };

class ElementTest {
 public:
  ElementTest(GType type, IoMode mode);
  ~ElementTest();
  ElementTest(const ElementTest&) = delete;
  ElementTest& operator=(const ElementTest&) = delete;

  GstElement* element() const { return element_.get(); }
  GstHarness* harness() const { return harness_; }

  // Links the harness to these pads (null: not linked) and sets the element to PLAYING.
  void start(const char* sink_pad, const char* src_pad);
  void stop();  // sets it to NULL

  // Runs the test's context until it is so; gives up after some seconds with an exception.
  void until(const char* what, const std::function<bool()>& so);
  // Runs it for as long: for what must not happen.
  void run_for(std::chrono::milliseconds time);

  // The structures of the element messages of that name so far, in order.
  std::vector<std::shared_ptr<GstStructure>> messages(const std::string& name) const;
  // The names of all messages so far, in order: element messages by their own, others by their
  // type.
  std::vector<std::string> message_names() const;
  std::vector<ProviderError> provider_errors() const;
  // Called on the posting thread.
  void on_message(std::function<void(GstMessage*)> function) { on_message_ = std::move(function); }

  // What has come out of the source pad since the last call.
  std::vector<Ref<GstBuffer>> take_buffers();
  std::vector<Ref<GstEvent>> take_events();

 private:
  static GstBusSyncReply record(GstBus*, GstMessage* message, gpointer self) noexcept;

  Ref<GMainContext> context_ = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<IoContext> io_;
  Ref<GSource> tick_;
  Ref<GstElement> element_;
  Ref<GstBus> bus_ = Ref<GstBus>::adopt(gst_bus_new());
  GstHarness* harness_ = nullptr;
  std::function<void(GstMessage*)> on_message_;

  mutable std::mutex mutex_;
  std::vector<Ref<GstMessage>> messages_;  // locked
};

std::string text_of(const GstStructure* structure, const char* field);
std::uint64_t number_of(const GstStructure* structure, const char* field);  // guint, guint64

std::string bytes_of(GstBuffer* buffer);

}  // namespace centralita::test

// An azurettssrc against the fake provider.
#pragma once

#include "plugins/azure/azurettssrc.h"
#include "plugins/base/clause.h"
#include "tests/support/element_test.h"
#include "tests/support/fake_http.h"

#include <gst/audio/audio.h>
#include <gtest/gtest.h>

#include <mutex>

namespace centralita::test {

inline std::string audio(std::size_t bytes, char value = 'a') {
  std::string audio(bytes, value);
  for (std::size_t i = 0; i < bytes; i += 7) audio[i] = static_cast<char>(i / 7);
  return audio;
}

struct AzureTtsSrcTest : ::testing::TestWithParam<IoMode> {
  AzureTtsSrcTest() { set("endpoint", server.url().c_str()); }
  ~AzureTtsSrcTest() override { test.stop(); }

  template <typename T>
  void set(const char* property, T value) {
    g_object_set(element(), property, value, nullptr);
  }
  GstElement* element() { return test.element(); }

  // With text coming in, and `caps` taken at the other end.
  void start(const char* caps =
                 "audio/x-raw, format=S16LE, rate=8000, channels=1, "
                 "layout=interleaved") {
    test.start("sink", "src");
    gst_harness_set_sink_caps_str(test.harness(), caps);
    watch();
    gst_harness_set_src_caps_str(test.harness(), "text/x-raw, format=utf8");
  }
  // As a source.
  void start_unlinked() {
    test.start(nullptr, "src");
    watch();
  }

  void push_text(std::string_view text, std::optional<ClauseTag> tag = std::nullopt,
                 GstClockTime pts = GST_CLOCK_TIME_NONE) {
    auto buffer = Ref<GstBuffer>::adopt(
        text.empty() ? gst_buffer_new() : gst_buffer_new_memdup(text.data(), text.size()));
    GST_BUFFER_PTS(buffer.get()) = pts;
    if (tag)
      tag_clause(buffer.get(), *tag);
    ASSERT_EQ(gst_harness_push(test.harness(), buffer.release()), GST_FLOW_OK);
  }
  void push_event(Ref<GstEvent> event) {
    ASSERT_TRUE(gst_harness_push_event(test.harness(), event.release()));
  }
  void eos() { push_event(Ref<GstEvent>::adopt(gst_event_new_eos())); }
  void flush() {
    push_event(Ref<GstEvent>::adopt(gst_event_new_flush_start()));
    push_event(Ref<GstEvent>::adopt(gst_event_new_flush_stop(TRUE)));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    push_event(Ref<GstEvent>::adopt(gst_event_new_segment(&segment)));
  }

  // Everything that came out of the source pad so far, in order: "start 1.0 Hola", "320" (bytes of
  // consecutive buffers added up), "end 1.0", "reply-end 1", "eos", "flush".
  std::vector<std::string> output() {
    const std::lock_guard lock(mutex);
    std::vector<std::string> lines;
    std::size_t bytes = 0;
    for (const auto& [line, size] : seen) {
      if (!line.empty() && bytes > 0)
        lines.push_back(std::to_string(std::exchange(bytes, 0)));
      if (!line.empty())
        lines.push_back(line);
      bytes += size;
    }
    if (bytes > 0)
      lines.push_back(std::to_string(bytes));
    return lines;
  }
  bool put_out(const std::string& line) {
    const auto lines = output();
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  std::string audio_out() {
    std::string all;
    for (const auto& buffer : test.take_buffers()) all += bytes_of(buffer.get());
    return all;
  }
  void until_out(const std::string& line) {
    test.until(line.c_str(), [&] { return put_out(line); });
  }
  void until_messages(const char* name, std::size_t count) {
    test.until(name, [&] { return test.messages(name).size() >= count; });
  }
  void until_requests(std::size_t count) {
    test.until("requests", [&] { return server.requests() >= count; });
  }

  static FakeAnswer speech(std::vector<std::string> chunks,
                           FakeAnswer::End end = FakeAnswer::End::kComplete) {
    return {.content_type = "audio/basic", .chunks = std::move(chunks), .end = end};
  }

  std::mutex mutex;
  std::vector<std::pair<std::string, std::size_t>> seen;  // locked
  std::function<void(const std::string&)> on_line;        // on the pushing thread
  FakeHttp server;
  ElementTest test{CENTRALITA_TYPE_AZURE_TTS_SRC, GetParam()};

 private:
  static std::string line_of(GstEvent* event) {
    const auto number = [](ClauseTag tag) {
      return std::to_string(tag.turn) + "." + std::to_string(tag.clause);
    };
    if (const auto start = parse_clause_start(event))
      return "start " + number(start->tag) + " " + start->text;
    if (const auto end = parse_clause_end(event))
      return "end " + number(*end);
    if (const auto turn = parse_reply_end(event))
      return "reply-end " + std::to_string(*turn);
    if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
      return "eos";
    return GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START ? "flush" : "";
  }
  void watch() {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element(), "src"));
    gst_pad_add_probe(
        pad.get(),
        static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER |
                                     GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM |
                                     GST_PAD_PROBE_TYPE_EVENT_FLUSH),
        [](GstPad*, GstPadProbeInfo* info, gpointer data) noexcept {
          auto* self = static_cast<AzureTtsSrcTest*>(data);
          const bool is_buffer = (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0;
          const auto line = is_buffer ? "" : line_of(GST_PAD_PROBE_INFO_EVENT(info));
          {
            const std::lock_guard lock(self->mutex);
            self->seen.emplace_back(
                line, is_buffer ? gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)) : 0);
          }
          if (self->on_line && !line.empty())
            self->on_line(line);
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
};

}  // namespace centralita::test

#include "tests/plugins/lifecycle/life.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace centralita::test {
namespace {

constexpr char kMulaw[] = "audio/x-mulaw, rate=8000, channels=1";
constexpr char kAlaw[] = "audio/x-alaw, rate=8000, channels=1";
constexpr char kPcm8[] = "audio/x-raw, format=S16LE, rate=8000, channels=1, layout=interleaved";
constexpr char kPcm16[] = "audio/x-raw, format=S16LE, rate=16000, channels=1, layout=interleaved";
constexpr char kText[] = "text/x-raw, format=utf8";

bool takes_text(const Subject& subject) { return subject.sink_caps == kText; }

Ref<GstBuffer> something(const Subject& subject, int n) {
  if (takes_text(subject)) {
    constexpr std::string_view kWords = "Buenos días.";
    return Ref<GstBuffer>::adopt(gst_buffer_new_memdup(kWords.data(), kWords.size()));
  }
  const std::vector<std::uint8_t> audio(640, static_cast<std::uint8_t>(n + 1));
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_memdup(audio.data(), audio.size()));
  GST_BUFFER_PTS(buffer.get()) = static_cast<GstClockTime>(n) * 20 * GST_MSECOND;
  return buffer;
}

FakeAnswer answer_of(const Subject& subject) {
  const std::string name = subject.factory;
  if (name == "groqsttsink")
    return {.content_type = "application/json", .chunks = {R"({"text":" Buenos días."})"}};
  if (name == "llmdialog")
    return {.content_type = "text/event-stream",
            .chunks = {"data: {\"choices\":[{\"delta\":{\"content\":\"Diga usted.\"}}]}\n\n"
                       "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                       "data: [DONE]\n\n"}};
  return {.content_type = "audio/basic", .chunks = {std::string(16000, '\1')}};
}

}  // namespace

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all = {
      {"mulawtopcm", kMulaw, kPcm16, nullptr},    {"alawtopcm", kAlaw, kPcm16, nullptr},
      {"pcmtomulaw", kPcm16, kMulaw, nullptr},    {"pcmtoalaw", kPcm16, kAlaw, nullptr},
      {"voicevad", kPcm16, kPcm16, nullptr},      {"speechgate", kPcm16, kPcm16, nullptr},
      {"groqsttsink", kPcm16, kText, "base-url"}, {"llmdialog", kText, kText, "base-url"},
      {"azurettssrc", kText, kPcm8, "endpoint"},
  };
  return all;
}

std::ostream& operator<<(std::ostream& out, const Subject& subject) {
  return out << subject.factory;
}

GType type_of(const Subject& subject) {
  auto* made = gst_element_factory_make(subject.factory, nullptr);
  if (!made)
    throw std::runtime_error(std::string("no such element: ") + subject.factory);
  return G_OBJECT_TYPE(Ref<GstElement>::sink(made).get());
}

void prepare_provider(FakeHttp& provider, const Subject& subject, Fate fate) {
  auto answer = answer_of(subject);
  if (fate == Fate::kAbandoned)
    answer.end = FakeAnswer::End::kSilent;
  provider.otherwise(std::move(answer));
}

void live(const Subject& subject, IoMode mode, FakeHttp& provider, Fate fate) {
  ElementTest test(type_of(subject), mode);
  if (subject.asks_a_provider())
    g_object_set(test.element(), subject.url_property, provider.url().c_str(), "api-key", "k",
                 nullptr);
  test.start("sink", "src");
  if (fate == Fate::kUnused)
    return;

  auto* harness = test.harness();
  if (subject.src_caps)
    gst_harness_set_sink_caps_str(harness, subject.src_caps);
  gst_harness_set_src_caps_str(harness, subject.sink_caps);
  const auto asked = provider.requests();
  const int buffers = takes_text(subject) ? 1 : 25;
  for (int n = 0; n < buffers; ++n) {
    ASSERT_EQ(gst_harness_push(harness, something(subject, n).release()), GST_FLOW_OK);
  }
  if (fate == Fate::kFinished || subject.asks_a_provider()) {
    ASSERT_TRUE(gst_harness_push_event(harness, gst_event_new_eos()));
  }

  if (fate == Fate::kFinished)
    test.until("the end of the stream", [&] {
      for (const auto& event : test.take_events())
        if (GST_EVENT_TYPE(event.get()) == GST_EVENT_EOS)
          return true;
      return false;
    });
  else if (subject.asks_a_provider())
    test.until("the request", [&] { return provider.requests() > asked; });
  gst_harness_set_drop_buffers(harness, TRUE);
}

}  // namespace centralita::test

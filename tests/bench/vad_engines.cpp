#include "tests/bench/vad_engines.h"

#include "plugins/base/ref.h"
#include "plugins/vad/speech_detector.h"

#include <gst/check/gstharness.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>

namespace centralita::bench {
namespace {

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

constexpr char kCaps[] = "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=8000";

// Runs `element` over a clip in buffers of `size` samples. Messages are taken from `bus` as they
// come.
double play(const Clip& clip, GstHarness* harness, std::size_t size,
            const std::function<void(std::size_t end)>& after_each) {
  gst_harness_set_src_caps_str(harness, kCaps);
  double cpu = 0;
  for (std::size_t at = 0; at + size <= clip.samples.size(); at += size) {
    auto buffer = Ref<GstBuffer>::adopt(
        gst_buffer_new_memdup(&clip.samples[at], size * sizeof(clip.samples[0])));
    GST_BUFFER_PTS(buffer.get()) = gst_util_uint64_scale(at, GST_SECOND, kRate);
    GST_BUFFER_DURATION(buffer.get()) = gst_util_uint64_scale(size, GST_SECOND, kRate);
    const double begin = cpu_ms();
    gst_harness_push(harness, buffer.release());
    cpu += cpu_ms() - begin;
    (void)Ref<GstBuffer>::adopt(gst_harness_try_pull(harness));
    after_each(at + size);
  }
  return cpu;
}

}  // namespace

std::vector<Heard> hear_with_scorer(const std::vector<Clip>& clips,
                                    std::shared_ptr<const SileroWeights> weights,
                                    WindowScorer::Network network) {
  std::vector<Heard> all;
  for (const auto& clip : clips) {
    Heard heard;
    WindowScorer scorer(kRate, weights, network);
    SpeechDetector detector({.confirmation = 480, .hangover = 1600});
    const double begin = cpu_ms();
    for (std::span<const std::int16_t> rest(clip.samples); !rest.empty();) {
      auto frame = rest.first(std::min<std::size_t>(rest.size(), kRate / 50));
      rest = rest.subspan(frame.size());
      while (!frame.empty())
        if (const auto score = scorer.push(frame)) {
          const auto edge =
              detector.push({score->probability, scorer.window(), score->onset, score->offset});
          heard.scores.push_back({detector.position(), score->probability});
          if (edge)
            heard.decisions.push_back({edge->kind == SpeechDetector::Edge::Kind::kStart,
                                       edge->position, detector.position()});
        }
    }
    heard.cpu_ms = cpu_ms() - begin;
    all.push_back(std::move(heard));
  }
  return all;
}

std::vector<Heard> run_element(const std::vector<Clip>& clips, const char* element) {
  std::vector<Heard> all;
  for (const auto& clip : clips) {
    GstHarness* const harness = gst_harness_new(element);
    Heard heard;
    heard.cpu_ms = play(clip, harness, kRate / 50, [](std::size_t) {});
    gst_harness_teardown(harness);
    all.push_back(std::move(heard));
  }
  return all;
}

Result<std::vector<Heard>> hear_with_webrtcdsp(const std::vector<Clip>& clips) {
  if (!Ref<GstElementFactory>::adopt(gst_element_factory_find("webrtcdsp")))
    return Unexpected(
        "webrtcdsp is left out: it is in gstreamer1.0-plugins-bad, which is not installed");
  std::vector<Heard> all;
  for (const auto& clip : clips) {
    auto element = Ref<GstElement>::sink(gst_element_factory_make("webrtcdsp", nullptr));
    g_object_set(element.get(), "echo-cancel", FALSE, "noise-suppression", FALSE, "gain-control",
                 FALSE, "high-pass-filter", FALSE, "voice-detection", TRUE, nullptr);
    const auto bus = Ref<GstBus>::adopt(gst_bus_new());
    gst_element_set_bus(element.get(), bus.get());
    GstHarness* const harness = gst_harness_new_with_element(element.get(), "sink", "src");
    Heard heard;
    gboolean voice = FALSE;
    heard.cpu_ms = play(clip, harness, kRate / 100, [&](std::size_t end) {
      while (const auto message =
                 Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ELEMENT)))
        gst_structure_get_boolean(gst_message_get_structure(message.get()), "stream-has-voice",
                                  &voice);
      heard.scores.push_back({end, voice ? 1.0f : 0.0f});
    });
    gst_harness_teardown(harness);
    gst_bus_set_flushing(bus.get(), TRUE);
    heard.decisions = decide(heard.scores, 0.5f, 0.5f);
    all.push_back(std::move(heard));
  }
  return all;
}

Result<std::vector<Heard>> hear_with_onnxruntime(const std::vector<Clip>& clips,
                                                 const std::string& python,
                                                 const std::string& script,
                                                 const std::string& weights,
                                                 const std::string& folder) {
  std::filesystem::create_directories(folder);
  write_wavs(clips, folder);
  const std::string command =
      "'" + python + "' '" + script + "' '" + weights + "' '" + folder + "'";
  if (std::system(command.c_str()) != 0)
    return Unexpected("ONNX Runtime is left out: " + script + " failed");
  std::vector<Heard> all;
  for (const auto& clip : clips) {
    // CPU ms, then a probability for each window.
    std::ifstream answer(folder + "/" + clip.name() + ".scores");
    Heard heard;
    answer >> heard.cpu_ms;
    float probability = 0;
    for (std::size_t end = 256; answer >> probability; end += 256)
      heard.scores.push_back({end, probability});
    if (heard.scores.empty())
      return Unexpected("ONNX Runtime is left out: no answer for " + clip.name());
    heard.decisions = decide(heard.scores, 0.5f, 0.35f);
    all.push_back(std::move(heard));
  }
  return all;
}

}  // namespace centralita::bench

// What voice detectors hear and cost, side by side. `./dev bench vad` runs it; by itself:
//
//   SILERO_VAD_MODEL=silero_vad.onnx vad_bench [--seconds N] [--corpus FOLDER] [--python PYTHON]
//
// --seconds  of each of the four tracks (122); 20 gives a quick look
// --corpus   audio from a folder (see vad_corpus.h) in place of our own
// --python   one that has onnxruntime and numpy: adds Silero by its reference runtime
#include "tests/bench/vad_engines.h"

#include <gst/gst.h>

#include <unistd.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>

using namespace centralita;
using namespace centralita::bench;

namespace {

struct Options {
  double seconds = 122;
  std::string corpus;
  std::string python;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc || (name != "--seconds" && name != "--corpus" && name != "--python")) {
      std::fprintf(stderr, "usage: vad_bench [--seconds N] [--corpus FOLDER] [--python PYTHON]\n");
      std::exit(2);
    }
    if (name == "--seconds")
      options.seconds = std::atof(argv[i + 1]);
    else
      (name == "--corpus" ? options.corpus : options.python) = argv[i + 1];
  }
  return options;
}

class Table {
 public:
  explicit Table(const std::vector<Clip>& clips) : clips_(clips) {
    std::printf("%-34s %6s %6s %9s %9s %9s %6s %6s | %s\n", "", "AUC", "FA@5", "start ms", "end ms",
                "error ms", "missed", "fs/min", "CPU ms per s of audio");
    std::printf("%-34s %6s %6s %9s %9s %9s %6s %6s | %6s %6s %6s %6s\n", "", "", "%", "p50/p95",
                "p50/p95", "p50/p95", "%", "", "all", "clean", "noise", "call");
  }

  void row(const char* name, const std::vector<Heard>& heard) {
    std::printf("%-34s ", name);
    if (heard.front().scores.empty()) {
      std::printf("%6s %6s %9s %9s %9s %6s %6s", "", "", "", "", "", "", "");
    } else {
      const auto v = judge_some(heard, [](const Clip& c) { return c.noise != "call"; });
      std::printf("%6.4f %6.2f %4.0f/%4.0f %4.0f/%4.0f %4.0f/%4.0f %6.1f %6.2f", v.auc,
                  100 * v.false_alarms, v.start_p50, v.start_p95, v.end_p50, v.end_p95,
                  v.start_error_p50, v.start_error_p95, 100 * v.missed, v.false_starts);
    }
    const auto cost = [&](const char* kind) {
      double ms = 0, seconds = 0;
      for (std::size_t i = 0; i < clips_.size(); ++i) {
        const auto& noise = clips_[i].noise;
        const std::string of = noise == "clean" || noise == "call" ? noise : "noise";
        if (kind == of || (std::strcmp(kind, "all") == 0 && of != "call")) {
          ms += heard[i].cpu_ms;
          seconds += clips_[i].seconds();
        }
      }
      return ms / seconds;
    };
    std::printf(" | %6.3f %6.3f %6.3f %6.3f\n", cost("all"), cost("clean"), cost("noise"),
                cost("call"));
    std::fflush(stdout);
  }

  // False alarms at 5 % missed, by noise.
  void noises(const char* name, const std::vector<Heard>& heard) {
    std::printf("%-34s", name);
    for (const char* noise :
         {"clean", "white", "pink", "brown", "tones", "music", "babble", "call"}) {
      const auto v = judge_some(heard, [&](const Clip& c) { return c.noise == noise; });
      std::printf(" %s %.2f", noise, 100 * v.false_alarms);
    }
    std::printf("\n");
  }

 private:
  template <typename Which>
  Verdict judge_some(const std::vector<Heard>& heard, Which which) const {
    std::vector<const Clip*> clips;
    std::vector<const Heard*> answers;
    for (std::size_t i = 0; i < clips_.size(); ++i)
      if (which(clips_[i])) {
        clips.push_back(&clips_[i]);
        answers.push_back(&heard[i]);
      }
    return judge(clips, answers);
  }

  const std::vector<Clip>& clips_;
};

// Between the gated and the always-run network.
void print_agreement(const std::vector<Heard>& always, const std::vector<Heard>& gated) {
  std::size_t windows = 0, other_side = 0, near = 0;
  double sum = 0;
  for (std::size_t i = 0; i < always.size(); ++i)
    for (std::size_t w = 0; w < always[i].scores.size(); ++w) {
      const float a = always[i].scores[w].probability, g = gated[i].scores[w].probability;
      ++windows;
      sum += std::abs(a - g);
      near += std::abs(a - g) <= 0.05f;
      other_side += (a >= 0.5f) != (g >= 0.5f);
    }
  std::printf(
      "Gate against network always on: mean difference %.4f, %.2f %% of windows within 0.05, "
      "%.3f %% on the other side of 0.5\n",
      sum / static_cast<double>(windows),
      100.0 * static_cast<double>(near) / static_cast<double>(windows),
      100.0 * static_cast<double>(other_side) / static_cast<double>(windows));
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  gst_init(nullptr, nullptr);
  const char* path = std::getenv("SILERO_VAD_MODEL");
  const auto weights = SileroWeights::load(path ? path : "");
  if (!weights) {
    std::fprintf(stderr, "%s\n", weights.error().c_str());
    return 1;
  }

  const auto clips =
      options.corpus.empty() ? make_corpus(options.seconds) : read_corpus(options.corpus);
  double seconds = 0;
  for (const auto& clip : clips) seconds += clip.seconds();
  std::printf(
      "%zu clips, %.0f s: mu-law at 8 kHz, clean and six noises at 20 to 0 dB\n"
      "start, end: decision after the true edge; 60 ms confirm a start, 200 ms an end\n"
      "error: the start declared in hindsight against the true one\n\n",
      clips.size(), seconds);

  Table table(clips);
  const auto always = hear_with_scorer(clips, *weights, WindowScorer::Network::kAlways);
  table.row("voicevad, network always on", always);
  const auto gated = hear_with_scorer(clips, *weights, WindowScorer::Network::kWhenNeeded);
  table.row("voicevad (with the gate: default)", gated);
  table.row("voicevad, first stage alone",
            hear_with_scorer(clips, nullptr, WindowScorer::Network::kWhenNeeded));
  table.row("voicevad as an element, 20 ms", run_element(clips, "voicevad"));
  table.row("identity in its place", run_element(clips, "identity"));
  const auto webrtc = hear_with_webrtcdsp(clips);
  if (webrtc)
    table.row("webrtcdsp", *webrtc);
  std::optional<std::vector<Heard>> reference;
  if (access(options.python.c_str(), X_OK) != 0) {
    std::printf(
        "Silero by ONNX Runtime is left out: there is no python with onnxruntime and numpy%s%s\n",
        options.python.empty() ? "" : " at ", options.python.c_str());
  } else {
    const auto folder =
        std::filesystem::temp_directory_path() / ("vad_bench." + std::to_string(getpid()));
    auto heard = hear_with_onnxruntime(clips, options.python, SILERO_REFERENCE, path, folder);
    std::filesystem::remove_all(folder);
    if (heard) {
      table.row("Silero by ONNX Runtime", *heard);
      reference = std::move(*heard);
    } else {
      std::printf("%s\n", heard.error().c_str());
    }
  }
  if (!webrtc)
    std::printf("%s\n", webrtc.error().c_str());

  std::printf("\nFA@5 in %% by noise\n");
  table.noises("voicevad, network always on", always);
  table.noises("voicevad (with the gate: default)", gated);
  if (reference)
    table.noises("Silero by ONNX Runtime", *reference);
  std::printf("\n");
  print_agreement(always, gated);
  return 0;
}

// The voice detectors that vad_bench compares, each run over all clips on this thread.
#pragma once

#include "plugins/base/result.h"
#include "plugins/vad/window_scorer.h"
#include "tests/bench/vad_score.h"

#include <memory>
#include <vector>

namespace centralita::bench {

// Ours without GStreamer: scorer and detector; one result a clip.
std::vector<Heard> hear_with_scorer(const std::vector<Clip>& clips,
                                    std::shared_ptr<const SileroWeights> weights,
                                    WindowScorer::Network network);
// An element as a call runs it, buffers of 20 ms; costs only, no scores.
std::vector<Heard> run_element(const std::vector<Clip>& clips, const char* element);

// gst-plugins-bad's `webrtcdsp` with nothing but its voice detection on. The error is a sentence.
Result<std::vector<Heard>> hear_with_webrtcdsp(const std::vector<Clip>& clips);

// The same weights run by ONNX Runtime. `python` has the modules onnxruntime and numpy; `script` is
// silero_reference.py; `folder` is for the audio and the answers.
Result<std::vector<Heard>> hear_with_onnxruntime(const std::vector<Clip>& clips,
                                                 const std::string& python,
                                                 const std::string& script,
                                                 const std::string& weights,
                                                 const std::string& folder);

}  // namespace centralita::bench

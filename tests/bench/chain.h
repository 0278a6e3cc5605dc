// Elements one after the other between two pads of ours: what it costs to push buffers through
// them, and what they make of the audio. Everything runs in the calling thread.
//
//   Chain chain("mulawdec ! audioconvert ! audioresample", in_caps, out_caps);
//   for (...) chain.push(buffer);
//   chain.end();
#pragma once

#include "plugins/base/ref.h"

#include <gst/gst.h>

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::bench {

class Chain {
 public:
  // Ends the program when an element is missing. With `keep`, output() has what came out.
  Chain(const std::string& elements, const std::string& in_caps, const std::string& out_caps,
        bool keep = false);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  void push(Ref<GstBuffer> buffer);
  void end();
  const std::vector<std::uint8_t>& output() const { return output_; }
  GstClockTime latency() const;

 private:
  static GstFlowReturn take(GstPad*, GstObject*, GstBuffer* buffer) noexcept;

  Ref<GstElement> pipeline_;
  Ref<GstPad> source_;
  Ref<GstPad> sink_;
  bool keep_;
  std::vector<std::uint8_t> output_;
};

}  // namespace centralita::bench

#include "tests/bench/chain.h"

#include "plugins/base/mapped_buffer.h"

#include <cstdio>
#include <cstdlib>

namespace centralita::bench {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

Ref<GstPad> make_pad(const char* name, GstPadDirection direction, const std::string& caps) {
  const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps.c_str()));
  const auto pad_template = Ref<GObject>::adopt(G_OBJECT(
      gst_object_ref_sink(gst_pad_template_new(name, direction, GST_PAD_ALWAYS, parsed.get()))));
  return Ref<GstPad>::sink(gst_pad_new_from_template(GST_PAD_TEMPLATE(pad_template.get()), name));
}

void link(GstPad* from, GstPad* to) {
  if (gst_pad_link(from, to) != GST_PAD_LINK_OK)
    give_up("the elements do not link");
}

}  // namespace

Chain::Chain(const std::string& elements, const std::string& in_caps, const std::string& out_caps,
             bool keep)
    : source_(make_pad("src", GST_PAD_SRC, in_caps)),
      sink_(make_pad("sink", GST_PAD_SINK, out_caps)),
      keep_(keep) {
  pipeline_ =
      Ref<GstElement>::sink(gst_parse_bin_from_description(elements.c_str(), TRUE, nullptr));
  if (!pipeline_)
    give_up("cannot make " + elements);
  gst_pad_set_element_private(sink_.get(), this);
  gst_pad_set_chain_function(sink_.get(), take);
  link(source_.get(),
       Ref<GstPad>::adopt(gst_element_get_static_pad(pipeline_.get(), "sink")).get());
  link(Ref<GstPad>::adopt(gst_element_get_static_pad(pipeline_.get(), "src")).get(), sink_.get());
  gst_pad_set_active(sink_.get(), TRUE);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  gst_pad_set_active(source_.get(), TRUE);

  gst_pad_push_event(source_.get(), gst_event_new_stream_start("bench"));
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(in_caps.c_str()));
  gst_pad_push_event(source_.get(), gst_event_new_caps(caps.get()));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
}

Chain::~Chain() {
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  gst_pad_set_active(source_.get(), FALSE);
  gst_pad_set_active(sink_.get(), FALSE);
}

void Chain::push(Ref<GstBuffer> buffer) {
  if (const auto flow = gst_pad_push(source_.get(), buffer.release()); flow != GST_FLOW_OK)
    give_up(std::string("pushing a buffer: ") + gst_flow_get_name(flow));
}

void Chain::end() { gst_pad_push_event(source_.get(), gst_event_new_eos()); }

GstClockTime Chain::latency() const {
  // The elements ask our source pad first.
  gst_pad_set_query_function(source_.get(), [](GstPad*, GstObject*, GstQuery* asked) -> gboolean {
    if (GST_QUERY_TYPE(asked) != GST_QUERY_LATENCY)
      return FALSE;
    gst_query_set_latency(asked, TRUE, 0, GST_CLOCK_TIME_NONE);
    return TRUE;
  });
  const auto query = Ref<GstQuery>::adopt(gst_query_new_latency());
  GstClockTime least = 0;
  if (gst_pad_peer_query(sink_.get(), query.get()))
    gst_query_parse_latency(query.get(), nullptr, &least, nullptr);
  return least;
}

GstFlowReturn Chain::take(GstPad* pad, GstObject*, GstBuffer* buffer) noexcept {
  auto& chain = *static_cast<Chain*>(gst_pad_get_element_private(pad));
  const auto taken = Ref<GstBuffer>::adopt(buffer);
  if (chain.keep_) {
    const MappedBuffer map(taken.get(), GST_MAP_READ);
    chain.output_.insert(chain.output_.end(), map.bytes().begin(), map.bytes().end());
  }
  return GST_FLOW_OK;
}

}  // namespace centralita::bench

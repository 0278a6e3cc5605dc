// callsrc: the end of a call's pipeline where the caller's audio comes in. It has no thread and no
// queue: push() runs the pipeline on the calling thread, which is the call's shard.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <span>

G_BEGIN_DECLS
#define CENTRALITA_TYPE_CALL_SRC (centralita_call_src_get_type())
G_DECLARE_FINAL_TYPE(CentralitaCallSrc, centralita_call_src, CENTRALITA, CALL_SRC, GstElement)
GST_ELEMENT_REGISTER_DECLARE(callsrc);
G_END_DECLS

namespace centralita {

// `audio`: whole samples in the element's caps; `pts`: the media clock at its first sample. A jump
// against the end of the audio before makes the buffer DISCONT.
GstFlowReturn call_src_push(GstElement* src, std::span<const std::uint8_t> audio, GstClockTime pts);

}  // namespace centralita

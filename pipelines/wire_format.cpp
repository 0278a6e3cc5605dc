#include "pipelines/wire_format.h"

namespace centralita {

std::uint8_t WireFormat::silence() const {
  switch (encoding) {
    case Encoding::kMulaw:
      return 0xFF;
    case Encoding::kAlaw:
      return 0xD5;
    case Encoding::kPcm:
      return 0;
  }
  g_assert_not_reached();
}

Ref<GstCaps> WireFormat::caps() const {
  const bool raw = encoding == Encoding::kPcm;
  auto caps = Ref<GstCaps>::adopt(
      gst_caps_new_simple(raw                           ? "audio/x-raw"
                          : encoding == Encoding::kAlaw ? "audio/x-alaw"
                                                        : "audio/x-mulaw",
                          "rate", G_TYPE_INT, rate, "channels", G_TYPE_INT, 1, nullptr));
  if (raw)
    gst_caps_set_simple(caps.get(), "format", G_TYPE_STRING, "S16LE", "layout", G_TYPE_STRING,
                        "interleaved", nullptr);
  return caps;
}

std::optional<WireFormat> WireFormat::from_caps(const GstCaps* caps) {
  if (!caps || !gst_caps_is_fixed(caps))
    return std::nullopt;
  const auto* structure = gst_caps_get_structure(caps, 0);
  WireFormat format;
  if (!gst_structure_get_int(structure, "rate", &format.rate) || format.rate <= 0)
    return std::nullopt;
  if (gst_structure_has_name(structure, "audio/x-mulaw"))
    format.encoding = Encoding::kMulaw;
  else if (gst_structure_has_name(structure, "audio/x-alaw"))
    format.encoding = Encoding::kAlaw;
  else if (gst_structure_has_name(structure, "audio/x-raw"))
    format.encoding = Encoding::kPcm;
  else
    return std::nullopt;
  return format;
}

}  // namespace centralita

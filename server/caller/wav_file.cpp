#include "server/caller/wav_file.h"

#include "plugins/base/mapped_buffer.h"
#include "plugins/base/ref.h"

#include <gst/app/gstappsink.h>

#include <bit>
#include <cstring>
#include <fstream>

namespace centralita::caller {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie");

// NULL, however reading ends.
struct Stopped {
  GstElement* pipeline;
  ~Stopped() { gst_element_set_state(pipeline, GST_STATE_NULL); }
};

std::string error_on(GstBus* bus) {
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR));
  if (!message)
    return "no audio in it";
  GError* error = nullptr;
  gst_message_parse_error(message.get(), &error, nullptr);
  return OwnedError(error)->message;
}

void append_le(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

// Interleaved, `channels` of them; 0: as many as there are, and how many that was.
Result<std::vector<std::int16_t>> read_samples(const std::string& path, int rate_hz,
                                               int& channels) {
  GError* error = nullptr;
  const auto pipeline = Ref<GstElement>::sink(
      gst_parse_launch("filesrc name=file ! decodebin ! audioconvert ! audioresample ! "
                       "capsfilter name=format ! appsink name=samples sync=false max-buffers=64",
                       &error));
  if (error)
    return Unexpected(std::string(OwnedError(error)->message));
  const Stopped stopped{pipeline.get()};
  const auto child = [&](const char* name) {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), name));
  };
  const auto file = child("file"), format = child("format"), sink = child("samples");
  const auto caps = Ref<GstCaps>::adopt(
      gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "rate", G_TYPE_INT,
                          rate_hz, "layout", G_TYPE_STRING, "interleaved", nullptr));
  if (channels > 0)
    gst_caps_set_simple(caps.get(), "channels", G_TYPE_INT, channels, nullptr);
  g_object_set(file.get(), "location", path.c_str(), nullptr);
  g_object_set(format.get(), "caps", caps.get(), nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);

  std::vector<std::int16_t> samples;
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  for (;;) {
    const auto sample = Ref<GstSample>::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 100 * GST_MSECOND));
    if (sample) {
      gst_structure_get_int(gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0),
                            "channels", &channels);
      GstBuffer* buffer = gst_sample_get_buffer(sample.get());
      const auto size = gst_buffer_get_size(buffer) / sizeof(std::int16_t);
      samples.resize(samples.size() + size);
      gst_buffer_extract(buffer, 0, samples.data() + samples.size() - size,
                         size * sizeof(std::int16_t));
    } else if (gst_app_sink_is_eos(GST_APP_SINK(sink.get()))) {
      break;
    } else if (const auto message =
                   Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR))) {
      GError* reason = nullptr;
      gst_message_parse_error(message.get(), &reason, nullptr);
      return Unexpected(path + ": " + OwnedError(reason)->message);
    }
  }
  if (samples.empty())
    return Unexpected(path + ": " + error_on(bus.get()));
  return samples;
}

}  // namespace

Result<std::vector<std::int16_t>> read_audio(const std::string& path, int rate_hz) {
  int channels = 1;
  return read_samples(path, rate_hz, channels);
}

Result<std::vector<std::int16_t>> read_first_channel(const std::string& path, int rate_hz) {
  int channels = 0;
  auto samples = read_samples(path, rate_hz, channels);
  if (!samples || channels < 2)
    return samples;
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t i = 0; i < samples->size() / n; ++i) (*samples)[i] = (*samples)[i * n];
  samples->resize(samples->size() / n);
  return samples;
}

std::string write_wav(const std::string& path, std::span<const std::int16_t> samples, int rate_hz,
                      int channels) {
  const auto data_bytes = static_cast<std::uint32_t>(samples.size_bytes());
  const auto rate = static_cast<std::uint32_t>(rate_hz);
  const auto frame_bytes = static_cast<std::uint32_t>(channels) * 2;
  std::string header = "RIFF";
  append_le(header, 36 + data_bytes, 4);
  header += "WAVEfmt ";
  append_le(header, 16, 4);
  append_le(header, 1, 2);  // PCM
  append_le(header, static_cast<std::uint32_t>(channels), 2);
  append_le(header, rate, 4);
  append_le(header, rate * frame_bytes, 4);
  append_le(header, frame_bytes, 2);
  append_le(header, 16, 2);
  header += "data";
  append_le(header, data_bytes, 4);
  std::ofstream file(path, std::ios::binary);
  file.write(header.data(), static_cast<std::streamsize>(header.size()));
  file.write(reinterpret_cast<const char*>(samples.data()),
             static_cast<std::streamsize>(samples.size_bytes()));
  file.close();
  return file ? std::string() : "cannot write " + path + ": " + std::strerror(errno);
}

}  // namespace centralita::caller

#include "server/sandbox/flac.h"

#include <FLAC/stream_decoder.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace centralita::sandbox {
namespace {

struct Delete {
  void operator()(FLAC__StreamDecoder* decoder) const noexcept {
    FLAC__stream_decoder_delete(decoder);
  }
};

struct Reading {
  std::string_view rest;
  Audio audio;
  std::string error;
};

FLAC__StreamDecoderReadStatus read(const FLAC__StreamDecoder*, FLAC__byte buffer[], size_t* bytes,
                                   void* data) noexcept {
  auto& reading = *static_cast<Reading*>(data);
  *bytes = std::min(*bytes, reading.rest.size());
  std::memcpy(buffer, reading.rest.data(), *bytes);
  reading.rest.remove_prefix(*bytes);
  return *bytes > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
                    : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
}

FLAC__StreamDecoderWriteStatus write(const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                                     const FLAC__int32* const channels[], void* data) noexcept {
  auto& reading = *static_cast<Reading*>(data);
  const auto& header = frame->header;
  if (header.bits_per_sample != 16) {
    reading.error = "a FLAC file whose samples have not 16 bits";
    return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
  }
  reading.audio.rate = static_cast<int>(header.sample_rate);
  for (unsigned i = 0; i < header.blocksize; ++i) {
    FLAC__int32 sum = 0;
    for (unsigned c = 0; c < header.channels; ++c) sum += channels[c][i];
    reading.audio.samples.push_back(
        static_cast<std::int16_t>(sum / static_cast<FLAC__int32>(header.channels)));
  }
  return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

void failed(const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus status,
            void* data) noexcept {
  static_cast<Reading*>(data)->error = FLAC__StreamDecoderErrorStatusString[status];
}

}  // namespace

bool is_flac(std::string_view file) { return file.starts_with("fLaC"); }

Result<Audio> read_flac(std::string_view file) {
  const std::unique_ptr<FLAC__StreamDecoder, Delete> decoder(FLAC__stream_decoder_new());
  Reading reading{.rest = file};
  if (!decoder || FLAC__stream_decoder_init_stream(decoder.get(), read, nullptr, nullptr, nullptr,
                                                   nullptr, write, nullptr, failed,
                                                   &reading) != FLAC__STREAM_DECODER_INIT_STATUS_OK)
    return Unexpected("libFLAC does not start");
  const bool whole = FLAC__stream_decoder_process_until_end_of_stream(decoder.get());
  if (!reading.error.empty())
    return Unexpected(reading.error);
  if (!whole || reading.audio.rate == 0)
    return Unexpected("a FLAC file without audio");
  return std::move(reading.audio);
}

}  // namespace centralita::sandbox

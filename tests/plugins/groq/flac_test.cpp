#include "plugins/groq/flac.h"

#include "plugins/groq/wav.h"

#include <FLAC/stream_decoder.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

using namespace centralita;

namespace {

struct Decoded {
  std::string file;
  std::size_t at = 0;
  std::vector<std::int16_t> samples;
  FLAC__StreamMetadata_StreamInfo info{};
};

Decoded decode(std::string file) {
  Decoded decoded{.file = std::move(file)};
  const std::unique_ptr<FLAC__StreamDecoder, decltype(&FLAC__stream_decoder_delete)> decoder(
      FLAC__stream_decoder_new(), FLAC__stream_decoder_delete);
  const auto read = [](const FLAC__StreamDecoder*, FLAC__byte buffer[], size_t* bytes,
                       void* data) -> FLAC__StreamDecoderReadStatus {
    auto* self = static_cast<Decoded*>(data);
    *bytes = std::min(*bytes, self->file.size() - self->at);
    std::memcpy(buffer, self->file.data() + self->at, *bytes);
    self->at += *bytes;
    return *bytes > 0 ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
                      : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  };
  const auto write = [](const FLAC__StreamDecoder*, const FLAC__Frame* frame,
                        const FLAC__int32* const channels[],
                        void* data) -> FLAC__StreamDecoderWriteStatus {
    for (unsigned i = 0; i < frame->header.blocksize; ++i)
      static_cast<Decoded*>(data)->samples.push_back(static_cast<std::int16_t>(channels[0][i]));
    return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
  };
  const auto metadata = [](const FLAC__StreamDecoder*, const FLAC__StreamMetadata* block,
                           void* data) {
    if (block->type == FLAC__METADATA_TYPE_STREAMINFO)
      static_cast<Decoded*>(data)->info = block->data.stream_info;
  };
  const auto error = [](const FLAC__StreamDecoder*, FLAC__StreamDecoderErrorStatus status, void*) {
    ADD_FAILURE() << FLAC__StreamDecoderErrorStatusString[status];
  };
  EXPECT_EQ(FLAC__stream_decoder_init_stream(decoder.get(), read, nullptr, nullptr, nullptr,
                                             nullptr, write, metadata, error, &decoded),
            FLAC__STREAM_DECODER_INIT_STATUS_OK);
  EXPECT_TRUE(FLAC__stream_decoder_process_until_end_of_stream(decoder.get()));
  return decoded;
}

// Two tones, swelling, over a noise floor: as dense as telephone speech.
std::vector<std::int16_t> voice(int rate, int seconds) {
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 20);
  std::vector<std::int16_t> samples(static_cast<std::size_t>(rate * seconds));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    const double swell = std::max(0.0, std::sin(2 * M_PI * 2 * t));
    samples[i] = static_cast<std::int16_t>(
        noise(random) +
        4000 * swell * (std::sin(2 * M_PI * 180 * t) + 0.4 * std::sin(2 * M_PI * 900 * t)));
  }
  return samples;
}

}  // namespace

TEST(Flac, EverySampleComesBackAtEveryRate) {
  for (const int rate : {8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000}) {
    const auto samples = voice(rate, 1);
    const auto file = flac_file(samples, rate);
    ASSERT_TRUE(file) << rate;
    const auto decoded = decode(*file);
    EXPECT_EQ(decoded.samples, samples) << rate;
    EXPECT_EQ(decoded.info.sample_rate, static_cast<unsigned>(rate));
    EXPECT_EQ(decoded.info.total_samples, samples.size());
    EXPECT_EQ(decoded.info.channels, 1u);
  }
}

TEST(Flac, ItIsMuchSmallerThanTheWavFile) {
  const auto samples = voice(16000, 5);
  EXPECT_LT(flac_file(samples, 16000)->size() * 10, wav_file(samples, 16000).size() * 6);
}

TEST(Flac, TheLoudestAndTheShortestComeBackToo) {
  for (const auto& samples : {std::vector<std::int16_t>{}, std::vector<std::int16_t>{-32768},
                              std::vector<std::int16_t>{32767, -32768, 0, 1, -1}}) {
    const auto file = flac_file(samples, 8000);
    ASSERT_TRUE(file);
    EXPECT_EQ(decode(*file).samples, samples);
  }
}

TEST(Flac, ARateThatFlacHasNotIsAnError) { EXPECT_FALSE(flac_file({}, 0)); }

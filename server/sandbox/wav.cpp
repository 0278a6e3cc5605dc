#include "server/sandbox/wav.h"

#include "plugins/law/g711.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <optional>

namespace centralita::sandbox {
namespace {

std::uint32_t little_endian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i)
    value |= static_cast<std::uint32_t>(
                 static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]))
             << (8 * i);
  return value;
}

std::string to_little_endian(std::uint32_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

struct Format {
  std::uint32_t tag = 0, channels = 0, rate = 0, bits = 0;
};

std::int16_t sample_at(const Format& format, std::string_view data, std::size_t at) {
  const int bytes = static_cast<int>(format.bits / 8);
  const std::uint32_t raw = little_endian(data, at, bytes);
  if (format.tag == 7)
    return from_mulaw(static_cast<std::uint8_t>(raw));
  if (format.tag == 6)
    return from_alaw(static_cast<std::uint8_t>(raw));
  if (bytes == 1)
    return static_cast<std::int16_t>((static_cast<int>(raw) - 128) * 256);
  return static_cast<std::int16_t>(raw >> (8 * (bytes - 2)) & 0xFFFF);
}

}  // namespace

Result<Audio> read_wav(std::string_view file) {
  if (file.size() < 12 || file.substr(0, 4) != "RIFF" || file.substr(8, 4) != "WAVE")
    return Unexpected("not a WAV file");
  std::optional<Format> format;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    const auto name = file.substr(at, 4);
    const std::size_t size = little_endian(file, at + 4, 4);
    const auto body = file.substr(at + 8, size);
    if (name == "fmt " && body.size() >= 16) {
      format = {little_endian(body, 0, 2), little_endian(body, 2, 2), little_endian(body, 4, 4),
                little_endian(body, 14, 2)};
      if (format->tag == 0xFFFE && body.size() >= 26)  // extensible: the tag opens the sub-format
        format->tag = little_endian(body, 24, 2);
    } else if (name == "data") {
      if (!format)
        return Unexpected("a WAV file whose data comes before its format");
      const bool law = format->tag == 6 || format->tag == 7;
      if (!(law && format->bits == 8) &&
          !(format->tag == 1 && format->bits >= 8 && format->bits <= 32 && format->bits % 8 == 0))
        return Unexpected("a WAV encoding other than PCM, mu-law and A-law");
      if (format->channels == 0 || format->channels > 16 || format->rate < 1000 ||
          format->rate > 384000)
        return Unexpected("a WAV file with an impossible format");
      const std::size_t frame = format->channels * format->bits / 8;
      Audio audio{static_cast<int>(format->rate), {}};
      audio.samples.reserve(body.size() / frame);
      for (std::size_t i = 0; i + frame <= body.size(); i += frame) {
        int sum = 0;
        for (std::uint32_t c = 0; c < format->channels; ++c)
          sum += sample_at(*format, body, i + c * format->bits / 8);
        audio.samples.push_back(
            static_cast<std::int16_t>(sum / static_cast<int>(format->channels)));
      }
      return audio;
    }
    at += 8 + size + size % 2;
  }
  return Unexpected("a WAV file without data");
}

std::int16_t from_mulaw(std::uint8_t code) { return g711::decoded<g711::Law::kMu>(code); }
std::int16_t from_alaw(std::uint8_t code) { return g711::decoded<g711::Law::kA>(code); }
std::uint8_t to_mulaw(std::int16_t sample) { return g711::encoded<g711::Law::kMu>(sample); }
std::uint8_t to_alaw(std::int16_t sample) { return g711::encoded<g711::Law::kA>(sample); }

std::string wav_header(int format, int rate, int bits, std::uint32_t data_bytes) {
  const auto frame = static_cast<std::uint32_t>(bits / 8);
  const auto hz = static_cast<std::uint32_t>(rate);
  return "RIFF" + to_little_endian(data_bytes + 36, 4) + "WAVEfmt " + to_little_endian(16, 4) +
         to_little_endian(static_cast<std::uint32_t>(format), 2) + to_little_endian(1, 2) +
         to_little_endian(hz, 4) + to_little_endian(hz * frame, 4) + to_little_endian(frame, 2) +
         to_little_endian(static_cast<std::uint32_t>(bits), 2) + "data" +
         to_little_endian(data_bytes, 4);
}

}  // namespace centralita::sandbox

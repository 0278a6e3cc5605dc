#include "plugins/groq/audio_intake.h"

#include "plugins/base/mapped_buffer.h"

#include <gst/audio/audio.h>

#include <cstring>

namespace centralita {
namespace {

using std::chrono::nanoseconds;

// What a detector before us that announces nothing held the buffer for.
std::optional<bool> voice_in(GstBuffer* buffer) {
  const auto* level = gst_buffer_get_audio_level_meta(buffer);
  return level ? std::optional<bool>(level->voice_activity) : std::nullopt;
}

}  // namespace

void AudioIntake::set_caps(const GstCaps* caps, const UtteranceBuffer::Settings& settings) {
  int rate = 0;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &rate);
  if (utterances_ && utterances_->rate() == rate)
    return;
  half_sample_.reset();
  if (!utterances_) {
    utterances_.emplace(rate, settings);
    return;
  }
  auto next = utterances_->successor(rate);
  hand_over(utterances_->finish());
  utterances_ = std::move(next);
}

std::optional<nanoseconds> AudioIntake::running_time_of(GstClockTime pts) const {
  if (!GST_CLOCK_TIME_IS_VALID(pts) || segment_.format != GST_FORMAT_TIME)
    return std::nullopt;
  const auto time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, pts);
  return GST_CLOCK_TIME_IS_VALID(time) ? std::optional(nanoseconds(time)) : std::nullopt;
}

// A buffer may end within a sample, whose other half then comes with the next one.
std::span<const std::int16_t> AudioIntake::whole_samples(std::span<const std::uint8_t> bytes) {
  std::size_t carried = half_sample_ ? 1 : 0;
  joined_.resize((carried + bytes.size()) / sizeof(std::int16_t));
  auto* out = reinterpret_cast<std::uint8_t*>(joined_.data());
  const auto room = joined_.size() * sizeof(std::int16_t);
  if (room == 0)
    carried = 0;  // still half a sample, or the first half of one
  else if (carried != 0)
    out[0] = *std::exchange(half_sample_, std::nullopt);
  const auto n = room - carried;
  if (n > 0)
    std::memcpy(out + carried, bytes.data(), n);
  if (n < bytes.size())
    half_sample_ = bytes[n];
  return joined_;
}

bool AudioIntake::push(GstBuffer* buffer) {
  const MappedBuffer map(buffer, GST_MAP_READ);
  if (!map)
    return false;
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT))
    half_sample_.reset();
  const bool whole = !half_sample_ && map.bytes().size() % sizeof(std::int16_t) == 0;
  const auto samples = whole ? map.samples<std::int16_t>() : whole_samples(map.bytes());
  for (auto& piece :
       utterances_->push(samples, running_time_of(GST_BUFFER_PTS(buffer)), voice_in(buffer)))
    hand_over(std::move(piece));
  return true;
}

void AudioIntake::speech(const SpeechEvent& event) {
  if (!utterances_)
    return;
  const auto time = GST_CLOCK_TIME_IS_VALID(event.running_time) ? nanoseconds(event.running_time)
                                                                : utterances_->now();
  switch (event.edge) {
    case SpeechEdge::kStart:
      utterances_->speech_start(time);
      return handlers_.on_speech();
    case SpeechEdge::kPause:
      if (auto so_far = utterances_->speech_pause(time))
        handlers_.on_so_far(std::move(*so_far));
      return;
    case SpeechEdge::kResume:
      utterances_->speech_resume(time);
      return handlers_.on_resume();
    case SpeechEdge::kEnd:
      return hand_over(utterances_->speech_end(time));
  }
}

void AudioIntake::finish() {
  if (utterances_)
    hand_over(utterances_->finish());
}

void AudioIntake::flush() {
  gst_segment_init(&segment_, GST_FORMAT_TIME);
  half_sample_.reset();
  if (utterances_)
    utterances_->flush();
}

void AudioIntake::stop() {
  gst_segment_init(&segment_, GST_FORMAT_TIME);
  half_sample_.reset();
  utterances_.reset();
}

void AudioIntake::hand_over(std::optional<Utterance> utterance) {
  if (utterance)
    handlers_.on_utterance(std::move(*utterance));
}

}  // namespace centralita

// Says whether a sound from the caller's side is the agent's own voice coming back from the line or
// from a loudspeaker: what was sent is known to the sample, and so is when it is played.
//
//   gate.sent(frame, play_begins);        // every frame that goes out
//   gate.heard(audio, now);               // every piece that comes in, `now`: the time of its end
//   if (gate.is_echo(onset, now)) ...     // the sound from `onset` on
//
// The echo comes back between 0 and 600 ms after its playing. Its delay and gain are found anew
// each time by correlation (echo_search.h), at 4 kHz, where voices are: a sound is an echo when
// that explains two fifths of its energy, which somebody who speaks against it brings down at once.
// Where nothing was sent, nothing is an echo.
//
// Keeps the last seconds of both directions as they are on the wire, and looks at them only when
// asked. One thread; times are the I/O context's.
#pragma once

#include "pipelines/echo_search.h"
#include "pipelines/wire_format.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace centralita {

class EchoGate {
 public:
  using Time = std::chrono::nanoseconds;
  static constexpr std::chrono::milliseconds kLongestDelay{600};
  // What is looked at: the newest part of the sound.
  static constexpr std::chrono::milliseconds kWindow{200};
  static constexpr double kShare = 0.4;
  static constexpr double kLoudest = 0;  // dB: no line makes a voice louder
  static constexpr int kRate = 4000;

  struct Finding {
    double share = 0;                    // of the sound's energy that is echo
    std::chrono::milliseconds delay{0};  // from its playing to its arrival
    double gain_db = 0;
    bool audible = false;  // whether there is a sound at all
    bool echo() const { return share >= kShare && gain_db <= kLoudest; }
  };

  explicit EchoGate(const WireFormat& format);

  void sent(std::span<const std::uint8_t> frame, Time play_begins);
  void heard(std::span<const std::uint8_t> audio, Time ends);

  Finding look(Time onset, Time now) const;

 private:
  // The last samples of a signal whose end is at a known time, as they are on the wire; what is
  // missing is silence.
  class Track {
   public:
    Track(const WireFormat& format, Time kept);
    void add(std::span<const std::uint8_t> audio, Time ends);
    // At kRate.
    std::vector<std::int16_t> between(Time from, Time to) const;

   private:
    std::int64_t position(Time time) const;
    // Calls `each(offset, size, skipped)` for the one or two pieces of the ring that the samples
    // from `at` on are in: bytes, `skipped` of them before.
    template <typename Each>
    void pieces(std::int64_t at, std::int64_t samples, Each each) const;

    const WireFormat format_;
    const std::int64_t width_;  // bytes of a sample
    const std::int64_t kept_;   // samples
    std::vector<std::uint8_t> ring_;
    std::int64_t end_ = 0;  // position behind the last one
  };

  const WireFormat format_;
  Track sent_, heard_;
};

}  // namespace centralita

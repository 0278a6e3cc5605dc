// Says which windows the network has to hear. It may miss those that it would only say once more
// "nothing" of: digital silence, what is below the least level, and the steady noise of a line that
// it has already called no speech for half a second.
//
// Noise is steady while the level of a window and that of its treble stay near their mean: a voice
// lifts one or the other, in noise of whatever colour, before it is as loud as the noise. From time
// to time the network is asked all the same.
//
//   ActivityGate gate;
//   if (gate.is_open(levels)) gate.heard(network.step(window));
//
// No allocation. One thread.
#pragma once

#include "plugins/vad/window_levels.h"

namespace centralita {

class ActivityGate {
 public:
  void set_min_level(float dbfs) { min_level_ = dbfs; }
  // Once a window.
  bool is_open(const WindowLevels& levels);
  // The probability of speech in the window for which the gate was open.
  void heard(float probability);
  void reset() { *this = ActivityGate(min_level_); }

  ActivityGate() = default;

 private:
  explicit ActivityGate(float min_level) : min_level_(min_level) {}

  // The running mean of a level and how far levels are from it on average, in dB.
  class Steadiness {
   public:
    bool holds(float dbfs) const;
    void push(float dbfs);
    void restart() { count_ = 0; }

   private:
    float mean_ = 0;
    float deviation_ = 0;
    unsigned count_ = 0;
  };

  void learn(const WindowLevels& levels);

  float min_level_ = -65;
  Steadiness level_;
  Steadiness treble_;
  WindowLevels present_{};
  float probability_ = 1;  // what the network said last
  unsigned quiet_ = 0;     // windows in a row without anything new
  unsigned unheard_ = 0;   // windows in a row, above the least level
};

}  // namespace centralita

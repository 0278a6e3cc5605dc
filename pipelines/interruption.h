// Decides what becomes of the agent's voice when sound comes from the caller's side while the agent
// has the word, so that a barge-in is quick and a cough does no harm.
//
//   quiet --- sound begins ---> held (the agent's audio is not sent on)
//   held  --- sound lasts `confirmation` ------------------------------> taken: a barge-in
//         --- sound is rejected by the detector, or over before that --> quiet, the audio goes on
//         at
//                                                                        the very next sample
//   quiet or held --- the transcript of a short sound:
//         nothing, or only backchannel ("ajá", "sí") ------------------> goes on; it is not
//         answered an interruption phrase ("espera"), other words --------------> taken
//
// Why so: what a short sound was is only known from its transcript, half a second or more after it.
// Waiting for it in silence would turn each "ajá" into a gap of more than a second; going on at
// once costs, when it was a "no", a few words that are cut off then. A sound that lasts is nearly
// always somebody who wants the word.
//
// The end of a sound is known only `pause` after it (the detector's hangover while the agent
// speaks, see kBargeInPause): so a barge-in is confirmed at the earliest confirmation + pause after
// its onset. The agent is silent by then, because it has been held.
//
// Pure: events and times in, actions out. One thread.
#pragma once

#include "pipelines/phrases.h"

#include <chrono>
#include <optional>

namespace centralita {

// The silence after which a sound counts as over while the agent has the word.
inline constexpr std::chrono::milliseconds kBargeInPause{200};

class Interruption {
 public:
  using Time = std::chrono::nanoseconds;
  enum class Action { kNone, kHold, kResume, kTake };

  Interruption(PhraseRules rules, std::chrono::milliseconds confirmation)
      : rules_(std::move(rules)), confirmation_(confirmation) {}

  // The sound began at `onset`, which is in the past; a second announcement of the same sound
  // (first probable, then certain) changes nothing.
  Action sound_began(Time onset);
  Action sound_rejected();
  Action sound_ended(Time last_voiced);
  // To be called at deadline(): nobody has said that the sound is over.
  Action confirmation_due();
  std::optional<Time> deadline() const;
  // Of what was said while the agent had the word.
  Action transcript(std::string_view text);

  // The agent has got the word, or lost it.
  void reset();

  bool held() const { return onset_.has_value(); }
  Meaning last_meaning() const { return last_meaning_; }

 private:
  Action let_go();

  const PhraseRules rules_;
  const Time confirmation_;
  std::optional<Time> onset_;  // of the sound that holds the agent
  Meaning last_meaning_ = Meaning::kNothing;
};

}  // namespace centralita

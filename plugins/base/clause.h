// What travels with the agent's words from the dialog to the wire, so that the far end can say
// which of them have been heard.
//
// The dialog cuts a reply into clauses. A text buffer carries one clause and this tag as a custom
// meta
// ("CentralitaClause"); the synthesizer brackets the audio it makes of it with two serialized
// downstream events, "centralita/clause-start" (with the text) and "centralita/clause-end"; after
// the last clause of a reply the dialog sends "centralita/reply-end", which keeps its place too.
//
// Speech activity travels the same way on the caller's side: "centralita/speech-start" and
// "centralita/speech-end", with a guint64 "running-time"; and between them, any number of times,
// "centralita/speech-pause" (probably the end: the voice has stopped, and the detector waits
// whether it goes on) and "centralita/speech-resume" (it did). An end may follow a pause at once.
// Before a start there may be "centralita/speech-probable" (a voice, not yet long enough), which a
// start follows or "centralita/speech-rejected".
//
// A reply may be provisional: made for words of the caller that may turn out to be only a part of
// what they say. The tag of its clauses says so ("provisional" in the meta and in clause-start),
// and whatever plays audio holds such a clause back until "centralita/reply-confirmed" with its
// turn has come. That event is out of band, so that it overtakes what is queued: a clause whose
// turn is not above the last one confirmed is not held, whatever its tag says. A reply that is
// withdrawn is flushed. See docs/decisions.
#pragma once

#include "plugins/base/ref.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace centralita {

struct ClauseTag {
  std::uint32_t turn = 0;    // counts the agent's replies of a call, from 1
  std::uint32_t clause = 0;  // counts the clauses of a reply, from 0
  bool provisional = false;  // its reply was not confirmed when it was made
};

void tag_clause(GstBuffer* buffer, ClauseTag tag);  // the buffer must be writable
std::optional<ClauseTag> clause_tag_of(GstBuffer* buffer);

struct ClauseStart {
  ClauseTag tag;
  std::string text;
};
Ref<GstEvent> clause_start_event(ClauseTag tag, std::string_view text);
std::optional<ClauseStart> parse_clause_start(GstEvent* event);
Ref<GstEvent> clause_end_event(ClauseTag tag);
std::optional<ClauseTag> parse_clause_end(GstEvent* event);
Ref<GstEvent> reply_end_event(std::uint32_t turn);
std::optional<std::uint32_t> parse_reply_end(GstEvent* event);
Ref<GstEvent> reply_confirmed_event(std::uint32_t turn);
std::optional<std::uint32_t> parse_reply_confirmed(GstEvent* event);

enum class SpeechEdge { kStart, kPause, kResume, kEnd };
struct SpeechEvent {
  SpeechEdge edge;
  // Of the first voiced sample (start, resume), or of the end of the last voiced one (pause, end).
  GstClockTime running_time;
};
Ref<GstEvent> speech_event(SpeechEvent speech);
std::optional<SpeechEvent> parse_speech_event(GstEvent* event);

enum class SpeechOnset { kProbable, kRejected };
struct SpeechOnsetEvent {
  SpeechOnset onset;
  GstClockTime running_time;  // of the first voiced sample; the start's, if one follows
};
Ref<GstEvent> speech_onset_event(SpeechOnsetEvent onset);
std::optional<SpeechOnsetEvent> parse_speech_onset_event(GstEvent* event);

}  // namespace centralita

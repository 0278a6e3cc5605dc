// What groqsttsink says of its utterances: the element messages that its doc block lists, and the
// text that leaves by its source pad.
#pragma once

#include "plugins/base/src_pusher.h"
#include "plugins/groq/transcription_queue.h"

namespace centralita {

void post_started(GstElement* element, const TranscriptionJob& job, bool speculative);
void post_withdrawn(GstElement* element, unsigned number, const char* reason, bool speculative);
// The transcript, or the provider's error and that there will be none.
void post_outcome(GstElement* element, const TranscriptionQueue::Outcome& outcome);

// A transcript that is not empty: its text with the times of the speech, and the event
// "rstranscribe/final-transcript".
void push_text(SrcPusher& pusher, const TranscriptionJob& job);

}  // namespace centralita

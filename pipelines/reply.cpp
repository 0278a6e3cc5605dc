#include "pipelines/reply.h"

#include <algorithm>

namespace centralita {
namespace {

int ms(std::chrono::nanoseconds time) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

}  // namespace

void Reply::clause_came(Time now, const std::string& words) {
  if (text.empty() && asked)
    timings.llm_first_clause = ms(now - *asked);
  text += (text.empty() ? "" : " ") + words;
}

void Reply::first_token(int latency_ms) {
  if (!timings.llm_first_token)
    timings.llm_first_token = latency_ms;
}

void Reply::first_audio(int latency_ms) {
  if (!timings.tts_first_byte)
    timings.tts_first_byte = latency_ms;
}

void Reply::voice_out(Time now) {
  voiced = true;
  if (answers)
    timings.response = ms(now - *answers);
}

void Reply::reckon_queue() {
  if (timings.response && timings.endpointing && timings.stt && timings.llm_first_clause &&
      timings.tts_first_byte)
    timings.queue = *timings.response - *timings.endpointing - *timings.stt -
                    *timings.llm_first_clause - *timings.tts_first_byte;
}

void Reply::first_clause_heard(Time now) {
  if (timings.response && first_clause_played && !timings.heard)
    timings.heard = *timings.response + ms(std::max(now - *first_clause_played, Time::zero()));
}

}  // namespace centralita

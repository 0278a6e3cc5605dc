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

void Reply::first_token(Time now, int latency_ms) {
  if (!timings.llm_first_token)
    timings.llm_first_token = made_ahead ? std::min(latency_ms, ms(now - *asked)) : latency_ms;
}

void Reply::first_audio(Time now, int latency_ms) {
  if (!timings.tts_first_byte)
    timings.tts_first_byte = made_ahead ? std::min(latency_ms, ms(now - *asked)) : latency_ms;
}

void Reply::confirmed(Time now) {
  made_ahead = true;
  asked = now;
  for (auto* stage : {&timings.llm_first_token, &timings.llm_first_clause, &timings.tts_first_byte})
    if (*stage)
      *stage = 0;
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

// Call, continued: what the pipeline says, and what that means for whose turn it is.
#include "pipelines/call.h"

#include "plugins/base/provider_error.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace centralita {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// So few words over the beginning of the greeting are a "hello?", which the greeting answers.
constexpr std::size_t kHelloWords = 2;

int ms(std::chrono::nanoseconds time) {
  return static_cast<int>(duration_cast<milliseconds>(time).count());
}

}  // namespace

void Call::on_message(GstMessage* message) {
  if (ended_)
    return;
  meter_.look(message);
  hand_over(message, *this);
  look_around();
}

void Call::on_speech_start(Time onset) {
  caller_speaking_ = true;
  caller_onset_ = onset;
  if (turn_.state() == TurnState::kEnding)
    return;
  if (echo_.sound_begins(media_start_ + onset))
    return act(interruption_.sound_rejected(), "an echo");
  if (!voice_.speaking())
    endpointing_.speech_began(onset);
  if (!voice_.busy()) {
    turn_.set_state(TurnState::kListening);
    caller_goes_on(onset);
  } else if (may_interrupt()) {
    act(interruption_.sound_began(media_start_ + onset), "speech");
  }
}

void Call::caller_goes_on(Time onset) {
  const auto pause = merge_.pause_before(onset);
  if (!pause || !pipeline_->merge_next())
    return;
  merge_.merging();
  tell("turn-continues", std::to_string(ms(*pause)) + " ms after its end");
}

// The whole of what the caller said is on its way to the dialog, which has a part of it.
void Call::take_back_merged(Time start) {
  if (const auto words = merge_.take_back(start))
    pipeline_->retract(*words);
}

void Call::agent_heard() {
  if (voice_.has(greeting_))
    return;
  endpointing_.answered(media_now());
  merge_.reset();
}

void Call::speech_over_echo(Time onset) {
  caller_onset_ = onset - media_start_;
  if (!voice_.busy())
    turn_.set_state(TurnState::kListening);
  else if (may_interrupt())
    act(interruption_.sound_began(onset), "speech over an echo");
  look_around();
}

void Call::on_speech_end(Time last_voiced) {
  caller_speaking_ = false;
  endpointing_ms_ = ms(media_now() - last_voiced);
  if (echo_.sound_ends())
    return;
  if (!voice_.speaking()) {
    endpointing_.ended(last_voiced, media_now());
    merge_.ended(last_voiced);
  }
  act(interruption_.sound_ended(media_start_ + last_voiced), "a short sound");
  if (voice_.busy() || turn_.state() == TurnState::kEnding)
    return;
  turn_.set_state(TurnState::kProcessing);
}

void Call::on_speech_pause(Time last_voiced) {
  if (!voice_.speaking())
    endpointing_.paused(last_voiced);
}

void Call::on_speech_resume(Time onset) {
  if (!voice_.speaking())
    endpointing_.resumed(onset);
}

void Call::on_speech_probable(Time onset) {
  if (voice_.busy() && may_interrupt() && !echo_.is_echo(media_start_ + onset))
    act(interruption_.sound_began(media_start_ + onset), "probable speech");
}

void Call::on_speech_rejected() { act(interruption_.sound_rejected(), "no speech"); }

bool Call::on_words(const std::string& text, Time began) {
  if (ended_ || turn_.state() == TurnState::kEnding)
    return false;
  if (echo_.was_echo(media_start_ + began))
    return false;
  if (words_.is_nothing(text)) {
    tell("not-said", text);
    return false;
  }
  take_back_merged(began);
  if (!voice_.busy())
    return !(speculation_ && speculation_->words == text);  // on_transcript confirms it
  const auto first_sound = voice_.first_sound();
  if (voice_.has(greeting_) && (!first_sound || media_start_ + began < *first_sound))
    return spoken_words(text).size() > kHelloWords;
  if (!may_interrupt())
    return true;  // answered when the agent has finished
  const auto action = interruption_.transcript(text);
  if (action != Interruption::Action::kTake) {
    tell("backchannel", text);
    return false;
  }
  const bool phrase = interruption_.last_meaning() == Meaning::kInterruption;
  act(action, phrase ? "an interruption phrase" : "words");
  return true;
}

// --- Replies made ahead ------------------------------------------------------

// Withdrawing flushes, so nothing that the caller has not heard yet may be on its way.
bool Call::may_speculate() const {
  return options_.agent.speculation && withdrawn_ < options_.agent.max_speculations &&
         !voice_.busy() && !keys_.waiting() && turn_.state() == TurnState::kListening;
}

void Call::on_words_so_far(const Transcript& transcript) {
  if (transcript.text.empty() || words_.is_nothing(transcript.text) || !caller_speaking_ ||
      !may_speculate() || echo_.was_echo(media_start_ + transcript.start))
    return;
  endpointing_.words_so_far(transcript.text);
  if (endpointing_.unfinished())
    return;
  take_back_merged(transcript.start);
  if (const auto number = pipeline_->respond_ahead(transcript.text))
    speculation_ = Speculation{.number = number, .words = transcript.text};
}

void Call::on_words_withdrawn() {
  ++withdrawn_;
  tell("speculation-withdrawn", std::to_string(withdrawn_));
  withdraw_speculation();
}

void Call::withdraw_speculation() {
  if (const auto speculation = std::exchange(speculation_, std::nullopt)) {
    endpointing_.forget_declared();
    pipeline_->withdraw(speculation->number);
  }
}

void Call::confirm_speculation() {
  auto speculation = *std::exchange(speculation_, std::nullopt);
  auto& reply = speculation.reply;
  tell("speculation-confirmed",
       reply.asked ? std::to_string(ms(io_.now() - *reply.asked)) + " ms ahead" : "");
  reply.confirmed(io_.now());
  reply.timings.endpointing = next_timings_.endpointing;
  reply.timings.stt = next_timings_.stt;
  reply.answers = media_start_ + voiced_end_;
  // First, because with the confirmation its audio goes out.
  const auto words = reply.text;
  voice_.adopt(speculation.number, std::move(reply));
  pipeline_->confirm(speculation.number);
  look_for_goodbye(speculation.number, words);
  if (speculation.failed)
    on_provider_failed(Service::kModel, speculation.number);
}

Reply* Call::reply_of(std::uint32_t number) {
  return speculation_ && speculation_->number == number ? &speculation_->reply
                                                        : voice_.find(number);
}

// --- Transcripts and replies -------------------------------------------------

void Call::on_transcript(const Transcript& transcript) {
  const bool made_ahead = speculation_ && speculation_->words == transcript.text;
  if (!made_ahead)
    withdraw_speculation();
  if (echo_.was_echo(media_start_ + transcript.start))
    return withdraw_speculation();
  if (!transcript.text.empty() && !words_.is_nothing(transcript.text)) {
    voiced_end_ = transcript.end;
    next_timings_ = {.endpointing = endpointing_ms_, .stt = transcript.wait_ms};
    const auto number = merge_.number_of(transcript.start).value_or(turns_);
    turns_ = std::max(turns_, number + 1);
    merge_.said(number, transcript.text, transcript.start, transcript.end);
    caller_said(number, transcript.text,
                media_start_wall_ + duration_cast<WallTime::duration>(transcript.start),
                duration_cast<milliseconds>(transcript.end - transcript.start));
    if (made_ahead)
      confirm_speculation();
  } else if (!caller_speaking_ && !voice_.busy()) {
    endpointing_.forget();
    caller_may_speak();
  }
}

void Call::on_reply_started(std::uint32_t number) {
  if (speculation_ && speculation_->number == number) {
    speculation_->reply.asked = io_.now();
    return;
  }
  auto* reply = voice_.begin(number);
  if (!reply)
    return;
  reply->asked = io_.now();
  reply->timings = next_timings_;
  if (next_timings_.endpointing)
    reply->answers = media_start_ + voiced_end_;
  if (options_.agent.filler_for_model)
    filler_.wait_begins(io_.now());
  if (turn_.state() == TurnState::kListening)
    turn_.set_state(TurnState::kProcessing);
  if (hushed_ && turn_.state() != TurnState::kEnding)
    return barge_in();  // to what a machine said before it was known for one
  // The caller goes on: when it is more than a noise, the reply is taken back, and the dialog
  // answers both utterances together.
  if (caller_speaking_ && may_interrupt())
    act(interruption_.sound_began(media_start_ + caller_onset_), "the caller goes on");
}

void Call::on_clause(std::uint32_t number, const std::string& text) {
  if (speculation_ && speculation_->number == number)
    return speculation_->reply.clause_came(io_.now(), text);
  filler_.wait_ends();
  voice_.clause_came(number, text);
  look_for_goodbye(number, text);
}

void Call::on_stage(std::uint32_t number, Stage stage, int latency_ms) {
  auto* reply = reply_of(number);
  if (!reply)
    return;
  if (stage == Stage::kFirstToken)
    reply->first_token(io_.now(), latency_ms);
  else
    reply->first_audio(io_.now(), latency_ms);
}

void Call::on_expects(const std::string& what) {
  if (const auto expected = expectation_named(what))
    endpointing_.declare(*expected);
}

}  // namespace centralita

#include "plugins/groq/transcription_job.h"

namespace centralita {

using Code = ProviderError::Code;
using std::chrono::milliseconds;

TranscriptionJob::TranscriptionJob(IoContext io, unsigned number, Utterance utterance,
                                   const TranscriptionSettings& settings)
    : io_(std::move(io)),
      number_(number),
      utterance_(std::make_shared<const Utterance>(std::move(utterance))),
      settings_(settings.resolved()),
      format_(settings.format),
      retry_(settings.retry) {}

bool TranscriptionJob::settle_unsent(milliseconds min) {
  if (utterance_->end - utterance_->start < min && !utterance_->evidence().strong())
    settle(Transcript{});
  else if (settings_.lacks_key())
    settle(Unexpected(missing_key(kGroqTranscription)));
  return settled();
}

void TranscriptionJob::start(std::function<void()> done) {
  done_ = std::move(done);
  started_ = true;
  started_at_ = io_.now();
  request();
}

void TranscriptionJob::request() {
  auto request = transcription_request(settings_, *utterance_, number_, format_);
  if (!request) {
    // Not even made, and not to be made again; later, since `done` never comes from start().
    ProviderError error{.code = Code::kBadRequest,
                        .provider = kGroqTranscription.provider,
                        .operation = kGroqTranscription.operation,
                        .text = "The audio cannot be encoded as FLAC. Set upload-format=wav.",
                        .detail = request.error()};
    waiting_ = io_.after({}, [weak = weak_from_this(), error = std::move(error)] {
      if (const auto self = weak.lock())
        self->settle(Unexpected(error));
    });
    return;
  }
  waiting_ = start_transcription(io_, settings_, std::move(*request),
                                 [weak = weak_from_this()](TranscriptionAnswer answer) {
                                   if (const auto self = weak.lock())
                                     self->answered(std::move(answer));
                                 });
}

void TranscriptionJob::answered(TranscriptionAnswer answer) {
  if (answer)
    return settle(gated(*answer));
  if (answer.error().code == Code::kTooLarge && format_ == UploadFormat::kWav) {
    format_ = UploadFormat::kFlac;
    return request();
  }
  if (!on_fallback_ && settings_.has_fallback()) {
    on_fallback_ = true;
    settings_ = settings_.fallback();
    return request_after(milliseconds::zero());
  }
  const auto pause = on_fallback_ ? std::nullopt : retry_.next(answer.error());
  if (!pause)
    return settle(Unexpected(std::move(answer).error()));
  request_after(*pause);
}

void TranscriptionJob::request_after(milliseconds pause) {
  waiting_ = io_.after(pause, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->request();
  });
}

Transcript TranscriptionJob::gated(const WhisperAnswer& answer) const {
  auto heard = pass_gate(
      answer, {.strictness = settings_.gate, .language = settings_.language},
      [this](milliseconds from, milliseconds to) { return utterance_->evidence(from, to); });
  return {.text = std::move(heard.text),
          .language = answer.language,
          .rejected = std::move(heard.rejected),
          .reject_reason = std::move(heard.reason),
          .confidence = heard.confidence};
}

void TranscriptionJob::settle(TranscriptionResult result) {
  waiting_.reset();
  settled_at_ = io_.now();
  result_ = std::move(result);
  if (const auto done = std::exchange(done_, nullptr))
    done();
}

milliseconds TranscriptionJob::latency() const {
  return started_ ? std::chrono::duration_cast<milliseconds>(settled_at_ - started_at_)
                  : milliseconds(0);
}

}  // namespace centralita

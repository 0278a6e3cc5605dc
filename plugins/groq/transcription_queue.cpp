#include "plugins/groq/transcription_queue.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A call never has so many; a file that is read faster than it was spoken does, and would meet the
// service's limit of requests.
constexpr int kMostAtOnce = 4;

}  // namespace

void TranscriptionQueue::add(Utterance utterance, TranscriptionSettings settings,
                             milliseconds min) {
  if (!handlers_)
    return;
  const auto job = std::make_shared<Job>(Job{.number = ++last_number_,
                                             .utterance = std::move(utterance),
                                             .settings = std::move(settings)});
  jobs_.push_back(job);
  if (job->utterance.end - job->utterance.start < min)
    return settle(job, Transcript{});
  job->settings = job->settings.resolved();
  if (job->settings.lacks_key())
    return settle(job, Unexpected(missing_key(kGroqTranscription)));
  begin_some();
}

void TranscriptionQueue::begin_some() {
  int under_way = 0;
  const auto generation = generation_;
  for (const auto& job : std::deque<JobRef>(jobs_)) {
    if (job->outcome)
      continue;
    if (++under_way > kMostAtOnce || generation != generation_)
      return;
    if (!job->begun)
      begin(job);
  }
}

void TranscriptionQueue::begin(const JobRef& job) {
  const auto self = shared_from_this();
  const auto generation = generation_;
  job->begun = true;
  job->begun_at = io_.now();
  if (const auto handlers = handlers_)
    handlers->on_started(job->number, job->utterance.start, job->utterance.end);
  if (generation == generation_)
    request(job);
}

void TranscriptionQueue::request(const JobRef& job) {
  const std::weak_ptr<Job> weak(job);  // the job owns what holds this function
  job->waiting = Transcription::start(
      io_, job->settings, transcription_request(job->settings, job->utterance, job->number),
      [self = weak_from_this(), weak](TranscriptionResult result) {
        const auto queue = self.lock();
        const auto answered = weak.lock();
        if (queue && answered)
          queue->answered(answered, std::move(result));
      });
}

void TranscriptionQueue::answered(const JobRef& job, TranscriptionResult result) {
  const auto pause = result ? std::nullopt : job->retry.next(result.error());
  if (pause) {
    const std::weak_ptr<Job> weak(job);
    job->waiting = io_.after(*pause, [self = weak_from_this(), weak] {
      const auto queue = self.lock();
      const auto again = weak.lock();
      if (queue && again)
        queue->request(again);
    });
    return;
  }
  settle(job, std::move(result));
  begin_some();
}

void TranscriptionQueue::settle(const JobRef& job, TranscriptionResult result) {
  job->waiting.reset();
  job->outcome =
      Outcome{.number = job->number,
              .start = job->utterance.start,
              .end = job->utterance.end,
              .latency = job->begun ? duration_cast<milliseconds>(io_.now() - job->begun_at) : 0ms,
              .result = std::move(result)};
  job->utterance.samples = {};
  deliver_soon();
}

void TranscriptionQueue::end() {
  if (!handlers_)
    return;
  ending_ = true;
  deliver_soon();
}

// Not at once: add() and end() are called in the middle of somebody's stream.
void TranscriptionQueue::deliver_soon() {
  delivery_ = io_.after({}, [self = weak_from_this()] {
    if (const auto queue = self.lock())
      queue->deliver();
  });
}

void TranscriptionQueue::deliver() {
  if (delivering_)
    return;
  delivering_ = true;
  while (handlers_ && !jobs_.empty() && jobs_.front()->outcome) {
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    const auto handlers = handlers_;
    handlers->on_outcome(*this, *job->outcome);
  }
  delivering_ = false;
  if (const auto handlers = handlers_; handlers && jobs_.empty() && std::exchange(ending_, false))
    handlers->on_end();
}

void TranscriptionQueue::cancel(bool forget_end) {
  ++generation_;
  jobs_.clear();
  if (forget_end)
    ending_ = false;
  else if (ending_)
    deliver_soon();
}

void TranscriptionQueue::close() {
  cancel(true);
  delivery_.reset();
  handlers_ = nullptr;
}

}  // namespace centralita

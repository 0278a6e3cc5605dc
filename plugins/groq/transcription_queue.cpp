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

constexpr milliseconds kPauseOfSpeculation = 10s;

// A detector says the same of the same speech; a running time may have been rounded on its way.
constexpr milliseconds kSameTime = 2ms;

// A little less than sessions keep a connection that nobody uses (IoContext::make_session()). Asked
// to connect where it has one, libsoup 3.2 throws that away and opens another.
constexpr auto kConnectionLives = 55s;

bool same_speech(const Utterance& a, const Utterance& b) {
  return std::chrono::abs(a.start - b.start) <= kSameTime &&
         std::chrono::abs(a.end - b.end) <= kSameTime;
}

}  // namespace

// --- Utterances ----------------------------------------------------------------

void TranscriptionQueue::warm(const TranscriptionSettings& settings) {
  if (last_contact_ && io_.now() - *last_contact_ < kConnectionLives)
    return;
  const auto resolved = settings.resolved();
  if (resolved.lacks_key())
    return;
  last_contact_ = io_.now();
  HttpStream::preconnect(io_, transcription_url(resolved));
}

void TranscriptionQueue::add(Utterance utterance, const QueueSettings& settings) {
  if (!handlers_)
    return;
  const auto self = shared_from_this();
  const auto generation = generation_;
  speaking_ = false;
  speculations_ = 0;
  failed_.reset();
  unsigned replaces = 0;
  if (is_merge(utterance, settings)) {
    replaces = previous_->first;
    utterance = joined(*previous_->utterance, utterance);
    take_back_previous();
  }
  forget_previous();
  if (generation != generation_)
    return;

  auto entry = confirmed(utterance, replaces);
  const bool ahead = entry.has_value();
  if (!ahead) {
    withdraw("changed");
    if (generation != generation_)
      return;
    entry = make_entry(std::move(utterance), settings);
    entry->replaces = replaces;
    entry->job->settle_unsent(settings.min_utterance);
  }
  last_number_ = entry->job->number();
  entry->added = io_.now();
  entry->before_added = entry->job->settled();
  keep_previous(*entry, settings);
  entries_.push_back(std::move(*entry));
  deliver_soon();
  begin_some();
}

TranscriptionQueue::Entry TranscriptionQueue::make_entry(Utterance utterance,
                                                         const QueueSettings& settings) const {
  return {.job = std::make_shared<TranscriptionJob>(io_, last_number_ + 1, std::move(utterance),
                                                    settings.transcription)};
}

bool TranscriptionQueue::try_again(const QueueSettings& settings) {
  const auto failed = std::exchange(failed_, std::nullopt);
  if (!handlers_ || !failed)
    return false;
  auto entry = make_entry(Utterance(*failed->job->utterance()), settings);
  entry.replaces = failed->replaces;
  entry.added = io_.now();
  last_number_ = entry.job->number();
  entries_.push_back(std::move(entry));
  begin_some();
  return true;
}

int TranscriptionQueue::under_way() const {
  return static_cast<int>(std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.job->started() && !entry.job->settled();
  }));
}

void TranscriptionQueue::begin_some() {
  const auto generation = generation_;
  for (const auto& entry : std::deque<Entry>(entries_)) {
    if (generation != generation_ || under_way() >= kMostAtOnce)
      return;
    if (!entry.job->started() && !entry.job->settled())
      begin(entry.job);
  }
}

void TranscriptionQueue::begin(const std::shared_ptr<TranscriptionJob>& job) {
  const auto self = shared_from_this();
  const auto generation = generation_;
  if (const auto handlers = handlers_)
    handlers->on_started(*job, false);
  if (generation != generation_)
    return;
  job->start([weak = weak_from_this()] {
    if (const auto queue = weak.lock())
      queue->answered();
  });
}

void TranscriptionQueue::answered() {
  last_contact_ = io_.now();
  deliver_soon();
  begin_some();
}

// --- Speculation ---------------------------------------------------------------

void TranscriptionQueue::speculate(Utterance so_far, const QueueSettings& settings) {
  withdraw("resumed");  // a detector that pauses twice has resumed in between
  if (!handlers_ || speculations_ >= settings.max_speculations ||
      io_.now() < no_speculation_before_ || under_way() >= kMostAtOnce)
    return;
  const bool merge = is_merge(so_far, settings);
  const unsigned replaces = merge ? previous_->first : 0;
  auto entry =
      make_entry(merge ? joined(*previous_->utterance, so_far) : std::move(so_far), settings);
  if (entry.job->settle_unsent(settings.min_utterance))
    return;
  entry.replaces = replaces;
  ++speculations_;
  const auto job = entry.job;
  speculation_ = std::move(entry);
  const auto handlers = handlers_;
  handlers->on_started(*job, true);
  // Whoever heard of it may have cancelled.
  if (!speculation_ || speculation_->job != job)
    return;
  job->start([weak = weak_from_this(), job = job.get()] {
    const auto queue = weak.lock();
    if (!queue)
      return;
    if (queue->speculation_ && queue->speculation_->job.get() == job)
      return queue->speculation_answered();
    queue->answered();
  });
}

void TranscriptionQueue::speculation_answered() {
  last_contact_ = io_.now();
  const auto& result = speculation_->job->result();
  if (!result) {
    if (result.error().code == ProviderError::Code::kRateLimited)
      no_speculation_before_ = io_.now() + result.error().retry_after.value_or(kPauseOfSpeculation);
    return withdraw("failed");
  }
  // Out of its order it would be taken for what an earlier utterance said.
  if (std::any_of(entries_.begin(), entries_.end(),
                  [this](const Entry& entry) { return !held(entry); }))
    return;
  const auto handlers = handlers_;
  handlers->on_outcome(*this, outcome_of(*speculation_, true));
}

void TranscriptionQueue::withdraw(const char* reason) {
  if (!speculation_)
    return;
  const auto number = speculation_->job->number();
  speculation_.reset();
  if (const auto handlers = handlers_)
    handlers->on_withdrawn(number, reason, true);
}

std::optional<TranscriptionQueue::Entry> TranscriptionQueue::confirmed(const Utterance& utterance,
                                                                       unsigned replaces) {
  if (!speculation_ || speculation_->replaces != replaces ||
      !same_speech(*speculation_->job->utterance(), utterance))
    return std::nullopt;
  return std::exchange(speculation_, std::nullopt);
}

// --- Merging -------------------------------------------------------------------

void TranscriptionQueue::keep_previous(const Entry& entry, const QueueSettings& settings) {
  if (settings.reopen <= 0ms)
    return;
  previous_ = Previous{.utterance = entry.job->utterance(),
                       .number = entry.job->number(),
                       .first = entry.replaces != 0 ? entry.replaces : entry.job->number(),
                       .reopen = settings.reopen};
  previous_expires_ = io_.after(settings.reopen, [this] { forget_previous(); });
}

void TranscriptionQueue::forget_previous() {
  previous_expires_.reset();
  previous_.reset();
  if (std::exchange(merge_wanted_, false))
    deliver_soon();
}

void TranscriptionQueue::speech_started() {
  speaking_ = true;
  previous_expires_.reset();
}

bool TranscriptionQueue::merge_next() {
  if (!previous_)
    return false;
  merge_wanted_ = true;
  if (!speaking_)
    previous_expires_ = io_.after(previous_->reopen, [this] { forget_previous(); });
  return true;
}

bool TranscriptionQueue::is_merge(const Utterance& next, const QueueSettings& settings) const {
  return merge_wanted_ && previous_ && previous_->utterance->rate == next.rate &&
         previous_->utterance->length() + next.length() <= settings.max_utterance;
}

bool TranscriptionQueue::held(const Entry& entry) const {
  return merge_wanted_ && previous_ && previous_->number == entry.job->number();
}

// Its outcome, when it has not been handed over: the merged one's stands for it.
void TranscriptionQueue::take_back_previous() {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [this](const Entry& entry) { return held(entry); });
  if (found == entries_.end())
    return;
  const auto number = found->job->number();
  entries_.erase(found);
  const auto handlers = handlers_;
  handlers->on_withdrawn(number, "merged", false);
}

// --- Outcomes ------------------------------------------------------------------

TranscriptionQueue::Outcome TranscriptionQueue::outcome_of(const Entry& entry,
                                                           bool speculative) const {
  return {.job = entry.job,
          .wait = speculative || entry.before_added
                      ? 0ms
                      : duration_cast<milliseconds>(entry.job->settled_at() - entry.added),
          .replaces = entry.replaces,
          .speculative = speculative};
}

void TranscriptionQueue::end() {
  if (!handlers_)
    return;
  withdraw("ended");
  forget_previous();  // nothing follows that it could be merged with
  ending_ = true;
  deliver_soon();
}

// Not at once: add() and end() are called in the middle of somebody's stream.
void TranscriptionQueue::deliver_soon() {
  delivery_ = io_.after({}, [weak = weak_from_this()] {
    if (const auto queue = weak.lock())
      queue->deliver();
  });
}

void TranscriptionQueue::deliver() {
  if (delivering_)
    return;
  delivering_ = true;
  while (handlers_ && !entries_.empty() && entries_.front().job->settled() &&
         !held(entries_.front())) {
    const auto entry = std::move(entries_.front());
    entries_.pop_front();
    if (!entry.job->result())
      failed_ = entry;
    const auto handlers = handlers_;
    handlers->on_outcome(*this, outcome_of(entry, false));
  }
  delivering_ = false;
  if (const auto handlers = handlers_;
      handlers && entries_.empty() && std::exchange(ending_, false))
    handlers->on_end();
}

void TranscriptionQueue::cancel(bool forget_end) {
  ++generation_;
  entries_.clear();
  failed_.reset();
  withdraw("cancelled");
  forget_previous();
  speaking_ = false;
  speculations_ = 0;
  if (forget_end)
    ending_ = false;
  else if (ending_)
    deliver_soon();
}

void TranscriptionQueue::close() {
  handlers_ = nullptr;
  cancel(true);
  delivery_.reset();
}

}  // namespace centralita

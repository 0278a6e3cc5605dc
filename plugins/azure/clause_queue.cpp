#include "plugins/azure/clause_queue.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

nanoseconds duration_of(const AudioFormat& format, std::uint64_t bytes) {
  const auto samples = bytes / static_cast<unsigned>(format.sample_bytes);
  return nanoseconds(samples * 1'000'000'000 / static_cast<unsigned>(format.rate));
}

}  // namespace

void ClauseQueue::speak(Clause clause) {
  if (closed())
    return;
  const auto item = std::make_shared<Item>();
  item->clause = std::move(clause);
  // Silence is not worth a request, and Azure has no audio for it.
  item->requested = item->finished = !speakable(item->clause.text);
  items_.push_back(item);
  request_some();
  advance();
}

void ClauseQueue::mark(std::function<void()> function) {
  if (closed())
    return;
  const auto item = std::make_shared<Item>();
  item->mark = std::move(function);
  item->requested = item->finished = true;
  items_.push_back(item);
  advance();
}

void ClauseQueue::cancel() {
  ++generation_;
  items_.clear();
}

void ClauseQueue::close() {
  cancel();
  handlers_ = nullptr;
}

void ClauseQueue::request_some() {
  // A copy: handlers may speak and cancel.
  const auto generation = generation_;
  unsigned clauses = 0;
  for (const auto& item : std::deque<ItemRef>(items_)) {
    if (item->mark)
      continue;
    if (clauses++ > prefetch_ || generation != generation_)
      return;
    if (!item->requested)
      request(item);
  }
}

void ClauseQueue::request(const ItemRef& item) {
  const auto self = shared_from_this();
  const auto handlers = handlers_;
  const auto generation = generation_;
  item->requested = true;
  item->requested_at = io_.now();
  item->plan = handlers->plan();
  item->plan.settings.voice = item->clause.voice;
  if (fallback_turn_ == item->clause.tag.turn && item->plan.settings.has_fallback())
    use_fallback(*item);
  if (!item->plan.format) {
    item->finished = true;
    return;
  }
  handlers->on_requested(item->clause);
  if (generation != generation_)
    return;
  if (item->plan.settings.lacks_key())
    failed(item, missing_key(kAzure));
  else
    send(item);
}

void ClauseQueue::send(const ItemRef& item) {
  // The item owns what holds these functions.
  const auto with = [self = weak_from_this(), weak = std::weak_ptr<Item>(item)](auto function) {
    const auto queue = self.lock();
    const auto item = weak.lock();
    if (queue && item)
      function(*queue, item);
  };
  item->waiting = start_phrase(
      io_,
      {.settings = item->plan.settings,
       .format = item->plan.format,
       .cache = item->plan.cache,
       .text = item->clause.text},
      {.on_audio =
           [with](std::span<const std::uint8_t> bytes) {
             with([&](ClauseQueue& queue, const ItemRef& it) { queue.audio_arrived(it, bytes); });
           },
       .on_end =
           [with](AudioOrigin origin) {
             with([origin](ClauseQueue& queue, const ItemRef& it) {
               it->origin = origin;
               queue.finish(it);
             });
           },
       .on_failure =
           [with](const ProviderError& error) {
             with([&](ClauseQueue& queue, const ItemRef& it) { queue.failed(it, error); });
           }});
}

void ClauseQueue::audio_arrived(const ItemRef& item, std::span<const std::uint8_t> bytes) {
  const auto handlers = handlers_;
  if (!std::exchange(item->any_audio, true))
    handlers->on_first_audio(item->clause,
                             duration_cast<milliseconds>(io_.now() - item->requested_at));
  item->arrived.insert(item->arrived.end(), bytes.begin(), bytes.end());
  if (is_front(item))
    advance();
}

void ClauseQueue::failed(const ItemRef& item, const ProviderError& error) {
  // Said twice it would be worse.
  if (item->bytes == 0 && !item->on_fallback && item->plan.settings.has_fallback()) {
    fallback_turn_ = item->clause.tag.turn;
    use_fallback(*item);
    return send_after(item, 0ms);
  }
  const auto pause = item->bytes > 0 || item->on_fallback ? std::nullopt : item->retry.next(error);
  if (!pause) {
    item->error = error;
    return finish(item);
  }
  send_after(item, *pause);
}

void ClauseQueue::use_fallback(Item& item) {
  item.on_fallback = true;
  item.plan.settings = item.plan.settings.fallback();
}

void ClauseQueue::send_after(const ItemRef& item, milliseconds pause) {
  item->arrived.clear();
  item->waiting = io_.after(pause, [self = weak_from_this(), weak = std::weak_ptr<Item>(item)] {
    const auto queue = self.lock();
    const auto again = weak.lock();
    if (queue && again)
      queue->send(again);
  });
}

void ClauseQueue::finish(const ItemRef& item) {
  item->waiting.reset();
  item->finished = true;
  advance();
}

void ClauseQueue::advance() {
  // Somebody downstream may speak or cancel in the middle of it: the one loop that runs sees to it
  // all.
  if (std::exchange(advancing_, true))
    return;
  const auto self = shared_from_this();
  while (!closed() && !items_.empty() && hand_over(ItemRef(items_.front()))) continue;
  advancing_ = false;
}

// What there is of the item in front. Whether there may be more to hand over.
bool ClauseQueue::hand_over(const ItemRef& item) {
  const auto handlers = handlers_;
  if (item->mark) {
    items_.pop_front();
    item->mark();
    return true;
  }
  if (!item->begun && (item->finished || !item->arrived.empty())) {
    item->begun = true;
    handlers->on_begin(item->clause, item->plan.format);
    return true;
  }
  if (!item->arrived.empty()) {
    hand_over_audio(item);
    return true;
  }
  if (!item->finished)
    return false;
  items_.pop_front();
  handlers->on_end(
      item->clause,
      {.duration = item->plan.format ? duration_of(*item->plan.format, item->bytes) : 0ns,
       .origin = item->origin,
       .error = item->error});
  request_some();
  return true;
}

void ClauseQueue::hand_over_audio(const ItemRef& item) {
  const auto handlers = handlers_;
  const auto& format = *item->plan.format;
  const auto most = static_cast<std::size_t>(format.rate / 10 * format.sample_bytes);
  const auto audio = std::exchange(item->arrived, {});
  // Not further than to a cancel().
  for (std::span rest(audio); !rest.empty() && is_front(item);) {
    const auto piece = rest.first(std::min(most, rest.size()));
    rest = rest.subspan(piece.size());
    const auto begin = duration_of(format, item->bytes);
    item->bytes += piece.size();
    handlers->on_audio(piece, duration_of(format, item->bytes) - begin);
  }
}

}  // namespace centralita

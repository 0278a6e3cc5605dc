#include "server/media_stream/chunk_order.h"

namespace centralita {

void ChunkOrder::push(std::int64_t number, std::span<const std::uint8_t> audio,
                      const std::function<void(std::span<const std::uint8_t>)>& hand_on) {
  if (number <= 0)
    return hand_on(audio);
  // Of a stream that does not count from 1 nothing is missing before its first frame.
  if (!begun_ && number > static_cast<std::int64_t>(kMostKept))
    next_ = number;
  begun_ = true;
  if (number < next_ || kept_.contains(number)) {
    ++dropped_;
    return;
  }
  if (number != next_) {
    kept_.emplace(number, std::vector<std::uint8_t>(audio.begin(), audio.end()));
    if (kept_.size() < kMostKept)
      return;
    lost_ += static_cast<std::uint64_t>(kept_.begin()->first - next_);
    next_ = kept_.begin()->first;
  } else {
    hand_on(audio);
    ++next_;
  }
  for (auto first = kept_.begin(); first != kept_.end() && first->first == next_;
       first = kept_.erase(first), ++next_)
    hand_on(first->second);
}

}  // namespace centralita

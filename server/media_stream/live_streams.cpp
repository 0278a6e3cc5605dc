#include "server/media_stream/live_streams.h"

#include <algorithm>
#include <future>

namespace centralita {

void LiveStreams::opened(MediaSession& session) {
  ++count_;
  streams_.lock()->emplace(&session, Stream{.shard = &session.shard()});
}

void LiveStreams::began(MediaSession& session) {
  const auto streams = streams_.lock();
  auto& stream = (*streams)[&session];
  stream.id = session.session_id();
  stream.provider_id = session.provider_call_id();
}

void LiveStreams::closed(MediaSession& session) {
  --count_;
  streams_.lock()->erase(&session);
}

bool LiveStreams::has(const std::string& session_id) {
  const auto streams = streams_.copy();
  return std::any_of(streams.begin(), streams.end(),
                     [&](const auto& entry) { return entry.second.id == session_id; });
}

bool LiveStreams::knows(const std::string& id) {
  const auto streams = streams_.copy();
  return std::any_of(streams.begin(), streams.end(),
                     [&](const auto& entry) { return entry.second.is(id); });
}

void LiveStreams::post(MediaSession* session, Shard& shard,
                       std::function<void(MediaSession*)> function) {
  // Ahead of the carrier's next message: what is ordered may be what that message is about.
  shard.io().post_ahead([this, session, function = std::move(function)] {
    // Of this shard's thread, which alone ends it.
    function(streams_.lock()->contains(session) ? session : nullptr);
  });
}

bool LiveStreams::on(const std::string& session_id, std::function<void(MediaSession*)> function) {
  for (const auto& [session, stream] : streams_.copy())
    if (stream.id == session_id) {
      post(session, *stream.shard, std::move(function));
      return true;
    }
  return false;
}

bool LiveStreams::order(const std::string& id, const StreamOrder& order) {
  for (const auto& [session, stream] : streams_.copy())
    if (stream.is(id)) {
      post(session, *stream.shard, [order](MediaSession* live) {
        if (live)
          live->order(order);
      });
      return true;
    }
  return false;
}

void LiveStreams::order_all(const StreamOrder& order) {
  for (const auto& [session, stream] : streams_.copy())
    post(session, *stream.shard, [order](MediaSession* live) {
      if (live)
        live->order(order);
    });
}

void LiveStreams::end_all(const ShardPool& shards, const std::string& cause) {
  for (const auto& shard : shards.all()) {
    std::promise<void> done;
    shard->post([&] {
      // A copy: what ends leaves the map. Only this shard's may be touched here.
      for (const auto& [session, stream] : streams_.copy())
        if (stream.shard == shard.get())
          session->end(cause);
      done.set_value();
    });
    done.get_future().wait();
  }
}

}  // namespace centralita

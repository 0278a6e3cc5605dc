// The media streams of this process: which there are, and on which shard each of them is.
//
// Any thread, unless said otherwise. A MediaSession itself belongs to its shard's thread; what is
// to be done with one is posted there.
#pragma once

#include "plugins/base/locked.h"
#include "server/media_stream/session.h"
#include "server/media_stream/stream_order.h"
#include "server/shard.h"

#include <atomic>
#include <functional>
#include <map>
#include <string>

namespace centralita {

class LiveStreams {
 public:
  // Of its shard's thread, as its connection opens, its start message comes, and it is gone.
  void opened(MediaSession& session);
  void began(MediaSession& session);
  void closed(MediaSession& session);

  // Those that have not begun included.
  int count() const { return count_; }
  bool has(const std::string& session_id);
  // By its session_id or its carrier's id.
  bool knows(const std::string& id);

  // Calls `function` on the shard's thread, with null when the stream is over by then. False, and
  // nothing is called: there is none with that session_id.
  bool on(const std::string& session_id, std::function<void(MediaSession*)> function);
  // By either of its ids; false: there is none.
  bool order(const std::string& id, const StreamOrder& order);
  void order_all(const StreamOrder& order);

  // Ends them all, shard after shard, and returns when each of them has been told. Main thread.
  void end_all(const ShardPool& shards, const std::string& cause);

 private:
  struct Stream {
    Shard* shard;
    std::string id, provider_id = {};  // once it has begun
    bool is(const std::string& any_id) const {
      return !id.empty() && (id == any_id || provider_id == any_id);
    }
  };
  void post(MediaSession* session, Shard& shard, std::function<void(MediaSession*)> function);

  std::atomic<int> count_ = 0;
  Locked<std::map<MediaSession*, Stream>> streams_;
};

}  // namespace centralita

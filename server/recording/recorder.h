// Keeps calls' sound on disk. A call's shard hands over what goes by, a quarter of a second at a
// time, through one bounded queue; one thread puts the two directions beside each other and writes.
// No shard ever waits for a disk: when the queue is full the block is lost and becomes silence,
// which is told.
//
// A disk that is full, or fails, stops the recording and tells so as an event of the call; the call
// goes on. A server that is killed leaves what it has written; the next one finds it and notes it
// as interrupted.
#pragma once

#include "pipelines/call_records.h"
#include "pipelines/media_tap.h"
#include "pipelines/wire_format.h"
#include "server/recording/shelf.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace centralita::recording {

class Recorder {
 public:
  struct Options {
    std::string folder;
    std::chrono::seconds segment{60};
    std::size_t queue_bytes = std::size_t{16} << 20;  // about a minute of ten calls
  };
  struct Handlers {  // on the recorder's thread
    std::function<void(const RecordingNote&)> on_note;
    std::function<void(const CallEvent&)> on_event;
  };

  Recorder(Options options, Handlers handlers);
  ~Recorder();  // what is queued is written; open recordings are completed

  const Shelf& shelf() const { return shelf_; }

  // Any thread; what is returned belongs to the call's. `zero`: where the recording begins, on the
  // clock of the call's I/O context, which is `wall` on the wall.
  std::unique_ptr<MediaTap> begin(const std::string& session_id, const WireFormat& caller,
                                  const WireFormat& agent, MediaTap::Time zero, WallTime wall);

  // Runs on the recorder's thread, in its turn: for work on the disk.
  void run(std::function<void()> work);
  // Until all that was handed over is written; false when the time is over. Blocks.
  bool flush(std::chrono::milliseconds timeout);

 private:
  class Feed;
  struct Session;
  struct Piece {
    enum class Kind { kCaller, kAgent, kCleared, kEnded } kind;
    std::size_t size;  // of its bytes
    MediaTap::Time at, arrived;
  };
  struct Block {
    std::shared_ptr<Session> session;
    std::vector<Piece> pieces;
    std::vector<std::uint8_t> bytes;
    std::function<void()> work;  // instead of the rest
  };

  bool push(Block block, bool must);
  void work();
  void write(const Block& block);
  void open(Session& session);
  void stop(Session& session, const std::string& error);
  void finish(Session& session);
  void note(const Session& session, const char* state, const std::string& error);

  const Options options_;
  const Handlers handlers_;
  const Shelf shelf_;

  std::mutex mutex_;  // guards the five below; held for the time of a push
  std::condition_variable changed_, idle_;
  std::deque<Block> queue_;
  std::size_t queued_bytes_ = 0;
  bool busy_ = false, stop_ = false;

  std::map<Session*, std::shared_ptr<Session>> live_;  // the recorder's thread only
  std::thread thread_;
};

}  // namespace centralita::recording

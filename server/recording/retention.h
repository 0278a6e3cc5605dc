// What is kept of calls' sound, and for how long. Once an hour: recordings of calls that began
// before `days` go, and so do those whose call is no longer in the history, whoever has deleted it.
#pragma once

#include "plugins/base/io_context.h"
#include "server/recording/recorder.h"
#include "server/store/store.h"

#include <functional>
#include <string>
#include <vector>

namespace centralita::recording {

class Retention {
 public:
  // `days`: 0 keeps for ever. Main thread; all three outlive it.
  Retention(IoContext io, Recorder& recorder, store::Store& store, int days);

  // Deletes the sound of a call, and the note of it, for good; whoever deletes a call calls this
  // first. Answers at once, works on the recorder's thread.
  void forget(const std::string& session_id);
  // As every hour. `done`: on the main thread, with what has been deleted.
  void sweep(std::function<void(std::vector<std::string>)> done = nullptr);

 private:
  void again();
  void remove_orphans(std::function<void(std::vector<std::string>)> done,
                      std::vector<std::string> gone);

  const IoContext io_;
  Recorder& recorder_;
  store::Store& store_;
  const int days_;
  Slot timer_;
};

}  // namespace centralita::recording

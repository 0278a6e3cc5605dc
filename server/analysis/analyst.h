// Reads each conversation when its call is over and stores what it finds in it.
//
//   call over -> history (extraction_state "waiting") -> claimed -> model asked -> checked by the
//   schema
//             -> "done", or "waiting" for another try, or "failed" with the reason; "skipped" when
//                nobody said anything or the agent does not want it
//
// What is to be done is in the database and nowhere else: a restart loses nothing, and servers that
// share a database share the work. At most kAtOnce requests at a time. Main thread; call_ended()
// from any, and it never blocks.
#pragma once

#include "pipelines/call_records.h"
#include "plugins/base/io_context.h"
#include "server/store/extractions.h"
#include "server/store/store.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace centralita {

struct AnalystOptions {
  // Nothing personal is kept of what is found in any call; else it is as the agent says.
  bool redact_every_call = false;
  // Called, on the main thread, when a call has come to its end here and the database has it: done,
  // failed or skipped.
  std::function<void()> on_read = {};
};

class Analyst final : public CallObserver {
 public:
  static constexpr int kAtOnce = 2, kMostTries = 6;

  // Begins at once, with what a previous run left.
  Analyst(IoContext io, store::Store& store, AnalystOptions options = {});
  ~Analyst() override;

  void call_started(const CallStarted&) override {}
  void turn_finished(const TurnFinished&) override {}
  void call_ended(const CallEnded& end) override;

  // There may be something to do.
  void look_soon();

 private:
  struct Work;

  void look();
  void look_at(std::chrono::milliseconds delay);
  void begin(const store::ClaimedCall& claimed);
  void load(const std::shared_ptr<Work>& work);
  void ask(const std::shared_ptr<Work>& work);
  void answered(const std::shared_ptr<Work>& work);
  // Another try when it may pass and there are tries left.
  void failed(const std::shared_ptr<Work>& work, const std::string& error, bool may_pass,
              std::optional<std::chrono::milliseconds> retry_after = {});
  void finish(const std::shared_ptr<Work>& work, store::ExtractionOutcome outcome);

  const IoContext io_;
  store::Store& store_;
  const AnalystOptions options_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for answers that come later
  std::map<std::int64_t, std::shared_ptr<Work>> working_;             // by call id
  bool claiming_ = false;
  Slot timer_;
};

}  // namespace centralita

// What the handlers of the sandbox share: its thread's context, the worker threads with their
// decoders, the faults, and what was asked so far.
#pragma once

#include "server/sandbox/exchange.h"
#include "server/sandbox/recogniser.h"
#include "server/sandbox/replies.h"
#include "server/sandbox/wav.h"
#include "server/sandbox/worker_pool.h"

#include <array>
#include <deque>

namespace centralita::sandbox {

struct RequestLog {
  std::int64_t count = 0;
  std::optional<json::Object> last;  // what the last one asked for
};

// Main context's thread, except post() and the decoders.
class Services {
 public:
  explicit Services(Ref<GMainContext> context);
  ~Services();

  // Any thread: runs `function` on the main context. Dropped when the sandbox has gone by then.
  void post(std::function<void()> function);

  // On a worker of `recognition`: its own decoder, made on first use.
  Result<Recogniser*> decoder(int worker, const std::string& language);

  // The log of an operation; the keys themselves are never kept.
  void note(Operation operation, json::Object request);
  // What was to be transcribed last, as it came.
  static constexpr std::size_t kUploadsKept = 24;
  void keep_upload(Audio audio);

  std::shared_ptr<TimerQueue> timers;
  FaultPlan faults;
  Latency latency;
  RateLimits limits;
  std::map<Operation, RequestLog> requests;
  std::deque<Audio> uploads;      // the newest last
  std::int64_t upload_count = 0;  // so far

 private:
  struct Gate;  // outlives us: what posted functions look at
  Ref<GMainContext> context_;
  std::shared_ptr<Gate> gate_;
  std::vector<std::map<std::string, std::unique_ptr<Recogniser>>> decoders_;

 public:
  // Last, so that they stop first.
  WorkerPool recognition;
  WorkerPool synthesis;
};

// The operations. Authorised already; faults of status are dealt with already.
void handle_transcription(Services& services, std::shared_ptr<Exchange> exchange);
void handle_chat(Services& services, std::shared_ptr<Exchange> exchange);
void handle_models(Services& services, std::shared_ptr<Exchange> exchange);
void handle_synthesis(Services& services, std::shared_ptr<Exchange> exchange);
// /sandbox/...: faults, latency, requests, uploads, phrases.
void handle_admin(Services& services, std::shared_ptr<Exchange> exchange, const std::string& path,
                  const std::string& method, GHashTable* query);

// nullopt when Groq has that model; else the error it answers.
std::optional<GroqError> model_error(std::string_view model);

}  // namespace centralita::sandbox

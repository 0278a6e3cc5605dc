// How the services do, for all calls of the process: a circuit breaker for each operation of each
// service at each address, shared by every element, and what became of their requests.
//
// The breakers are off until a program turns them on: an element in gst-launch asks what it was
// told to ask. Counting is always on.
//
//   ProviderHealth::shared().enable();                        // the server, once
//   auto request = ProviderHealth::shared().begin("groq", "chat", url, io.now());
//   if (!request) return fail(...);                           // open: nothing is sent
//   request->answered(io.now());                              // its first byte
//   request->succeeded(io.now());  or  request->failed(error, io.now());  or it is dropped
//
// A failure is what may pass (ProviderError::retriable) or a refused key. What is wrong with one
// request says nothing about the service and counts as a success. Any thread.
#pragma once

#include "plugins/base/circuit_breaker.h"
#include "plugins/base/latencies.h"
#include "plugins/base/locked.h"
#include "plugins/base/provider_error.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace centralita {

class ProviderHealth {
 public:
  using Time = CircuitBreaker::Time;

  // One request that was let out.
  class Request {
   public:
    Request(Request&& other) noexcept;
    Request& operator=(Request&&) = delete;
    ~Request();  // dropped without a word: abandoned
    // The first byte of the answer has come. Once.
    void answered(Time now);
    // It has been sent a second time because it was late.
    void hedged();
    void succeeded(Time now);
    void failed(const ProviderError& error, Time now);
    // After how long a wait for the first byte a request is later than 95 % of its kind; none while
    // too few are known.
    std::optional<std::chrono::milliseconds> late_after() const;

   private:
    friend class ProviderHealth;
    struct Key {
      std::string provider, operation, endpoint;
      friend auto operator<=>(const Key&, const Key&) = default;
    };
    Request(ProviderHealth* health, Key key, Time began)
        : health_(health), key_(std::move(key)), began_(began) {}
    ProviderHealth* health_;  // null: told
    Key key_;
    Time began_;
    bool answered_ = false;
  };

  struct Status {
    std::string provider, operation, endpoint;
    CircuitBreaker::State state;
    int failures;
    Time since;  // of the monotonic clock
    std::string last_error;
    // Since the process began.
    std::uint64_t requests = 0, refused = 0, hedged = 0;  // refused: not sent, the breaker was open
    std::map<std::string, std::uint64_t> errors;          // by ProviderError::name()
    Latencies latencies;                                  // of the first byte
  };
  // A breaker has opened, or closed again. On the thread of the request that did it, no lock held.
  using OnChange = std::function<void(const Status&)>;

  static ProviderHealth& shared();

  void enable(BreakerSettings settings = {});
  bool enabled() const { return enabled_; }
  void on_change(OnChange function);
  // Empty: the breaker is open. `lane`: which of several services at one address (another model, a
  // fallback's voice); empty: the first one.
  std::optional<Request> begin(const char* provider, const char* operation, const std::string& url,
                               Time now, const std::string& lane = "");
  std::vector<Status> status();
  void reset();  // forgets all, and is off

 private:
  using Key = Request::Key;
  struct Service {
    CircuitBreaker breaker;
    std::string last_error;
    std::uint64_t requests = 0, refused = 0, hedged = 0;
    std::map<std::string, std::uint64_t> errors;
    Latencies latencies;
  };
  struct State {
    BreakerSettings settings;
    std::map<Key, Service> services;
    std::shared_ptr<const OnChange> on_change;
  };

  static Status status_of(const Key& key, const Service& service);
  // Does `change` to a service and tells of its breaker when that has opened or closed by it.
  void update(const Key& key, const std::function<void(Service&)>& change);

  std::atomic<bool> enabled_ = false;
  Locked<State> state_;
};

// The error of a request that was not sent because the breaker is open.
ProviderError breaker_open(const char* provider, const char* operation);

}  // namespace centralita

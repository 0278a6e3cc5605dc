// How the services do, for all calls of the process: a circuit breaker for each operation of each
// service at each address, shared by every element.
//
// Off until a program turns it on: an element in gst-launch asks what it was told to ask.
//
//   ProviderHealth::shared().enable();                        // the server, once
//   auto request = ProviderHealth::shared().begin("groq", "chat", url, io.now());
//   if (!request) return fail(...);                           // open: nothing is sent
//   request->succeeded(io.now());  or  request->failed(error, io.now());  or it is dropped
//
// A failure is what may pass (ProviderError::retriable) or a refused key. What is wrong with one
// request says nothing about the service and counts as a success. Any thread.
#pragma once

#include "plugins/base/circuit_breaker.h"
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
    void succeeded(Time now);
    void failed(const ProviderError& error, Time now);

   private:
    friend class ProviderHealth;
    struct Key {
      std::string provider, operation, endpoint;
      friend auto operator<=>(const Key&, const Key&) = default;
    };
    Request(ProviderHealth* health, Key key) : health_(health), key_(std::move(key)) {}
    ProviderHealth* health_;  // null: told, or nobody counts
    Key key_;
  };

  struct Status {
    std::string provider, operation, endpoint;
    CircuitBreaker::State state;
    int failures;
    Time since;  // of the monotonic clock
    std::string last_error;
  };

  static ProviderHealth& shared();

  void enable(BreakerSettings settings = {});
  bool enabled() const { return enabled_; }
  // Empty: the breaker is open.
  std::optional<Request> begin(const char* provider, const char* operation, const std::string& url,
                               Time now);
  std::vector<Status> status();
  void reset();  // forgets all, and is off

 private:
  using Key = Request::Key;
  struct Service {
    CircuitBreaker breaker;
    std::string last_error;
  };
  struct State {
    BreakerSettings settings;
    std::map<Key, Service> services;
  };

  std::atomic<bool> enabled_ = false;
  Locked<State> state_;
};

// The error of a request that was not sent because the breaker is open.
ProviderError breaker_open(const char* provider, const char* operation);

}  // namespace centralita

// How often one address may ask: a bucket of tokens each, which fills at an even rate. Pure: the
// time is given. One thread.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>

namespace centralita {

// What of an address counts as one client: of IPv6 the /64, which one customer has whole.
std::string client_of_address(const std::string& address);

class TokenBuckets {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `per_minute` 0: without limit.
  explicit TokenBuckets(int per_minute) : per_minute_(per_minute) {}

  // How long until there is a token again; zero: there is one.
  std::chrono::seconds wait(const std::string& client, Time now);
  void take(const std::string& client, double tokens, Time now);
  std::size_t clients() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    Time filled;
  };
  Bucket& filled(const std::string& client, Time now);
  void forget_full(Time now);

  const int per_minute_;
  std::map<std::string, Bucket> buckets_;
  Time swept_{};
};

// Wrong passwords: five within a minute are free, then that address waits a minute, and twice as
// long after each further one, up to a quarter of an hour. A name that is guessed at from many
// addresses waits in the same way after twenty. A right answer clears the address, not the name.
class LoginGuard {
 public:
  using Time = std::chrono::steady_clock::time_point;

  std::chrono::seconds wait(const std::string& client, const std::string& name, Time now);
  void failed(const std::string& client, const std::string& name, Time now);
  void succeeded(const std::string& client);

 private:
  struct Record {
    std::deque<Time> failures;
    Time locked_until{};
    std::chrono::seconds last_lock{0};
  };
  static void note(Record& record, std::size_t free, Time now);
  void forget_old(Time now);
  std::map<std::string, Record> addresses_, names_;
};

}  // namespace centralita

// Numbers that are counted while the server works, and their text for Prometheus.
//
//   auto& turns = registry.counter("voice_turns_total", "Finished turns", {{"role", "user"}});
//   turns.add();                          // any thread, an atomic addition: for shards too
//   registry.on_scrape([&](Scrape& s) { s.gauge("x", "...", {}, value()); });   // asked when read
//   registry.text();
//
// Series are made at start, by the main thread; they live as long as the registry. The label values
// are few and known: nothing that a caller chooses becomes one.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace centralita::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
 public:
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(std::int64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

// Of durations, in seconds; its buckets are `bounds`, ascending, and all above.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double seconds);
  const std::vector<double>& bounds() const { return bounds_; }
  // Of bucket i alone; i == bounds().size(): above the last bound.
  std::uint64_t count(std::size_t i) const { return counts_[i].load(std::memory_order_relaxed); }
  double sum() const { return static_cast<double>(sum_us_.load(std::memory_order_relaxed)) / 1e6; }

 private:
  const std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<std::int64_t> sum_us_ = 0;
};

// What is added at a reading.
class Scrape {
 public:
  void gauge(const std::string& name, const std::string& help, const Labels& labels, double value);
  void counter(const std::string& name, const std::string& help, const Labels& labels,
               double value);
  // `counts`: of each bucket alone, one more than `bounds`.
  void histogram(const std::string& name, const std::string& help, const Labels& labels,
                 std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum);

 private:
  friend class Registry;
  struct Family {
    std::string help, type;
    std::vector<std::string> lines;
  };
  void add(const char* type, const std::string& name, const std::string& help,
           const std::string& suffix, const Labels& labels, double value);
  std::map<std::string, Family> families_;
};

class Registry {
 public:
  Counter& counter(const std::string& name, const std::string& help, Labels labels = {});
  Gauge& gauge(const std::string& name, const std::string& help, Labels labels = {});
  Histogram& histogram(const std::string& name, const std::string& help, std::vector<double> bounds,
                       Labels labels = {});
  // Called by text(), on its thread.
  void on_scrape(std::function<void(Scrape&)> function);

  // Text format 0.0.4: families by name, each with HELP and TYPE.
  std::string text() const;

 private:
  template <typename T>
  struct Series {
    std::string name, help;
    Labels labels;
    std::unique_ptr<T> value;
  };
  mutable std::mutex mutex_;  // guards the lists, not the values
  std::vector<Series<Counter>> counters_;
  std::vector<Series<Gauge>> gauges_;
  std::vector<Series<Histogram>> histograms_;
  std::vector<std::function<void(Scrape&)>> functions_;
};

inline constexpr char kContentType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace centralita::metrics

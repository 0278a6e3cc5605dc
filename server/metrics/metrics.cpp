#include "server/metrics/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace centralita::metrics {
namespace {

// As Go's ParseFloat reads it.
std::string number(double value) {
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value > 0 ? "+Inf" : "-Inf";
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return error == std::errc{} ? std::string(text, end) : "NaN";
}

// In a label's value \, " and the line's end are escaped; in a help text \ and the line's end.
std::string escaped(const std::string& text, bool quotes) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || (quotes && c == '"'))
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result;
}

std::string labels_text(const Labels& labels) {
  if (labels.empty())
    return "";
  std::string text;
  for (const auto& [name, value] : labels)
    text += (text.empty() ? "{" : ",") + name + "=\"" + escaped(value, true) + "\"";
  return text + "}";
}

template <typename T>
T* find(auto& list, const std::string& name, const Labels& labels) {
  for (auto& series : list)
    if (series.name == name && series.labels == labels)
      return series.value.get();
  return nullptr;
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double seconds) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), seconds) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(std::llround(seconds * 1e6), std::memory_order_relaxed);
}

void Scrape::add(const char* type, const std::string& name, const std::string& help,
                 const std::string& suffix, const Labels& labels, double value) {
  auto& family = families_[name];
  if (family.type.empty())
    family = {.help = help, .type = type, .lines = {}};
  family.lines.push_back(name + suffix + labels_text(labels) + " " + number(value));
}

void Scrape::gauge(const std::string& name, const std::string& help, const Labels& labels,
                   double value) {
  add("gauge", name, help, "", labels, value);
}

void Scrape::counter(const std::string& name, const std::string& help, const Labels& labels,
                     double value) {
  add("counter", name, help, "", labels, value);
}

void Scrape::histogram(const std::string& name, const std::string& help, const Labels& labels,
                       std::span<const double> bounds, std::span<const std::uint64_t> counts,
                       double sum) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    count += counts[i];
    auto with_bound = labels;
    with_bound.emplace_back("le", i < bounds.size() ? number(bounds[i]) : std::string("+Inf"));
    add("histogram", name, help, "_bucket", with_bound, static_cast<double>(count));
  }
  add("histogram", name, help, "_sum", labels, sum);
  add("histogram", name, help, "_count", labels, static_cast<double>(count));
}

Counter& Registry::counter(const std::string& name, const std::string& help, Labels labels) {
  const std::lock_guard lock(mutex_);
  if (auto* known = find<Counter>(counters_, name, labels))
    return *known;
  counters_.push_back({name, help, std::move(labels), std::make_unique<Counter>()});
  return *counters_.back().value;
}

Gauge& Registry::gauge(const std::string& name, const std::string& help, Labels labels) {
  const std::lock_guard lock(mutex_);
  if (auto* known = find<Gauge>(gauges_, name, labels))
    return *known;
  gauges_.push_back({name, help, std::move(labels), std::make_unique<Gauge>()});
  return *gauges_.back().value;
}

Histogram& Registry::histogram(const std::string& name, const std::string& help,
                               std::vector<double> bounds, Labels labels) {
  const std::lock_guard lock(mutex_);
  if (auto* known = find<Histogram>(histograms_, name, labels))
    return *known;
  histograms_.push_back(
      {name, help, std::move(labels), std::make_unique<Histogram>(std::move(bounds))});
  return *histograms_.back().value;
}

void Registry::on_scrape(std::function<void(Scrape&)> function) {
  const std::lock_guard lock(mutex_);
  functions_.push_back(std::move(function));
}

std::string Registry::text() const {
  Scrape all;
  const std::lock_guard lock(mutex_);
  for (const auto& each : counters_)
    all.counter(each.name, each.help, each.labels, static_cast<double>(each.value->value()));
  for (const auto& each : gauges_)
    all.gauge(each.name, each.help, each.labels, static_cast<double>(each.value->value()));
  for (const auto& each : histograms_) {
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i <= each.value->bounds().size(); ++i)
      counts.push_back(each.value->count(i));
    all.histogram(each.name, each.help, each.labels, each.value->bounds(), counts,
                  each.value->sum());
  }
  for (const auto& function : functions_) function(all);
  std::string text;
  for (const auto& [name, family] : all.families_) {
    text += "# HELP " + name + " " + escaped(family.help, false) + "\n";
    text += "# TYPE " + name + " " + family.type + "\n";
    for (const auto& line : family.lines) text += line + "\n";
  }
  return text;
}

}  // namespace centralita::metrics

#include "server/metrics/server_metrics.h"

#include <chrono>

namespace centralita::metrics {

void add_store_metrics(Registry& registry, const store::Store& store) {
  registry.on_scrape([&store](Scrape& scrape) {
    const auto status = store.status();
    scrape.gauge("database_connected", "Whether the database can be written to", {},
                 status.healthy ? 1 : 0);
    scrape.gauge("journal_healthy", "Whether the journal's disk works", {},
                 status.journal.healthy ? 1 : 0);
    scrape.gauge("journal_depth", "Records that wait for the database", {},
                 static_cast<double>(status.journal.waiting));
    scrape.gauge("journal_in_memory", "Records that are not on the disk yet", {},
                 static_cast<double>(status.journal.in_memory));
    scrape.gauge("journal_refused", "Records that the database would not have, put aside", {},
                 static_cast<double>(status.journal.refused));
    scrape.counter("journal_dropped_total",
                   "Records that are lost: the disk failed and the memory was full", {},
                   static_cast<double>(status.journal.dropped));
    scrape.counter("store_rejected_total", "Records that the database would not have", {},
                   static_cast<double>(status.rejected));
  });
}

void add_policy_metrics(Registry& registry, policy::CallPolicy& policy) {
  registry.on_scrape([&policy](Scrape& scrape) {
    const auto load = policy.load();
    scrape.gauge("voice_pacing_lateness_seconds", "How late the worst shard's timers are, p99", {},
                 std::chrono::duration<double>(load.lateness).count());
    scrape.gauge("voice_admitted_calls", "Calls, those announced and not yet connected included",
                 {}, load.live);
    scrape.gauge("voice_global_stop", "Whether new calls are refused by a stop", {},
                 policy.stopped() ? 1 : 0);
    scrape.gauge("voice_critical_errors_in_window", "Critical errors that count towards a stop", {},
                 policy.errors_in_window());
  });
}

}  // namespace centralita::metrics

#include "server/security/limits.h"

#include "plugins/base/ref.h"
#include "server/telephony/public_address.h"

#include <gio/gio.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr auto kSweep = 60s;
constexpr std::size_t kMostRecords = 100'000;  // 20 MB; a botnet's worth
constexpr std::size_t kFreeOfAddress = 5, kFreeOfName = 20;
constexpr auto kWindow = 60s;
constexpr std::chrono::seconds kFirstLock = 60s, kLongestLock = 900s;

}  // namespace

std::string client_of_address(const std::string& address) {
  const auto parsed = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  if (!parsed || g_inet_address_get_family(parsed.get()) != G_SOCKET_FAMILY_IPV6)
    return address;
  guint8 bytes[16];
  std::memcpy(bytes, g_inet_address_to_bytes(parsed.get()), sizeof bytes);
  std::fill(bytes + 8, bytes + 16, guint8{0});
  const auto network =
      Ref<GInetAddress>::adopt(g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6));
  return std::string(OwnedString(g_inet_address_to_string(network.get())).get()) + "/64";
}

TokenBuckets::Bucket& TokenBuckets::filled(const std::string& client, Time now) {
  if (now - swept_ > kSweep || buckets_.size() > kMostRecords)
    forget_full(now);
  const auto [entry, fresh] =
      buckets_.try_emplace(client, Bucket{static_cast<double>(per_minute_), now});
  auto& bucket = entry->second;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min<double>(per_minute_, bucket.tokens + passed.count() * per_minute_ / 60);
  bucket.filled = now;
  return bucket;
}

void TokenBuckets::forget_full(Time now) {
  swept_ = now;
  std::erase_if(buckets_, [&](const auto& entry) {
    const std::chrono::duration<double> passed = now - entry.second.filled;
    return entry.second.tokens + passed.count() * per_minute_ / 60 >= per_minute_;
  });
  if (buckets_.size() > kMostRecords)
    buckets_.clear();
}

std::chrono::seconds TokenBuckets::wait(const std::string& client, Time now) {
  if (per_minute_ <= 0)
    return 0s;
  const double missing = 1 - filled(client, now).tokens;
  if (missing <= 0)
    return 0s;
  return std::chrono::seconds(static_cast<int>(std::ceil(missing * 60 / per_minute_)));
}

void TokenBuckets::take(const std::string& client, double tokens, Time now) {
  if (per_minute_ > 0)
    filled(client, now).tokens -= tokens;
}

void LoginGuard::note(Record& record, std::size_t free, Time now) {
  record.failures.push_back(now);
  const bool again = record.last_lock > 0s;  // once locked, each further one locks again
  if (!again && record.failures.size() < free)
    return;
  record.last_lock = again ? std::min(record.last_lock * 2, kLongestLock) : kFirstLock;
  record.locked_until = now + record.last_lock;
}

void LoginGuard::forget_old(Time now) {
  for (auto* records : {&addresses_, &names_}) {
    for (auto& [key, record] : *records)
      while (!record.failures.empty() && record.failures.front() + kWindow < now)
        record.failures.pop_front();
    std::erase_if(*records, [&](const auto& entry) {
      const auto& record = entry.second;
      return record.failures.empty() && record.locked_until + kLongestLock < now;
    });
    if (records->size() > kMostRecords)
      records->clear();
  }
}

std::chrono::seconds LoginGuard::wait(const std::string& client, const std::string& name,
                                      Time now) {
  forget_old(now);
  auto until = now;
  if (const auto found = addresses_.find(client); found != addresses_.end())
    until = std::max(until, found->second.locked_until);
  if (const auto found = names_.find(name); !name.empty() && found != names_.end())
    until = std::max(until, found->second.locked_until);
  return std::chrono::ceil<std::chrono::seconds>(until - now);
}

void LoginGuard::failed(const std::string& client, const std::string& name, Time now) {
  note(addresses_[client], kFreeOfAddress, now);
  if (!name.empty())
    note(names_[name], kFreeOfName, now);
}

void LoginGuard::succeeded(const std::string& client) { addresses_.erase(client); }

}  // namespace centralita

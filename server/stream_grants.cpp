#include "server/stream_grants.h"

#include "server/secrets.h"

namespace centralita {

using std::chrono::steady_clock;

std::string StreamGrants::issue(StreamGrant grant, std::chrono::seconds lifetime) {
  auto token = random_token();
  const auto grants = grants_.lock();
  std::erase_if(
      *grants, [now = steady_clock::now()](const auto& entry) { return entry.second.until < now; });
  grants->emplace(token, Entry{std::move(grant), steady_clock::now() + lifetime});
  return token;
}

std::optional<StreamGrant> StreamGrants::take(const std::string& token) {
  const auto grants = grants_.lock();
  const auto node = grants->extract(token);
  if (!node || node.mapped().until < steady_clock::now())
    return std::nullopt;
  return node.mapped().grant;
}

}  // namespace centralita

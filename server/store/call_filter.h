// Which calls of the history are meant: those that begin in a span of time, of an agent, in which
// something was said. An empty member lets every call through; of several values any one will do.
#pragma once

#include "pipelines/call_records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace centralita::store {

struct CallFilter {
  std::vector<std::int64_t> ids;
  std::optional<WallTime> from, to;  // of the call's beginning; `to` itself is not in it
  std::vector<std::string> client_types, statuses, directions, agents, end_causes;
  std::vector<std::string> intents, sentiments;  // of what was extracted
  std::string number;  // a part of the number of either party; digits only
  std::string text;    // words of the transcript; see transcript_query() in sql/migrations

  bool empty() const;
  // The document that calls_matching() takes; the same for the same filter.
  std::string to_json() const;
  // Tells filters apart, for a page's cursor; 0 for the empty one.
  std::uint32_t fingerprint() const;
};

}  // namespace centralita::store

// What a caller hears in a virtual call whose caller says "queue-thankyou" and whose model answers
// "Con gusto.", read off its timeline; and the tables of what is measured, in documents.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>

namespace centralita::replay {

struct Measured {
  std::string hears;
  int longest_silence_ms = 0;
  bool failed = false;
};

// Of the time from the end of the caller's turn (endpointing included) to the end of the call.
inline Measured measure(const std::string& timeline) {
  Measured result;
  std::istringstream lines(timeline);
  // From the call's beginning where it does not come to a turn of the caller's.
  int quiet_since = timeline.find("listening -> processing") == std::string::npos ? 0 : -1;
  bool waits = false, apology = false, recorded = false, reply = false;
  for (std::string line; std::getline(lines, line);) {
    const int at = std::atoi(line.c_str());
    const auto has = [&line](const char* text) { return line.find(text) != std::string::npos; };
    if (has("listening -> processing") && quiet_since < 0)
      quiet_since = at - 704;  // silence_timeout, and the detector's rounding
    if (quiet_since < 0 && !waits)
      continue;
    waits |= has("event    wait");
    recorded |= has("event    recorded-apology");
    apology |= has("Disculpe, tenemos un problema.\"; first-byte") || has("assistant: \"Disculpe");
    reply |= has("assistant: \"Con gusto.\"");
    const bool heard = has("far end  hears the agent");
    if (has("speaking -> listening"))  // it is the caller who is silent
      quiet_since = 1'000'000'000;
    if (heard || has("call     ended")) {
      if (quiet_since >= 0)
        result.longest_silence_ms = std::max(result.longest_silence_ms, at - quiet_since);
      quiet_since = 1'000'000'000;
    } else if (has("far end  hears nothing")) {
      quiet_since = at;
    }
    if (has("call     ended: failed"))
      result.failed = true;
  }
  const auto add = [&result](bool is, const char* what) {
    if (is)
      result.hears += (result.hears.empty() ? "" : ", ") + std::string(what);
  };
  add(waits, "\u201cOne moment\u201d");
  add(reply, "the reply");
  add(apology, "the agent's apology");
  add(recorded, "the recorded apology");
  return result;
}

// Between the markers of that name in a document.
inline std::string with_table(const std::string& document, const std::string& name,
                              const std::string& table) {
  const std::string begin = "<!-- " + name + " -->\n", end = "<!-- /" + name + " -->";
  const auto from = document.find(begin), to = document.find(end);
  if (from == std::string::npos || to == std::string::npos)
    return document;
  return document.substr(0, from + begin.size()) + table + document.substr(to);
}

}  // namespace centralita::replay

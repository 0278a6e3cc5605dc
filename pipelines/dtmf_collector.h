// Gathers the keys that the caller presses into one entry: it is complete with the terminator, with
// as many keys as are wanted, or when no key has come for a while.
//
//   DtmfCollector keys({.terminator = '#', .most = 10});
//   if (auto entry = keys.press('4')) answer(*entry);
//   ... no key for settings.pause:
//   if (auto entry = keys.finish()) answer(*entry);
//
// Pure: whoever owns it has the timer. One thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace centralita {

class DtmfCollector {
 public:
  struct Settings {
    std::chrono::milliseconds pause{3000};  // after the last key
    char terminator = '#';                  // not part of the entry; '\0': none
    std::size_t most = 20;                  // keys
  };

  explicit DtmfCollector(const Settings& settings) : settings_(settings) {}

  // The entry, when the key completes it: an empty one for the terminator alone. Keys that there
  // are not (RFC 4733: 0-9 * # A-D) are passed over.
  std::optional<std::string> press(char key);
  // What has been gathered, if anything.
  std::optional<std::string> finish();

  bool waiting() const { return !keys_.empty(); }
  std::chrono::milliseconds pause() const { return settings_.pause; }

 private:
  const Settings settings_;
  std::string keys_;
};

}  // namespace centralita

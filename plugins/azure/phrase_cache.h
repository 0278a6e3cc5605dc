// Synthesised phrases kept in memory: greetings, apologies, sentences that come again. Bounded by
// bytes; what was used least recently goes first. One for the process, shared by all elements.
// Any thread.
#pragma once

#include "plugins/azure/synthesis.h"
#include "plugins/base/locked.h"

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace centralita {

using Audio = std::vector<std::uint8_t>;

// Of everything that the audio depends on: SHA-256, in hex, of the format, the address and the
// document that is sent (voice, style, dictionary and normalisation included).
std::string phrase_key(const SynthesisSettings& resolved, const AudioFormat& format,
                       std::string_view text);

class PhraseCache {
 public:
  struct Stats {
    std::uint64_t phrases = 0, bytes = 0;             // now
    std::uint64_t hits = 0, misses = 0, evicted = 0;  // since the process began
  };

  explicit PhraseCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}
  static PhraseCache& shared();  // 16 MiB: some 17 minutes of G.711

  // Null when it is not there.
  std::shared_ptr<const Audio> find(const std::string& key);
  // Audio of more than a quarter of the whole is not kept.
  void put(const std::string& key, std::shared_ptr<const Audio> audio);
  // Of the phrases that were asked for ahead of their use, whether they are here still or not.
  void note_prepared(const std::string& key);
  bool is_prepared(const std::string& key);
  // True once for each phrase that is kept: whoever asks first may write it to a file.
  bool claim_writing(const std::string& key);
  Stats stats();
  void clear();

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Audio> audio;
    bool written = false;
  };
  struct State {
    std::list<Entry> entries;  // the one used last is in front
    std::map<std::string, std::list<Entry>::iterator> by_key;
    std::set<std::string> prepared;
    Stats stats;
  };

  const std::size_t most_bytes_;
  Locked<State> state_;
};

}  // namespace centralita

// Sentences that have been spoken before: greetings and apologies are the same in every call, and a
// hundred calls at once would otherwise wait for a hundred runs of the engine. Any thread.
#pragma once

#include "plugins/base/locked.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace centralita::sandbox {

class SentenceCache {
 public:
  using Samples = std::shared_ptr<const std::vector<std::int16_t>>;

  Samples find(const std::string& key);
  // What is kept never exceeds kLimit samples: beyond, the cache begins anew.
  void keep(const std::string& key, std::vector<std::int16_t> samples);

 private:
  static constexpr std::size_t kLimit = 16'000'000;  // 32 MB
  struct State {
    std::map<std::string, Samples> sentences;
    std::size_t samples = 0;
  };
  Locked<State> state_;
};

}  // namespace centralita::sandbox

#include "server/sandbox/sentence_cache.h"

namespace centralita::sandbox {

SentenceCache::Samples SentenceCache::find(const std::string& key) {
  const auto state = state_.lock();
  const auto found = state->sentences.find(key);
  return found == state->sentences.end() ? nullptr : found->second;
}

void SentenceCache::keep(const std::string& key, std::vector<std::int16_t> samples) {
  const auto state = state_.lock();
  if (state->samples + samples.size() > kLimit)
    *state = {};
  state->samples += samples.size();
  state->sentences[key] = std::make_shared<const std::vector<std::int16_t>>(std::move(samples));
}

}  // namespace centralita::sandbox

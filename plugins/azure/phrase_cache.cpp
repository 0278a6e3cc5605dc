#include "plugins/azure/phrase_cache.h"

namespace centralita {

std::string phrase_key(const SynthesisSettings& resolved, const AudioFormat& format,
                       std::string_view text) {
  const auto all = std::string(format.header) + "\n" + resolved.provider.base_url + "\n" +
                   spoken_ssml(resolved, text);
  const OwnedString sum(g_compute_checksum_for_string(G_CHECKSUM_SHA256, all.data(),
                                                      static_cast<gssize>(all.size())));
  return sum.get();
}

PhraseCache& PhraseCache::shared() {
  static auto* const cache = new PhraseCache(16 * 1024 * 1024);  // as long as the process
  return *cache;
}

std::shared_ptr<const Audio> PhraseCache::find(const std::string& key) {
  const auto state = state_.lock();
  const auto found = state->by_key.find(key);
  if (found == state->by_key.end()) {
    ++state->stats.misses;
    return nullptr;
  }
  ++state->stats.hits;
  state->entries.splice(state->entries.begin(), state->entries, found->second);
  return found->second->audio;
}

void PhraseCache::put(const std::string& key, std::shared_ptr<const Audio> audio) {
  if (audio->empty() || audio->size() > most_bytes_ / 4)
    return;
  const auto state = state_.lock();
  if (const auto known = state->by_key.find(key); known != state->by_key.end()) {
    state->stats.bytes -= known->second->audio->size();
    state->entries.erase(known->second);
    state->by_key.erase(known);
  }
  state->stats.bytes += audio->size();
  state->entries.push_front({key, std::move(audio), false});
  state->by_key[key] = state->entries.begin();
  while (state->stats.bytes > most_bytes_) {
    const auto& oldest = state->entries.back();
    state->stats.bytes -= oldest.audio->size();
    state->by_key.erase(oldest.key);
    state->entries.pop_back();
    ++state->stats.evicted;
  }
  state->stats.phrases = state->entries.size();
}

void PhraseCache::note_prepared(const std::string& key) { state_.lock()->prepared.insert(key); }

bool PhraseCache::is_prepared(const std::string& key) {
  return state_.lock()->prepared.contains(key);
}

bool PhraseCache::claim_writing(const std::string& key) {
  const auto state = state_.lock();
  const auto known = state->by_key.find(key);
  return known != state->by_key.end() && !std::exchange(known->second->written, true);
}

PhraseCache::Stats PhraseCache::stats() { return state_.lock()->stats; }

void PhraseCache::clear() { *state_.lock() = {}; }

}  // namespace centralita

// The audio of a phrase from where it is nearest: memory, the disk, or the service.
//
// By CachePolicy::kPrepared only what was prepared is kept and looked for: nothing that is said in
// a call is. By the others: kept in memory: every phrase of at most kLongestKept bytes, and the
// prepared ones. Kept on disk: those that were prepared, or were needed again while memory had
// them. A sentence that is said once, with a name or an amount in it, is thus never written to a
// file. Only whole audio is kept.
#pragma once

#include "plugins/azure/phrase_disk.h"

namespace centralita {

enum class CachePolicy { kOff, kMemory, kDisk, kPrepared };

struct CacheSettings {
  CachePolicy policy = CachePolicy::kOff;
  PhraseFolder folder;  // kDisk, kPrepared; without a path: in memory alone
};

inline constexpr std::size_t kLongestKept = 160;

enum class AudioOrigin { kService, kMemory, kDisk };
const char* name_of(AudioOrigin origin);  // "service"

struct PhraseHandlers {
  std::function<void(std::span<const std::uint8_t>)> on_audio;  // whole samples
  std::function<void(AudioOrigin)> on_end;
  std::function<void(const ProviderError&)> on_failure;  // instead of on_end
};

struct Phrase {
  SynthesisSettings settings;  // resolved
  const AudioFormat* format;
  CacheSettings cache;
  std::string text;
  bool prepared = false;  // asked for ahead of its use
};

// As Synthesis::start(): on `io`'s thread, nothing is called inside, nor once the Slot is dropped.
Slot start_phrase(const IoContext& io, Phrase phrase, PhraseHandlers handlers);

}  // namespace centralita

// Synthesised phrases kept in a folder, for the next process.
//
// A file a phrase, KEY.phrase: eight bytes "CPHRASE1", the SHA-256 of the audio, the audio. It is
// written beside its place and renamed into it, so that nobody ever sees half of one. What is no
// whole file of ours is removed and counts as not there; other files in the folder are left alone.
// When there are more bytes than the limit, what was used least recently goes (by the files' time
// of change, which a use renews).
//
// load() and store() read and write: for worker threads only. The others do that on GLib's workers.
#pragma once

#include "plugins/azure/phrase_cache.h"
#include "plugins/base/io_context.h"

#include <filesystem>

namespace centralita {

struct PhraseFolder {
  std::string path;
  std::uint64_t most_bytes = 64 * 1024 * 1024;
};

std::shared_ptr<const Audio> load_phrase(const PhraseFolder& folder, const std::string& key);
// The error says what failed: a full disk, a folder that cannot be made.
Result<bool> store_phrase(const PhraseFolder& folder, const std::string& key, const Audio& audio);

// `then` is called on `io`'s thread, later.
void load_phrase_async(const IoContext& io, PhraseFolder folder, std::string key,
                       std::function<void(std::shared_ptr<const Audio>)> then);
// A failure is logged, once for each folder.
void store_phrase_async(PhraseFolder folder, std::string key, std::shared_ptr<const Audio> audio);

}  // namespace centralita

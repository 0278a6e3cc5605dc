// Text to speech offline: English by flite (linked), Spanish by espeak-ng as a program of its own
// (its licence, GPL-3, would become ours if it were linked).
#pragma once

#include "plugins/base/result.h"
#include "server/sandbox/ssml.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace centralita::sandbox {

// Samples as they are made: 16 bit mono at the rate asked for.
using SampleSink = std::function<void(std::span<const std::int16_t>)>;

// Speaks `piece`, its pause before it included. Blocks: for worker threads, any number of them at
// once. Ends early, with success, when `cancelled` is set. The error says which program is missing.
Result<bool> synthesise(const SpeechPiece& piece, int rate, const std::atomic<bool>& cancelled,
                        const SampleSink& sink);

// A text in its sentences, so that the first is heard before the last is made.
std::vector<std::string> sentences_of(std::string_view text);

}  // namespace centralita::sandbox

// Speech to text for one language: pocketsphinx with its English acoustic model and a grammar of
// the phrases of phrases.h. Spanish is recognised with a Spanish dictionary on English phones
// (g2p_es.h).
//
// Every utterance is decoded twice: against the phrases, and against free phone sequences. What no
// phrase fits, the free phones explain much better; the difference is the confidence, and below
// kAcceptedConfidence the answer is empty, so that noise and strange words become no phrase.
//
// One decoder, one thread at a time; about 40 MB each (see tests/server/sandbox/accuracy_main.cpp
// for how its accuracy is measured).
#pragma once

#include "plugins/base/result.h"
#include "server/sandbox/phrases.h"
#include "server/sandbox/wav.h"

#include <memory>
#include <string>
#include <vector>

namespace centralita::sandbox {

struct RecognisedWord {
  std::string word;
  double start = 0;  // seconds
  double end = 0;
};

struct Recognition {
  std::string text;   // as written in the phrase list; empty when rejected
  std::string heard;  // the best phrase even when it was rejected, in spoken words
  std::vector<RecognisedWord> words;
  double confidence =
      0;                // natural log-likelihood ratio a 10 ms frame of the words: 0 is a good fit
  double duration = 0;  // seconds of audio
};

class Recogniser {
 public:
  // `language`: "es" or "en". Takes a fraction of a second. The error names what is missing.
  static Result<std::unique_ptr<Recogniser>> make(const std::string& language);
  ~Recogniser();

  Recognition recognise(const Audio& audio);

 private:
  struct Impl;
  explicit Recogniser(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace centralita::sandbox

// How certain words are to be pronounced, whatever the voice makes of their spelling.
//
//   {"Centralita": "sentralita",            // an alias: read instead of the word
//    "GStreamer": "/ˈdʒiːˌstriːmər/",       // between slashes: its sound, in IPA
//    "IVA": {"alias": "iva"}, "Xalapa": {"ipa": "xaˈlapa"}}
//
// Whole words, in any case; where two entries fit, the longer one counts ("Banco Norte" before
// "Banco"). Immutable: any thread.
#pragma once

#include "plugins/base/ref.h"
#include "plugins/base/result.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

// A piece of what is to be said: as it is written, or with a pronunciation.
struct SpokenPiece {
  std::string text;
  std::string alias;  // said instead of the text
  std::string ipa;    // how the text sounds
};

class Dictionary {
 public:
  // Empty text: a dictionary without words. The error says what is wrong with the JSON.
  static Result<std::shared_ptr<const Dictionary>> parse(std::string_view json);

  // The text in pieces, in order; those that no entry fits are for others to change. `text` is
  // UTF-8.
  std::vector<SpokenPiece> split(std::string_view text) const;

  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string alias, ipa;
  };
  std::map<std::string, Entry> entries_;  // by the word in lower case
  Ref<GRegex> words_;
};

}  // namespace centralita

// What a provider has to choose from (voices, models), asked for when somebody wants to see it, and
// kept for a while. When the provider does not answer, a list that is built in stands for it; that
// one is kept shortly, so that a provider that comes back is noticed. Main thread only.
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/json.h"

#include <functional>
#include <string>
#include <vector>

namespace centralita {

class Catalogue {
 public:
  using Answer = std::function<void(const json::Object&)>;

  struct Source {
    std::string name;      // of the list in the answer: "voices", "models"
    std::string provider;  // "azure", "groq": of whom it is
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;  // with the key
    // Of the provider's answer; empty when it makes no sense.
    std::function<json::Array(const json::Document&)> read;
    std::function<json::Array()> built_in;
  };

  // `source` is asked anew each time the provider is: settings may have changed.
  Catalogue(IoContext io, std::function<Source()> source);

  // {"source": "azure" or "built-in", NAME: [...], "problem": why it is built in or null}; at once
  // or later.
  void ask(Answer answer);

 private:
  void fetch();
  void finish(Source source, const json::Array& list, const std::string& problem);

  const IoContext io_;
  const std::function<Source()> source_;
  json::Object known_;
  Clock::TimePoint good_until_{};
  bool have_ = false;
  std::vector<Answer> waiting_;
  std::string body_;
  int status_ = 0;
  Slot request_;
};

// Azure's voices/list, as {"name", "display", "language", "gender", "styles"}.
Catalogue::Source azure_voices();
// Groq's /models, or any OpenAI-compatible server's, as {"id", "kind", "context_window"}; kind:
// "chat", "speech" (recognition) or "other".
Catalogue::Source groq_models();

}  // namespace centralita

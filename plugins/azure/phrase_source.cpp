#include "plugins/azure/phrase_source.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

// A disk that does not answer in this time is slower than the service.
constexpr auto kDiskPatience = 50ms;

class PhraseSource : public std::enable_shared_from_this<PhraseSource> {
  // A callback that does nothing once this has been stopped.
  template <typename F>
  auto weakly(F function) {
    return [weak = weak_from_this(), function](auto&&... arguments) {
      const auto self = weak.lock();
      if (self && self->handlers_)
        function(*self, std::forward<decltype(arguments)>(arguments)...);
    };
  }

 public:
  PhraseSource(IoContext io, Phrase phrase, PhraseHandlers handlers)
      : io_(std::move(io)),
        phrase_(std::move(phrase)),
        handlers_(std::make_shared<PhraseHandlers>(std::move(handlers))) {}

  void start() {
    const auto policy = phrase_.cache.policy;
    const bool only_prepared = policy == CachePolicy::kPrepared;
    keeps_ = policy != CachePolicy::kOff &&
             (phrase_.prepared || (!only_prepared && phrase_.text.size() <= kLongestKept));
    if (!keeps_ && !only_prepared)
      return ask_service();
    key_ = phrase_key(phrase_.settings, *phrase_.format, phrase_.text);
    if (phrase_.prepared)
      PhraseCache::shared().note_prepared(key_);
    else if (only_prepared && !PhraseCache::shared().is_prepared(key_))
      return ask_service();
    if (const auto audio = PhraseCache::shared().find(key_)) {
      keep_on_disk(audio);
      work_ = io_.after(
          {}, weakly([audio](PhraseSource& self) { self.deliver(*audio, AudioOrigin::kMemory); }));
    } else if (has_disk()) {
      ask_disk();
    } else {
      ask_service();
    }
  }

  void stop() {
    handlers_ = nullptr;
    work_.reset();
  }

 private:
  bool has_disk() const {
    return (phrase_.cache.policy == CachePolicy::kDisk ||
            phrase_.cache.policy == CachePolicy::kPrepared) &&
           !phrase_.cache.folder.path.empty();
  }

  void ask_disk() {
    asking_disk_ = true;
    load_phrase_async(io_, phrase_.cache.folder, key_,
                      weakly([](PhraseSource& self, const std::shared_ptr<const Audio>& audio) {
                        self.disk_answered(audio);
                      }));
    work_ =
        io_.after(kDiskPatience, weakly([](PhraseSource& self) { self.disk_answered(nullptr); }));
  }

  void disk_answered(const std::shared_ptr<const Audio>& audio) {
    if (!std::exchange(asking_disk_, false))
      return;
    if (!audio || audio->size() % static_cast<unsigned>(phrase_.format->sample_bytes) != 0)
      return ask_service();
    PhraseCache::shared().put(key_, audio);
    (void)PhraseCache::shared().claim_writing(key_);  // it comes from there
    deliver(*audio, AudioOrigin::kDisk);
  }

  void deliver(const Audio& audio, AudioOrigin origin) {
    const auto handlers = handlers_;
    handlers->on_audio(audio);
    if (handlers_)
      handlers->on_end(origin);
  }

  void ask_service() {
    work_ = Synthesis::start(
        io_, phrase_.settings, *phrase_.format, phrase_.text,
        {.on_audio = weakly([](PhraseSource& self, std::span<const std::uint8_t> bytes) {
           if (self.keeps_)
             self.recorded_.insert(self.recorded_.end(), bytes.begin(), bytes.end());
           const auto handlers = self.handlers_;
           handlers->on_audio(bytes);
         }),
         .on_end = weakly([](PhraseSource& self) { self.whole(); }),
         .on_failure = weakly([](PhraseSource& self, const ProviderError& error) {
           const auto handlers = self.handlers_;
           handlers->on_failure(error);
         })});
  }

  void whole() {
    if (keeps_) {
      const auto audio = std::make_shared<const Audio>(std::move(recorded_));
      PhraseCache::shared().put(key_, audio);
      if (phrase_.prepared)
        keep_on_disk(audio);
    }
    const auto handlers = handlers_;
    handlers->on_end(AudioOrigin::kService);
  }

  void keep_on_disk(const std::shared_ptr<const Audio>& audio) {
    if (has_disk() && PhraseCache::shared().claim_writing(key_))
      store_phrase_async(phrase_.cache.folder, key_, audio);
  }

  const IoContext io_;
  const Phrase phrase_;
  std::shared_ptr<PhraseHandlers> handlers_;  // a running one is held by whoever runs it
  Slot work_;
  std::string key_;
  Audio recorded_;
  bool keeps_ = false;
  bool asking_disk_ = false;
};

}  // namespace

const char* name_of(AudioOrigin origin) {
  switch (origin) {
    case AudioOrigin::kService:
      return "service";
    case AudioOrigin::kMemory:
      return "memory";
    case AudioOrigin::kDisk:
      return "disk";
  }
  return "";
}

Slot start_phrase(const IoContext& io, Phrase phrase, PhraseHandlers handlers) {
  const auto source = std::make_shared<PhraseSource>(io, std::move(phrase), std::move(handlers));
  source->start();
  return Slot([source] { source->stop(); });
}

}  // namespace centralita

// What azurettssrc does between its pads: numbers the clauses, has them made into audio, and pushes
// that between their events, with messages that tell of it. The element around it moves buffers,
// events and states.
//
// Its IoContext's thread only, unless it says otherwise.
#pragma once

#include "plugins/azure/clause_queue.h"
#include "plugins/azure/tts_settings.h"
#include "plugins/base/src_pusher.h"

#include <map>

namespace centralita {

class Speaker {
 public:
  // All of it outlives the speaker; `settings` is asked at every clause.
  struct Surroundings {
    GstElement* element;
    GstPad* src;
    SrcPusher* pusher;
    std::function<TtsSettings()> settings;
  };
  Speaker(IoContext io, Surroundings surroundings);  // any thread

  // Opens a connection, so that the first clause finds it warm.
  void warm_up();
  // By that voice, whatever the settings say by the time it is requested. Without a tag: the clause
  // after the last one.
  void speak(std::string text, Voice voice, std::optional<ClauseTag> tag);
  // Goes out when everything before it has.
  void pass_on(Ref<GstEvent> event);
  // Has the phrase made and kept, and a message posted (phrase-prepared); nothing is pushed.
  void prepare(std::string text);
  // Forgets all clauses; what comes next is another turn.
  void flush();
  // Nothing is called, pushed or posted any more.
  void close();
  bool closed() const { return queue_->closed(); }

 private:
  ClauseQueue::Handlers handlers();
  ClauseQueue::Plan plan();
  void announce(const AudioFormat* format);
  void push_audio(std::span<const std::uint8_t> bytes, std::chrono::nanoseconds duration);
  void end_clause(ClauseTag tag, const ClauseQueue::Outcome& outcome);
  void prepared(unsigned number, const std::string& text, const char* source);
  void next_turn(std::uint32_t turn) { next_ = {turn, 0}; }

  const IoContext io_;
  const Surroundings around_;
  std::shared_ptr<ClauseQueue> queue_;
  const AudioFormat* format_ = nullptr;  // of the last caps
  ClauseTag next_{1, 0};                 // of a clause that comes without a tag
  std::map<unsigned, Slot> preparing_;
  unsigned last_prepared_ = 0;
};

}  // namespace centralita

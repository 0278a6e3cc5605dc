// Who has the word: takes what the caller says, asks the model, sends its answer on clause by
// clause, and keeps the history true to what was said. The element around it only moves buffers and
// messages.
//
//            respond() ----> [waiting] --next()--> Reply: ask -> text -> clauses -> reply-end
//            say() -------->                          |  ^
//                                          tool calls v  | add_tool_result()
//   interrupt(), cancel(), a failure end a Reply at any point.
//
// There is one Reply at most. What comes while it is under way waits in line; with barge_in a
// caller's words end it and are answered together with the ones before.
//
// A speculation is a Reply to words that may not be all: it is made and sent on like any other, its
// clauses tagged provisional, but neither they nor the caller's words are in the history, and its
// tools are not called, until it is confirmed. Withdrawn, it leaves nothing behind. What is not
// decided holds the line up.
//
// Its IoContext's thread only. The functions of DialogOutput may call back into the conversation:
// after each call the conversation looks whether the Reply it was busy with is still the one.
#pragma once

#include "plugins/base/clause.h"
#include "plugins/dialog/chat_call.h"
#include "plugins/dialog/clause_splitter.h"
#include "plugins/dialog/dialog_settings.h"
#include "plugins/dialog/speech_text.h"

#include <deque>
#include <utility>
#include <vector>

namespace centralita {

struct DialogReply {
  std::uint32_t turn = 0;
  std::string text;
  std::string finish_reason;  // the provider's, or "said" for say()
  ChatUsage usage;            // of all requests of the turn
};

class DialogOutput {
 public:
  virtual ~DialogOutput() = default;
  virtual void started(std::uint32_t turn, bool provisional) = 0;  // the model is asked
  virtual void first_token(std::uint32_t turn, std::chrono::milliseconds latency) = 0;
  virtual void clause(ClauseTag tag, const std::string& text) = 0;
  // The reply says what it waits for: "digits 10" of <expect digits 10>.
  virtual void expects(std::uint32_t, const std::string&) {}
  virtual void tool_call(std::uint32_t turn, const ToolCall& call) = 0;
  virtual void reply_end(std::uint32_t turn) = 0;
  virtual void replied(const DialogReply& reply) = 0;
  virtual void cancelled(std::uint32_t turn) = 0;
  virtual void confirmed(std::uint32_t turn) = 0;
  virtual void withdrawn(std::uint32_t turn) = 0;
  virtual void failed(std::uint32_t turn, const ProviderError& error) = 0;
  virtual void model_retired(const std::string& model, const std::string& replacement) = 0;
  // A variable that the instructions or the first message name and nobody has set; once each.
  virtual void variable_unknown(const std::string& name) = 0;
  virtual void flush() = 0;
};

// What speculation costs and brings, of one conversation.
struct SpeculationCounts {
  std::uint64_t made = 0;       // turns given out by respond_speculatively()
  std::uint64_t confirmed = 0;  // of these
  std::uint64_t wasted = 0;     // requests sent whose answer nobody heard
};

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  // `settings` is asked at the start of every request; `take_turn` gives the next reply's number.
  Conversation(IoContext io, DialogOutput& output, std::function<DialogSettings()> settings,
               std::function<std::uint32_t()> take_turn, ChatHistory history);

  void respond(const std::string& text);
  // `turn` comes from the same take_turn, asked beforehand, so that whoever says something knows
  // its number at once.
  void say(std::uint32_t turn, const std::string& text);
  // The model is warned of, its connection opened, and the first message said.
  void open(std::uint32_t turn, const std::string& first_message);
  // Ends the reply under way, flushes downstream and leaves in the history what was heard of it;
  // without `heard`, what was sent. What the caller said meanwhile is answered.
  void interrupt(const std::optional<std::string>& heard);
  // Ends the reply under way and all that waits; the caller's words stay in the history. What was
  // sent goes on playing, or is flushed.
  void cancel(bool flush);
  // Says `text` in the reply under way while it has nothing else to say: its model has not spoken
  // yet in this round, or its tools are being asked. It is heard as a clause of the reply and is in
  // nobody's history. False: there is no such reply.
  bool interject(const std::string& text);
  // A result that comes after its reply was interrupted takes the place of the mark that says so.
  void add_tool_result(const std::string& id, const std::string& content);

  // Begins a reply to words that may turn out to be only a part of what the caller says, and
  // returns its turn. Takes the place of the speculation before; the same words again are the same
  // turn. While a reply is under way the words are only kept: confirmed, they are answered then.
  // 0: there are no words, or the conversation is over.
  std::uint32_t respond_speculatively(const std::string& text);
  // The words were all: the reply is a reply like any other from here on. respond() with the very
  // same words does it too. False: that turn is no speculation (any more).
  bool confirm(std::uint32_t turn);
  // The words were not all: the reply ends, and what is downstream of it is flushed. So does every
  // other thing that ends a reply.
  bool withdraw(std::uint32_t turn);
  const SpeculationCounts& speculation_counts() const { return counts_; }

  // The caller's last words, which nobody has answered, were not all: they are taken out of the
  // history, or of the line, for the whole that comes. False: they are not the last thing in it.
  bool retract(const std::string& text);

  // The caller began to speak.
  void speech_started();
  // What the caller said has been transcribed, and was perhaps nothing: a question whose answer was
  // interrupted by a noise is answered after all.
  void utterance_over();

  // The caller's last words, or the results of tools, which nobody has answered because that
  // failed, are answered. False: there are none.
  bool answer_again();

  // Calls `drained` when nothing is under way or waits any more; at once when that is so.
  // An empty function takes that back.
  void drain(std::function<void()> drained);

  // Ends everything without a word, for good. The history stays readable.
  void shut_down();

  const ChatHistory& history() const { return history_; }
  // A reply under way belongs to the history that goes: it is cancelled.
  void set_history(ChatHistory history);

 private:
  struct Reply;
  struct Job {
    std::uint32_t turn = 0;
    bool says = false;  // `text` is what the agent says; else what the caller said, or nothing new
    std::string text;
  };
  using ReplyPtr = std::shared_ptr<Reply>;
  struct Speculation {
    std::uint32_t turn = 0;
    std::string text;  // what the caller said
    ReplyPtr reply;    // null: it could not begin, a reply was under way
  };

  bool busy_with(const ReplyPtr& reply) const { return reply_ == reply; }
  // What the caller said is answered, as `turn` when it has one already; with barge_in, instead of
  // the reply under way.
  void answer(std::optional<std::uint32_t> turn, const std::string& text);
  void wait_in_line(std::optional<std::uint32_t> turn, const std::string& text);
  void next();
  void begin(Job job);
  // The id to ask for; a message the first time it is not the configured one.
  std::string choose_model(const std::string& configured);
  // With the variables filled in.
  std::string filled(const std::string& text, const DialogSettings& settings);
  void ask(const ReplyPtr& reply);
  void text_came(const std::string& text);
  std::vector<ChatMessage> messages_for(const Reply& reply, const DialogSettings& settings,
                                        std::string_view instructions) const;
  void answer_over(const ChatOutcome& outcome);
  void act_on(const ReplyPtr& reply, const ChatOutcome& outcome);
  void call_tools(const ReplyPtr& reply, std::vector<ToolCall> calls);
  void tools_timed_out();
  void request_failed(const ChatFailure& failure);
  // The pause before the next try; none: the failure stands.
  std::optional<std::chrono::milliseconds> may_try_again(Reply& reply, const ChatFailure& failure);
  void try_again(const ReplyPtr& reply, const ChatFailure& failure,
                 std::chrono::milliseconds pause);
  void fail(const ReplyPtr& reply, const ProviderError& error);
  void conclude(const ReplyPtr& reply, const std::string& finish_reason);
  // What was heard of `turn`, without what was interjected.
  std::string without_interjections(std::uint32_t turn, std::string heard) const;
  // false: the reply has been ended meanwhile.
  bool speak(const ReplyPtr& reply, const std::string& text, bool final);
  bool send(const ReplyPtr& reply, const std::string& clause);
  // Ends the reply under way, if any, and drops what the agent was still to say.
  void stop(bool flush, const std::function<void()>& cut);

  // Whether `reply` waits to be confirmed.
  bool is_provisional(const ReplyPtr& reply) const {
    return speculation_ && speculation_->reply == reply;
  }
  void begin_speculation();
  void fail_quietly(Reply& reply, const ChatFailure& failure);
  void failed_before(const ReplyPtr& reply);
  // Ends the speculation, if any. With `flush`, downstream too when it has something of it.
  void drop_speculation(bool flush);

  const IoContext io_;
  DialogOutput& output_;
  const std::function<DialogSettings()> settings_;
  const std::function<std::uint32_t()> take_turn_;
  ChatHistory history_;
  ReplyPtr reply_;
  std::deque<Job> waiting_;
  std::optional<Speculation> speculation_;
  SpeculationCounts counts_;
  std::function<void()> drained_;
  std::string warned_model_;
  std::set<std::string> warned_variables_;
  std::uint32_t last_spoken_turn_ = 0;
  std::pair<std::uint32_t, std::vector<std::string>> interjections_;  // of the turn that had some
  bool spoken_since_flush_ = false;
  bool noise_may_have_interrupted_ = false;
  bool over_ = false;
};

}  // namespace centralita

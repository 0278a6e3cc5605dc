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
// Its IoContext's thread only. The functions of DialogOutput may call back into the conversation:
// after each call the conversation looks whether the Reply it was busy with is still the one.
#pragma once

#include "plugins/base/clause.h"
#include "plugins/dialog/chat_call.h"
#include "plugins/dialog/clause_splitter.h"
#include "plugins/dialog/speech_text.h"

#include <deque>

namespace centralita {

struct DialogSettings {
  std::string instructions;
  std::string first_message;
  std::string model = "openai/gpt-oss-120b";
  ProviderSettings provider;
  double temperature = 0.7;
  int max_tokens = 600;
  int context_window = 20;
  std::string tools;
  std::string tool_choice;
  bool barge_in = true;
  std::chrono::milliseconds tool_timeout{10'000};

  ProviderSettings endpoint() const;
};

struct DialogReply {
  std::uint32_t turn = 0;
  std::string text;
  std::string finish_reason;  // the provider's, or "said" for say()
  ChatUsage usage;            // of all requests of the turn
};

class DialogOutput {
 public:
  virtual ~DialogOutput() = default;
  virtual void started(std::uint32_t turn) = 0;  // the model is asked
  virtual void first_token(std::uint32_t turn, std::chrono::milliseconds latency) = 0;
  virtual void clause(ClauseTag tag, const std::string& text) = 0;
  virtual void tool_call(std::uint32_t turn, const ToolCall& call) = 0;
  virtual void reply_end(std::uint32_t turn) = 0;
  virtual void replied(const DialogReply& reply) = 0;
  virtual void cancelled(std::uint32_t turn) = 0;
  virtual void failed(std::uint32_t turn, const ProviderError& error) = 0;
  virtual void model_retired(const std::string& model, const std::string& replacement) = 0;
  virtual void flush() = 0;
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
  void add_tool_result(const std::string& id, const std::string& content);

  // The caller began to speak.
  void speech_started();
  // What the caller said has been transcribed, and was perhaps nothing: a question whose answer was
  // interrupted by a noise is answered after all.
  void utterance_over();

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

  bool busy_with(const ReplyPtr& reply) const { return reply_ == reply; }
  void wait_in_line(const std::string& text);
  void next();
  void begin(Job job);
  // The id to ask for; a message the first time it is not the configured one.
  std::string choose_model(const std::string& configured);
  void ask(const ReplyPtr& reply);
  void text_came(const std::string& text);
  void answer_over(const ChatOutcome& outcome);
  void call_tools(const ReplyPtr& reply, const std::vector<ToolCall>& calls);
  void tools_timed_out();
  void request_failed(const ChatFailure& failure);
  void fail(const ReplyPtr& reply, const ProviderError& error);
  void conclude(const ReplyPtr& reply, const std::string& finish_reason);
  // false: the reply has been ended meanwhile.
  bool speak(const ReplyPtr& reply, const std::string& text, bool final);
  bool send(const ReplyPtr& reply, const std::string& clause);
  // Ends the reply under way, if any, and drops what the agent was still to say.
  void stop(bool flush, const std::function<void()>& cut);

  const IoContext io_;
  DialogOutput& output_;
  const std::function<DialogSettings()> settings_;
  const std::function<std::uint32_t()> take_turn_;
  ChatHistory history_;
  ReplyPtr reply_;
  std::deque<Job> waiting_;
  std::function<void()> drained_;
  std::string warned_model_;
  std::uint32_t last_spoken_turn_ = 0;
  bool spoken_since_flush_ = false;
  bool noise_may_have_interrupted_ = false;
  bool over_ = false;
};

}  // namespace centralita

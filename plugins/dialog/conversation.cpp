#include "plugins/dialog/conversation.h"

#include "plugins/base/retry.h"
#include "plugins/dialog/chat_request.h"
#include "plugins/dialog/model_names.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr char kGroqBaseUrl[] = "https://api.groq.com/openai/v1";
constexpr char kNoAnswer[] = "no answer";
constexpr char kCancelled[] = "cancelled: the caller spoke";

// Requests of one turn. A model that calls tools again and again must come to an answer.
constexpr int kMaxRounds = 8;

}  // namespace

ProviderSettings DialogSettings::endpoint() const { return provider.resolved(kChat, kGroqBaseUrl); }

struct Conversation::Reply {
  explicit Reply(std::uint32_t t) : turn(t) {}

  const std::uint32_t turn;
  Slot request;  // the one under way
  Slot timer;    // the wait before a second try, or for the results of tools

  SpeechText speech;
  ClauseSplitter splitter;
  std::string text;           // all of it
  std::uint32_t clauses = 0;  // sent downstream, of all rounds
  std::optional<Clock::TimePoint> asked;
  bool first_token_seen = false;
  ChatUsage usage;

  int rounds = 0;
  bool round_has_spoken = false;
  Retry retry{};                 // of this round
  bool tool_use_failed = false;  // the second try is made with a cooler head
  std::set<std::string> open_calls;
  bool ending = false;  // all is decided: what comes now waits for the next
};

Conversation::Conversation(IoContext io, DialogOutput& output,
                           std::function<DialogSettings()> settings,
                           std::function<std::uint32_t()> take_turn, ChatHistory history)
    : io_(std::move(io)),
      output_(output),
      settings_(std::move(settings)),
      take_turn_(std::move(take_turn)),
      history_(std::move(history)) {}

// --- What comes in -------------------------------------------------------------------------------

void Conversation::respond(const std::string& text) {
  const auto self = shared_from_this();
  if (over_ || trimmed(text).empty())
    return;
  wait_in_line(text);
  if (reply_ && !reply_->ending && settings_().barge_in)
    stop(reply_->clauses > 0, nullptr);
  next();
}

void Conversation::say(std::uint32_t turn, const std::string& text) {
  const auto self = shared_from_this();
  if (over_)
    return;
  waiting_.push_back({.turn = turn, .says = true, .text = text});
  next();
}

void Conversation::open(std::uint32_t turn, const std::string& first_message) {
  const auto self = shared_from_this();
  const auto settings = settings_();
  (void)choose_model(settings.model);
  const auto endpoint = settings.endpoint();
  if (!over_ && !endpoint.lacks_key(kChat))
    HttpStream::preconnect(io_, chat_url(endpoint));
  if (turn > 0)
    say(turn, first_message);
}

void Conversation::interrupt(const std::optional<std::string>& heard) {
  const auto self = shared_from_this();
  if (over_)
    return;
  // Words that were heard before this reply has sent any are the previous reply's.
  const bool nothing_sent = reply_ && reply_->clauses == 0;
  const bool cuts = heard && last_spoken_turn_ > 0 && !(nothing_sent && trimmed(*heard).empty());
  stop(true, [&] {
    if (cuts)
      history_.cut(last_spoken_turn_, *heard);
  });
  next();
}

void Conversation::cancel(bool flush) {
  const auto self = shared_from_this();
  if (over_)
    return;
  stop(flush, [this] {
    for (const auto& job : waiting_) history_.add_user(job.text);
    waiting_.clear();
  });
  next();
}

void Conversation::set_history(ChatHistory history) {
  if (reply_)
    cancel(false);
  history_ = std::move(history);
}

void Conversation::add_tool_result(const std::string& id, const std::string& content) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  if (!reply || reply->open_calls.erase(id) == 0)
    return;
  history_.add_tool_result(reply->turn, id, content);
  if (!reply->open_calls.empty())
    return;
  reply->timer.reset();
  ask(reply);
}

void Conversation::speech_started() {
  const auto self = shared_from_this();
  if (over_ || !settings_().barge_in || !(reply_ || spoken_since_flush_))
    return;
  noise_may_have_interrupted_ = reply_ && reply_->clauses == 0;
  stop(true, nullptr);
  next();
}

void Conversation::utterance_over() {
  const auto self = shared_from_this();
  const bool unanswered = std::exchange(noise_may_have_interrupted_, false) && !over_ && !reply_ &&
                          waiting_.empty() && history_.ends_with_user();
  if (!unanswered)
    return;
  waiting_.push_back({.turn = take_turn_()});
  next();
}

void Conversation::drain(std::function<void()> drained) {
  const auto self = shared_from_this();
  drained_ = std::move(drained);
  next();
}

void Conversation::shut_down() {
  over_ = true;
  drained_ = nullptr;
  waiting_.clear();
  for (const auto& id : history_.unanswered_calls())
    history_.add_tool_result(reply_ ? reply_->turn : 0, id, kNoAnswer);
  if (const auto reply = std::exchange(reply_, nullptr)) {
    reply->request.reset();
    reply->timer.reset();
  }
}

// --- The line ------------------------------------------------------------------------------------

// What the caller says while nobody can answer becomes one message.
void Conversation::wait_in_line(const std::string& text) {
  if (!waiting_.empty() && !waiting_.back().says)
    waiting_.back().text.append(" ").append(text);
  else
    waiting_.push_back({.turn = take_turn_(), .text = text});
}

void Conversation::next() {
  while (!over_ && !reply_ && !waiting_.empty()) {
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(job));
  }
  if (over_ || reply_ || !drained_)
    return;
  const auto drained = std::exchange(drained_, nullptr);
  drained();
}

void Conversation::begin(Job job) {
  const auto reply = std::make_shared<Reply>(job.turn);
  reply_ = reply;
  if (!job.says) {
    history_.add_user(job.text);
    ask(reply);
    return;
  }
  if (speak(reply, job.text, true))
    conclude(reply, "said");
}

void Conversation::stop(bool flush, const std::function<void()>& cut) {
  const auto reply = std::exchange(reply_, nullptr);
  std::vector<std::uint32_t> dropped;
  if (reply && !reply->ending)
    dropped.push_back(reply->turn);
  for (const auto& job : waiting_)
    if (job.says)
      dropped.push_back(job.turn);
  std::erase_if(waiting_, [](const Job& job) { return job.says; });
  if (reply) {
    reply->request.reset();
    reply->timer.reset();
    for (const auto& id : reply->open_calls) history_.add_tool_result(reply->turn, id, kCancelled);
  }
  if (cut)
    cut();
  // Everything is decided; from here on somebody may call back.
  if (flush) {
    spoken_since_flush_ = false;
    output_.flush();
  } else if (reply && !reply->ending && reply->clauses > 0) {
    output_.reply_end(reply->turn);
  }
  for (const auto turn : dropped) output_.cancelled(turn);
}

// --- Asking the model ----------------------------------------------------------------------------

void Conversation::ask(const ReplyPtr& reply) {
  const auto settings = settings_();
  const auto endpoint = settings.endpoint();
  if (endpoint.lacks_key(kChat))
    return fail(reply, missing_key(kChat));

  const auto model = choose_model(settings.model);
  if (!busy_with(reply))
    return;
  ChatRequest request{
      .model = model,
      .instructions = settings.instructions,
      .messages = history_.window(static_cast<std::size_t>(settings.context_window)),
      .temperature = settings.temperature,
      .max_tokens = settings.max_tokens,
      .tools = settings.tools,
      .tool_choice = settings.tool_choice};
  if (reply->tool_use_failed)
    request.temperature /= 2;
  ++reply->rounds;
  if (reply->rounds >= kMaxRounds)
    request.tool_choice = "none";
  else if (reply->rounds > 1 && request.tool_choice != "none")
    request.tool_choice = "auto";  // the call that was demanded has been made

  reply->speech = {};
  reply->splitter = {};
  reply->round_has_spoken = false;
  if (!reply->asked) {
    reply->asked = io_.now();
    output_.started(reply->turn);
    if (!busy_with(reply))
      return;
  }
  reply->request = start_chat(io_, endpoint, to_json(request),
                              {.on_text = [this](const std::string& text) { text_came(text); },
                               .on_done = [this](const ChatOutcome& o) { answer_over(o); },
                               .on_failure = [this](const ChatFailure& f) { request_failed(f); }});
}

std::string Conversation::choose_model(const std::string& configured) {
  const auto successor = successor_of(configured);
  if (successor && std::exchange(warned_model_, configured) != configured)
    output_.model_retired(configured, *successor);
  return successor.value_or(configured);
}

void Conversation::text_came(const std::string& text) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  if (!std::exchange(reply->first_token_seen, true)) {
    output_.first_token(reply->turn, std::chrono::duration_cast<std::chrono::milliseconds>(
                                         io_.now() - *reply->asked));
    if (!busy_with(reply))
      return;
  }
  (void)speak(reply, text, false);
}

void Conversation::answer_over(const ChatOutcome& outcome) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  reply->usage.prompt_tokens += outcome.usage.prompt_tokens;
  reply->usage.completion_tokens += outcome.usage.completion_tokens;
  if (!speak(reply, {}, true))
    return;
  reply->retry = Retry();
  reply->tool_use_failed = false;
  if (outcome.tool_calls.empty())
    conclude(reply, outcome.finish_reason);
  else
    call_tools(reply, outcome.tool_calls);
}

void Conversation::call_tools(const ReplyPtr& reply, const std::vector<ToolCall>& calls) {
  history_.add_tool_calls(reply->turn, calls);
  for (const auto& call : calls) reply->open_calls.insert(call.id);
  reply->timer = io_.after(settings_().tool_timeout, [this] { tools_timed_out(); });
  for (const auto& call : calls) {
    output_.tool_call(reply->turn, call);
    if (!busy_with(reply))
      return;
  }
}

void Conversation::tools_timed_out() {
  const auto self = shared_from_this();
  const auto late = reply_->open_calls;
  for (const auto& id : late) add_tool_result(id, kNoAnswer);
}

void Conversation::request_failed(const ChatFailure& failure) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  const auto& error = failure.error;
  const auto pause =
      reply->round_has_spoken
          ? std::nullopt
          : reply->retry.next(failure.tool_use_failed || error.retriable(), error.retry_after);
  if (!pause)
    return fail(reply, error);
  reply->tool_use_failed = failure.tool_use_failed;
  --reply->rounds;
  reply->timer = io_.after(*pause, [this] {
    const auto conversation = shared_from_this();
    ask(ReplyPtr(reply_));
  });
}

void Conversation::fail(const ReplyPtr& reply, const ProviderError& error) {
  reply->ending = true;
  reply->request.reset();
  if (reply->clauses > 0)
    output_.reply_end(reply->turn);
  output_.failed(reply->turn, error);
  if (!busy_with(reply))
    return;
  reply_.reset();
  next();
}

void Conversation::conclude(const ReplyPtr& reply, const std::string& finish_reason) {
  reply->ending = true;
  reply->request.reset();
  output_.reply_end(reply->turn);
  output_.replied({reply->turn, std::string(trimmed(reply->text)), finish_reason, reply->usage});
  if (!busy_with(reply))
    return;
  reply_.reset();
  next();
}

// --- Speaking ------------------------------------------------------------------------------------

bool Conversation::speak(const ReplyPtr& reply, const std::string& text, bool final) {
  auto clauses = reply->splitter.push(reply->speech.push(text));
  const auto add = [&clauses](std::vector<std::string> more) {
    std::move(more.begin(), more.end(), std::back_inserter(clauses));
  };
  if (final) {
    add(reply->splitter.push(reply->speech.finish()));
    add(reply->splitter.finish());
  }
  for (const auto& clause : clauses)
    if (!send(reply, clause))
      return false;
  return true;
}

bool Conversation::send(const ReplyPtr& reply, const std::string& clause) {
  // What the agent says before and after a tool call are two messages and one text.
  if (!reply->round_has_spoken && !reply->text.empty() && !trimmed(clause).empty() &&
      kBlank.find(clause.front()) == std::string_view::npos)
    reply->text += ' ';
  reply->text += clause;
  history_.append_assistant(reply->turn, clause);
  const std::string words(trimmed(clause));
  if (!speakable(words))
    return true;
  reply->round_has_spoken = true;
  spoken_since_flush_ = true;
  last_spoken_turn_ = reply->turn;
  output_.clause({.turn = reply->turn, .clause = reply->clauses++}, words);
  return busy_with(reply);
}

}  // namespace centralita

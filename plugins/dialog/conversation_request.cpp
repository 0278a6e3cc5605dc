// Conversation: asking the model, and what becomes of its answer.
#include "plugins/dialog/chat_request.h"
#include "plugins/dialog/model_names.h"
#include "plugins/dialog/reply.h"
#include "plugins/dialog/token_estimate.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>
#include <iterator>

namespace centralita {
namespace {

// Requests of one turn. A model that calls tools again and again must come to an answer.
constexpr int kMaxRounds = 8;

}  // namespace

void Conversation::ask(const ReplyPtr& reply) {
  const auto settings = settings_();
  auto endpoint = settings.endpoint();
  const auto choice = reply->on_fallback ? endpoint.fallback_choice : std::string();
  if (reply->on_fallback)
    endpoint = endpoint.fallback();
  if (endpoint.lacks_key(kChat))
    return fail(reply, missing_key(kChat));

  const auto model = choose_model(choice.empty() ? settings.model : choice);
  if (!busy_with(reply))
    return;
  ChatRequest request{.model = model,
                      .instructions = filled(settings.instructions, settings),
                      .temperature = settings.temperature,
                      .max_tokens = settings.max_tokens,
                      .tools = settings.tools,
                      .tool_choice = settings.tool_choice,
                      .dialect = dialect_of(chat_url(endpoint), model)};
  if (!busy_with(reply))
    return;
  request.messages = messages_for(*reply, settings, request.instructions);
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
    output_.started(reply->turn, is_provisional(reply));
    if (!busy_with(reply))
      return;
  }
  reply->url = chat_url(endpoint);
  reply->model = model;
  ++reply->requests;
  reply->request = start_chat(io_, endpoint, to_json(request),
                              {.on_text = [this](const std::string& text) { text_came(text); },
                               .on_done = [this](const ChatOutcome& o) { answer_over(o); },
                               .on_failure = [this](const ChatFailure& f) { request_failed(f); }});
}

std::vector<ChatMessage> Conversation::messages_for(const Reply& reply,
                                                    const DialogSettings& settings,
                                                    std::string_view instructions) const {
  const auto count = static_cast<std::size_t>(settings.context_window);
  auto tokens = ChatHistory::kAnyNumber;
  if (settings.context_tokens > 0) {
    const auto all = static_cast<std::size_t>(settings.context_tokens);
    tokens = all - std::min(all, estimate_tokens(instructions) + estimate_tokens(settings.tools));
  }
  if (!speculation_ || speculation_->reply.get() != &reply)
    return history_.window(count, tokens);
  auto history = history_;
  history.add_user(speculation_->text);
  return history.window(count, tokens);
}

std::string Conversation::filled(const std::string& text, const DialogSettings& settings) {
  auto result = fill_variables(text, settings.values);
  for (const auto& name : result.unknown)
    if (warned_variables_.insert(name).second)
      output_.variable_unknown(name);
  return std::move(result.text);
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
  if (!is_provisional(reply))
    return act_on(reply, outcome);
  reply->request.reset();
  reply->outcome = outcome;
  if (outcome.tool_calls.empty()) {
    reply->end_sent = true;
    output_.reply_end(reply->turn);
  }
}

void Conversation::act_on(const ReplyPtr& reply, const ChatOutcome& outcome) {
  if (outcome.tool_calls.empty())
    conclude(reply, outcome.finish_reason);
  else
    call_tools(reply, outcome.tool_calls);
}

void Conversation::call_tools(const ReplyPtr& reply, std::vector<ToolCall> calls) {
  // Some servers give no ids, or the same ones in every round: a result must find its own call.
  std::set<std::string> ids;
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (auto& id = calls[i].id; id.empty() || history_.has_call(id) || !ids.insert(id).second) {
      id = "call_" + std::to_string(reply->turn) + "_" + std::to_string(reply->rounds) + "_" +
           std::to_string(i);
      ids.insert(id);
    }
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
  const auto reply = reply_;
  reply->open_calls.clear();
  history_.close_calls(reply->turn, ChatHistory::kNoAnswer);
  ask(reply);
}

void Conversation::request_failed(const ChatFailure& failure) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  reply->request.reset();
  if (const auto pause = may_try_again(*reply, failure))
    try_again(reply, failure, *pause);
  else if (is_provisional(reply))
    fail_quietly(*reply, failure);
  else
    fail(reply, failure.error);
}

// What has been said is not said again.
std::optional<std::chrono::milliseconds> Conversation::may_try_again(Reply& reply,
                                                                     const ChatFailure& failure) {
  const auto& error = failure.error;
  if (reply.round_has_spoken)
    return std::nullopt;
  if (!failure.tool_use_failed &&
      learn_dialect(reply.url, reply.model, error.http_status, failure.refusal))
    return std::chrono::milliseconds::zero();  // once for each thing learned: not a failure
  // Whatever it was: another service, or another model, may do better.
  if (!failure.tool_use_failed && !reply.on_fallback &&
      settings_().endpoint().has_fallback(kChat)) {
    reply.on_fallback = true;
    return std::chrono::milliseconds::zero();
  }
  if (reply.on_fallback && !failure.tool_use_failed)
    return std::nullopt;
  return reply.retry.next(failure.tool_use_failed || error.retriable(), error.retry_after);
}

void Conversation::try_again(const ReplyPtr& reply, const ChatFailure& failure,
                             std::chrono::milliseconds pause) {
  reply->tool_use_failed = failure.tool_use_failed;
  --reply->rounds;
  reply->timer = io_.after(pause, [this] {
    const auto conversation = shared_from_this();
    ask(ReplyPtr(reply_));
  });
}

void Conversation::fail(const ReplyPtr& reply, const ProviderError& error) {
  if (is_provisional(reply))
    return fail_quietly(*reply, ChatFailure{error});
  reply->ending = true;
  reply->request.reset();
  if (reply->clauses > 0 && !reply->end_sent)
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
  if (!std::exchange(reply->end_sent, true))
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
  if (const auto expected = reply->speech.take_expectation(); !expected.empty())
    output_.expects(reply->turn, expected);
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
  const bool provisional = is_provisional(reply);
  if (!provisional)
    history_.append_assistant(reply->turn, clause);
  const std::string words(trimmed(clause));
  if (!speakable(words))
    return true;
  reply->round_has_spoken = true;
  if (!provisional) {
    spoken_since_flush_ = true;
    last_spoken_turn_ = reply->turn;
  }
  output_.clause({.turn = reply->turn, .clause = reply->clauses++, .provisional = provisional},
                 words);
  return busy_with(reply);
}

}  // namespace centralita

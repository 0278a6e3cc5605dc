#include "plugins/dialog/conversation.h"

#include "plugins/dialog/reply.h"
#include "plugins/dialog/utf8.h"

#include <algorithm>
#include <string_view>

namespace centralita {
namespace {

constexpr char kCancelled[] = "cancelled: the caller spoke";

}  // namespace

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
  if (speculation_ && trimmed(text) == speculation_->text) {
    (void)confirm(speculation_->turn);
    return;
  }
  drop_speculation(true);
  answer(std::nullopt, text);
}

void Conversation::answer(std::optional<std::uint32_t> turn, const std::string& text) {
  wait_in_line(turn, text);
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
    say(turn, filled(first_message, settings));
}

void Conversation::interrupt(const std::optional<std::string>& heard) {
  const auto self = shared_from_this();
  if (over_)
    return;
  // Words that were heard before this reply has sent any are the previous reply's.
  const bool nothing_sent = reply_ && (reply_->clauses == 0 || is_provisional(reply_));
  drop_speculation(false);
  const bool cuts = heard && last_spoken_turn_ > 0 && !(nothing_sent && trimmed(*heard).empty());
  stop(true, [&] {
    if (cuts)
      history_.cut(last_spoken_turn_, without_interjections(last_spoken_turn_, *heard));
  });
  next();
}

bool Conversation::retract(const std::string& text) {
  const std::string words(trimmed(text));
  if (over_ || words.empty())
    return false;
  if (waiting_.empty() || waiting_.back().says)
    return history_.retract_user(words);
  auto& line = waiting_.back().text;
  if (!line.ends_with(words))
    return false;
  line = trimmed(line.substr(0, line.size() - words.size()));
  if (line.empty())
    waiting_.pop_back();
  return true;
}

void Conversation::cancel(bool flush) {
  const auto self = shared_from_this();
  if (over_)
    return;
  drop_speculation(!flush);
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

bool Conversation::interject(const std::string& text) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  const std::string words(trimmed(text));
  if (over_ || !reply || reply->ending || is_provisional(reply) || !speakable(words) ||
      (reply->round_has_spoken && reply->open_calls.empty()))
    return false;
  if (interjections_.first != reply->turn)
    interjections_ = {reply->turn, {}};
  interjections_.second.push_back(words);
  spoken_since_flush_ = true;
  last_spoken_turn_ = reply->turn;
  output_.clause({.turn = reply->turn, .clause = reply->clauses++}, words);
  return true;
}

std::string Conversation::without_interjections(std::uint32_t turn, std::string heard) const {
  if (interjections_.first != turn)
    return heard;
  for (const auto& words : interjections_.second) {
    if (const auto at = heard.find(words); at != std::string::npos) {
      heard.erase(at, words.size());
      continue;
    }
    // Cut off in the middle of it: what was heard ends with its beginning.
    for (auto length = std::min(words.size(), heard.size()); length > 0; --length)
      if (heard.ends_with(std::string_view(words).substr(0, length))) {
        heard.resize(heard.size() - length);
        break;
      }
  }
  return heard;
}

void Conversation::add_tool_result(const std::string& id, const std::string& content) {
  const auto self = shared_from_this();
  const auto reply = reply_;
  if (!reply || reply->open_calls.erase(id) == 0) {
    history_.complete_tool_result(id, content);
    return;
  }
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
  drop_speculation(false);
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

bool Conversation::answer_again() {
  const auto self = shared_from_this();
  if (over_)
    return false;
  if (reply_ || !waiting_.empty())
    return true;  // it is about to be
  const auto& messages = history_.messages();
  if (messages.empty() || (messages.back().role != ChatMessage::Role::kUser &&
                           messages.back().role != ChatMessage::Role::kTool))
    return false;
  waiting_.push_back({.turn = take_turn_()});
  next();
  return true;
}

void Conversation::drain(std::function<void()> drained) {
  const auto self = shared_from_this();
  drained_ = std::move(drained);
  if (drained_)  // nothing more comes that could confirm it
    drop_speculation(true);
  next();
}

void Conversation::shut_down() {
  over_ = true;
  drained_ = nullptr;
  waiting_.clear();
  speculation_.reset();
  history_.close_calls(reply_ ? reply_->turn : 0, ChatHistory::kNoAnswer);
  if (const auto reply = std::exchange(reply_, nullptr)) {
    reply->request.reset();
    reply->timer.reset();
  }
}

// --- The line ------------------------------------------------------------------------------------

// What the caller says while nobody can answer becomes one message.
void Conversation::wait_in_line(std::optional<std::uint32_t> turn, const std::string& text) {
  if (!waiting_.empty() && !waiting_.back().says) {
    waiting_.back().turn = turn.value_or(waiting_.back().turn);
    waiting_.back().text.append(" ").append(text);
  } else {
    waiting_.push_back({.turn = turn ? *turn : take_turn_(), .text = text});
  }
}

void Conversation::next() {
  while (!over_ && !reply_ && !waiting_.empty()) {
    auto job = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(job));
  }
  if (!over_ && !reply_ && speculation_ && !speculation_->reply)
    begin_speculation();
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
    history_.close_calls(reply->turn, kCancelled);
  }
  if (cut)
    cut();
  // Everything is decided; from here on somebody may call back.
  if (flush) {
    spoken_since_flush_ = false;
    output_.flush();
  } else if (reply && !reply->ending && reply->clauses > 0 && !reply->end_sent) {
    output_.reply_end(reply->turn);
  }
  for (const auto turn : dropped) output_.cancelled(turn);
}

}  // namespace centralita

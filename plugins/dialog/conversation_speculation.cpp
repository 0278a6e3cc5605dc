// Conversation: replies that are begun before it is sure that the caller has finished.
#include "plugins/dialog/reply.h"
#include "plugins/dialog/utf8.h"

namespace centralita {

std::uint32_t Conversation::respond_speculatively(const std::string& text) {
  const auto self = shared_from_this();
  const std::string words(trimmed(text));
  if (over_ || words.empty())
    return 0;
  if (speculation_ && speculation_->text == words)
    return speculation_->turn;
  drop_speculation(true);
  ++counts_.made;
  const auto turn = take_turn_();
  speculation_ = Speculation{.turn = turn, .text = words};
  next();  // which begins it when nothing else is under way
  return turn;
}

void Conversation::begin_speculation() {
  const auto reply = std::make_shared<Reply>(speculation_->turn);
  speculation_->reply = reply_ = reply;
  ask(reply);
}

bool Conversation::confirm(std::uint32_t turn) {
  const auto self = shared_from_this();
  if (over_ || !speculation_ || speculation_->turn != turn)
    return false;
  const auto speculation = *std::exchange(speculation_, std::nullopt);
  const auto& reply = speculation.reply;
  ++counts_.confirmed;
  if (!reply) {
    output_.confirmed(turn);
    answer(turn, speculation.text);
    return true;
  }
  history_.add_user(speculation.text);
  history_.append_assistant(turn, reply->text);
  if (reply->clauses > 0) {
    spoken_since_flush_ = true;
    last_spoken_turn_ = turn;
  }
  output_.confirmed(turn);
  if (!busy_with(reply))
    return true;
  if (reply->outcome)
    act_on(reply, *reply->outcome);
  else if (reply->failure)
    failed_before(reply);
  return true;
}

void Conversation::fail_quietly(Reply& reply, const ChatFailure& failure) {
  reply.failure = failure;
  if (reply.clauses == 0)
    counts_.wasted += std::exchange(reply.requests, 0);
}

// A speculation that failed has cost nobody anything yet: it has all its tries again, and at once.
void Conversation::failed_before(const ReplyPtr& reply) {
  const auto failure = *std::exchange(reply->failure, std::nullopt);
  reply->retry = Retry();
  if (!may_try_again(*reply, failure))
    return fail(reply, failure.error);
  try_again(reply, failure, std::chrono::milliseconds::zero());
}

bool Conversation::withdraw(std::uint32_t turn) {
  const auto self = shared_from_this();
  if (over_ || !speculation_ || speculation_->turn != turn)
    return false;
  drop_speculation(true);
  next();
  return true;
}

void Conversation::drop_speculation(bool flush) {
  if (!speculation_)
    return;
  const auto speculation = *std::exchange(speculation_, std::nullopt);
  bool sent = false;
  if (const auto& reply = speculation.reply) {
    counts_.wasted += reply->requests;
    sent = reply->clauses > 0 || reply->end_sent;
    reply->request.reset();
    reply->timer.reset();
    reply_.reset();
  }
  // Everything is decided; from here on somebody may call back.
  if (flush && sent) {
    spoken_since_flush_ = false;
    output_.flush();
  }
  output_.withdrawn(speculation.turn);
}

}  // namespace centralita

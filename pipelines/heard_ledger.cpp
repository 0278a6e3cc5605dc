#include "pipelines/heard_ledger.h"

#include <glib.h>

#include <algorithm>

namespace centralita {
namespace {

void append(std::string& text, const std::string& more) {
  if (more.empty())
    return;
  if (!text.empty() && text.back() != ' ')
    text += ' ';
  text += more;
}

}  // namespace

void HeardLedger::begin_reply(std::uint32_t turn) {
  turn_ = turn;
  clauses_.clear();
  sent_ = {};
  frozen_.reset();
}

void HeardLedger::clause_begins(std::uint32_t clause, std::string text) {
  clauses_.push_back({clause, std::move(text), sent_, std::nullopt});
}

void HeardLedger::clause_ends(std::uint32_t clause) {
  for (auto& entry : clauses_)
    if (entry.number == clause)
      entry.ends = sent_;
}

void HeardLedger::frame_sent(Time play_begins, Time length) {
  sent_ += length;
  play_end_ = play_begins + length;
}

void HeardLedger::clause_acknowledged(std::uint32_t clause) {
  if (frozen_)
    return;
  for (auto& entry : clauses_)
    if (entry.number <= clause && entry.ends)
      entry.acknowledged = true;
}

void HeardLedger::clear(Time now) {
  if (!frozen_)
    frozen_ = played(now);
}

HeardLedger::Time HeardLedger::played(Time now) const {
  if (frozen_)
    return *frozen_;
  return sent_ - std::max(play_end_ + kWay - now, Time::zero());
}

std::size_t HeardLedger::credit(const Clause& clause, Time played) const {
  if (clause.acknowledged)
    return clause.text.size();
  const Time part = played - clause.begins;
  if (part <= Time::zero())
    return 0;
  Time whole;
  if (clause.ends) {
    whole = *clause.ends - clause.begins;
    if (part >= whole)
      return clause.text.size();
  } else {
    const auto characters =
        g_utf8_strlen(clause.text.c_str(), static_cast<gssize>(clause.text.size()));
    // There is more to come, or the end would have been told.
    whole = std::max(slowest_character_ * characters, part + slowest_character_);
  }
  const double share = static_cast<double>(part.count()) / static_cast<double>(whole.count());
  return beginning_of(clause.text, std::min(share, 1.0)).size();
}

std::string HeardLedger::sent_text() const {
  std::string text;
  for (const auto& clause : clauses_) append(text, clause.text);
  return text;
}

std::string HeardLedger::heard_text(Time now) const {
  const auto until = played(now);
  std::string text;
  for (const auto& clause : clauses_) {
    const auto heard = credit(clause, until);
    append(text, clause.text.substr(0, heard));
    if (heard < clause.text.size())
      break;
  }
  return text;
}

HeardLedger::Position HeardLedger::heard(Time now) const {
  const auto until = played(now);
  Position position{.turn = turn_};
  for (const auto& clause : clauses_) {
    const auto heard = credit(clause, until);
    if (heard == 0)
      break;
    position = {turn_, clause.number, heard};
    if (heard < clause.text.size())
      break;
  }
  return position;
}

std::string beginning_of(const std::string& text, double share) {
  if (share >= 1.0)
    return text;
  const auto limit =
      static_cast<std::size_t>(static_cast<double>(text.size()) * std::max(share, 0.0));
  const auto edge = text.rfind(' ', limit);
  if (edge == std::string::npos || edge == 0)
    return "";
  return text.substr(0, edge);
}

}  // namespace centralita

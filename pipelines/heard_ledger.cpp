#include "pipelines/heard_ledger.h"

#include <glib.h>

#include <algorithm>

namespace centralita {
namespace {

// The far end begins to play a frame only when it has travelled there.
constexpr HeardLedger::Time kWay = std::chrono::milliseconds(100);
// How fast speech goes, for a clause whose end is not known yet: about 15 characters a second.
constexpr HeardLedger::Time kPerCharacter = std::chrono::milliseconds(65);

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
}

void HeardLedger::clause_begins(std::uint32_t clause, std::string text, Time begins) {
  clauses_.push_back({clause, std::move(text), begins, std::nullopt});
}

void HeardLedger::clause_ends(std::uint32_t clause, Time ends) {
  for (auto& entry : clauses_)
    if (entry.number == clause)
      entry.ends = ends;
}

void HeardLedger::clause_acknowledged(std::uint32_t clause) {
  for (auto& entry : clauses_)
    if (entry.number <= clause)
      entry.acknowledged = true;
}

std::string HeardLedger::sent_text() const {
  std::string text;
  for (const auto& clause : clauses_) append(text, clause.text);
  return text;
}

std::string HeardLedger::heard_text(Time now) const {
  std::string text;
  for (const auto& clause : clauses_) {
    const Time played = now - kWay - clause.begins;
    const Time whole = clause.ends
                           ? *clause.ends - clause.begins
                           : kPerCharacter * g_utf8_strlen(clause.text.c_str(),
                                                           static_cast<gssize>(clause.text.size()));
    if (clause.acknowledged || (clause.ends && played >= whole)) {
      append(text, clause.text);
      continue;
    }
    if (played > Time::zero() && whole > Time::zero())
      append(text,
             beginning_of(clause.text, std::min(1.0, static_cast<double>(played.count()) /
                                                         static_cast<double>(whole.count()))));
    break;
  }
  return text;
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

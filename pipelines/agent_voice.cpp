#include "pipelines/agent_voice.h"

#include "pipelines/wire_voice.h"

#include <algorithm>

namespace centralita {
namespace {

using namespace std::chrono_literals;

// How long after the end of its playing a reply's mark may take to come back.
constexpr auto kMarkGrace = 1500ms;

std::string mark_of_clause(ClauseTag tag) {
  return "turn-" + std::to_string(tag.turn) + "-clause-" + std::to_string(tag.clause);
}
std::string mark_of_reply(std::uint32_t turn) { return "turn-" + std::to_string(turn) + "-end"; }

}  // namespace

AgentVoice::AgentVoice(IoContext io, const Settings& settings, MediaPeer& peer, Handlers handlers)
    : io_(std::move(io)),
      settings_(settings),
      peer_(peer),
      handlers_(std::move(handlers)),
      ledger_(settings.slowest_character) {}

// --- Replies -----------------------------------------------------------------

Reply* AgentVoice::begin(std::uint32_t reply) {
  return reply > dropped_through_ ? &replies_[reply] : nullptr;
}

bool AgentVoice::speaking() const {
  return std::any_of(replies_.begin(), replies_.end(),
                     [](const auto& reply) { return reply.second.begun.has_value(); });
}

Reply* AgentVoice::find(std::uint32_t reply) {
  const auto found = replies_.find(reply);
  return found == replies_.end() ? nullptr : &found->second;
}

void AgentVoice::clause_came(std::uint32_t number, const std::string& text) {
  auto* reply = find(number);
  if (!reply)
    return;
  reply->clause_came(io_.now(), text);
  if (reply->number < 0)
    reply->number = handlers_.take_number();
  peer_.show_clause(reply->number, text);
}

void AgentVoice::adopt(std::uint32_t number, Reply made) {
  auto& reply = replies_[number] = std::move(made);
  if (reply.text.empty())
    return;
  reply.number = handlers_.take_number();
  peer_.show_clause(reply.number, reply.text);
}

// --- What goes out -----------------------------------------------------------

void AgentVoice::on_clause_begins(const ClauseStart& clause, Time) { pending_clause_ = clause; }

void AgentVoice::begin_clause(const ClauseStart& clause) {
  auto& reply = replies_[clause.tag.turn];
  if (!reply.begun) {
    reply.begun = io_.wall();
    reply.begun_at = io_.now();
    ledger_.begin_reply(clause.tag.turn);
    if (!first_sound_)
      first_sound_ = io_.now();
  }
  ledger_.clause_begins(clause.tag.clause, clause.text);
  handlers_.on_speaking();
}

void AgentVoice::on_frame(std::span<const std::uint8_t> frame, Time play_begins) {
  if (stopped_)
    return;
  if (pending_clause_) {
    const auto clause = std::move(*pending_clause_);
    pending_clause_.reset();
    begin_clause(clause);
  }
  const auto samples = frame.size() / settings_.format.bytes_per_sample();
  const Time length(samples * 1'000'000'000 / static_cast<unsigned>(settings_.format.rate));
  ledger_.frame_sent(play_begins, length);
  plays_until_ = play_begins + length;
  peer_.send_audio(frame);
  handlers_.on_sent(frame, play_begins);
  auto* reply = find(ledger_.turn());
  if (reply && !reply->voiced && has_voice(frame, settings_.format)) {
    reply->voice_out(io_.now());
    peer_.show_timings(reply->number, reply->timings);
  }
}

void AgentVoice::on_clause_ends(ClauseTag tag, Time play_ends) {
  if (stopped_)
    return;
  pending_clause_.reset();  // a clause without audio
  ledger_.clause_ends(tag.clause);
  if (auto* reply = find(tag.turn); reply && tag.clause == 0)
    reply->first_clause_played = play_ends;
  peer_.send_mark(mark_of_clause(tag));
}

void AgentVoice::on_reply_ends(std::uint32_t turn, Time play_ends) {
  if (stopped_)
    return;
  peer_.send_mark(mark_of_reply(turn));
  mark_timer_ = io_.timers()->at(play_ends + kMarkGrace, [this, turn] { played(turn); });
}

void AgentVoice::on_cleared(bool far_end_plays) {
  pending_clause_.reset();
  ledger_.clear(io_.now());
  plays_until_ = io_.now();
  if (handlers_.on_cleared)
    handlers_.on_cleared();
  if (far_end_plays && !stopped_)
    peer_.send_clear();
}

// --- What was heard ----------------------------------------------------------

void AgentVoice::mark_played(const std::string& name) {
  for (const auto& [number, reply] : replies_)
    if (name == mark_of_reply(number))
      return played(number);
  unsigned turn = 0, clause = 0;
  if (std::sscanf(name.c_str(), "turn-%u-clause-%u", &turn, &clause) != 2)
    return;
  if (turn == ledger_.turn())
    ledger_.clause_acknowledged(clause);
  if (auto* reply = find(turn); reply && clause == 0)
    reply->first_clause_heard(io_.now());
}

void AgentVoice::played(std::uint32_t number) {
  const auto* reply = find(number);
  if (!reply)
    return;
  mark_timer_.reset();
  end_reply(number, std::string(reply->text), false);
  handlers_.on_played(number);
}

std::optional<std::string> AgentVoice::heard_of_newest() const {
  const auto& [number, reply] = *replies_.rbegin();
  if (reply.text.empty())
    return std::nullopt;
  return ledger_.turn() == number ? ledger_.heard_text(io_.now()) : std::string();
}

bool AgentVoice::all_heard() const {
  if (replies_.empty())
    return true;
  const auto& [number, reply] = *replies_.rbegin();
  return reply.text.empty() ||
         (ledger_.turn() == number && ledger_.heard_text(io_.now()) == reply.text);
}

void AgentVoice::drop_all() { drop(false); }

void AgentVoice::drop(bool call_over) {
  mark_timer_.reset();
  if (replies_.empty())
    return;
  const auto newest = replies_.rbegin()->first;
  const auto heard = ledger_.heard_text(io_.now());
  dropped_through_ = newest;
  while (!replies_.empty()) {
    const auto number = replies_.begin()->first;
    // An older reply has been sent whole: the ledger is already at the newer one.
    const auto all = std::string(replies_.begin()->second.text);
    const bool whole = number < ledger_.turn();
    // Who has heard every word of it and goes has interrupted nobody.
    end_reply(number, whole ? all : heard, !whole && !(call_over && heard == all));
  }
}

void AgentVoice::stop() {
  drop(true);
  stopped_ = true;
}

void AgentVoice::end_reply(std::uint32_t number, const std::string& heard, bool interrupted) {
  auto node = replies_.extract(number);
  auto& reply = node.mapped();
  reply.reckon_queue();
  if (!reply.begun)  // not a sound of it went out: nothing was said
    return;
  handlers_.on_turn({.number = reply.number < 0 ? handlers_.take_number() : reply.number,
                     .role = Role::kAgent,
                     .content = heard,
                     .generated = heard == reply.text ? "" : reply.text,
                     .interrupted = interrupted,
                     .timestamp = *reply.begun,
                     .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
                         io_.now() - reply.begun_at),
                     .timings = reply.timings});
}

}  // namespace centralita

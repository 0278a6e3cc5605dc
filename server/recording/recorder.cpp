#include "server/recording/recorder.h"

#include "pipelines/wire_voice.h"
#include "server/recording/stereo_timeline.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>

namespace centralita::recording {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Both directions for a quarter of a second.
constexpr std::size_t kPieces = 25;

// Telephone rates only differ by two; the value between two samples is their mean.
std::vector<std::int16_t> at_rate(std::vector<std::int16_t> samples, int from, int to) {
  if (from == to)
    return samples;
  std::vector<std::int16_t> more;
  more.reserve(samples.size() * 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int next = i + 1 < samples.size() ? samples[i + 1] : samples[i];
    more.push_back(samples[i]);
    more.push_back(static_cast<std::int16_t>((samples[i] + next) / 2));
  }
  return more;
}

}  // namespace

struct Recorder::Session {
  std::string id;
  WireFormat caller, agent;
  int rate;
  MediaTap::Time zero;
  WallTime wall;
  std::uint64_t lost_blocks = 0;  // the shard's
  // The recorder's thread only.
  std::optional<SegmentWriter> writer;
  std::optional<StereoTimeline> timeline;
  MediaTap::Time newest{0};
  bool opened = false, stopped = false;
  std::uint64_t lost_told = 0;
};

// On the call's shard.
class Recorder::Feed final : public MediaTap {
 public:
  Feed(Recorder& recorder, std::shared_ptr<Session> session)
      : recorder_(recorder), session_(std::move(session)) {}
  ~Feed() override { ended(newest_); }

  void caller_audio(std::span<const std::uint8_t> audio, Time said, Time arrived) override {
    add({Piece::Kind::kCaller, audio.size(), said, arrived}, audio);
    newest_ = std::max(newest_, arrived);
  }
  void agent_audio(std::span<const std::uint8_t> frame, Time play_begins) override {
    add({Piece::Kind::kAgent, frame.size(), play_begins, play_begins}, frame);
  }
  void cleared(Time at) override { add({Piece::Kind::kCleared, 0, at, at}, {}); }
  void ended(Time at) override {
    if (std::exchange(ended_, true))
      return;
    add({Piece::Kind::kEnded, 0, at, at}, {});
    hand_over(true);
  }

 private:
  void add(const Piece& piece, std::span<const std::uint8_t> audio) {
    pieces_.push_back(piece);
    bytes_.insert(bytes_.end(), audio.begin(), audio.end());
    if (pieces_.size() >= kPieces)
      hand_over(false);
  }
  void hand_over(bool must) {
    if (!recorder_.push({session_, std::move(pieces_), std::move(bytes_), nullptr}, must))
      ++session_->lost_blocks;
    pieces_.clear();
    bytes_.clear();
  }

  Recorder& recorder_;
  const std::shared_ptr<Session> session_;
  std::vector<Piece> pieces_;
  std::vector<std::uint8_t> bytes_;
  Time newest_{0};
  bool ended_ = false;
};

Recorder::Recorder(Options options, Handlers handlers)
    : options_(std::move(options)),
      handlers_(std::move(handlers)),
      shelf_(options_.folder),
      thread_([this] { work(); }) {}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::unique_ptr<MediaTap> Recorder::begin(const std::string& session_id, const WireFormat& caller,
                                          const WireFormat& agent, MediaTap::Time zero,
                                          WallTime wall) {
  auto session = std::make_shared<Session>();
  session->id = session_id;
  session->caller = caller;
  session->agent = agent;
  session->rate = std::max(caller.rate, agent.rate);
  session->zero = session->newest = zero;
  session->wall = wall;
  run([this, session] {
    open(*session);
    live_.emplace(session.get(), session);
  });
  return std::make_unique<Feed>(*this, std::move(session));
}

void Recorder::run(std::function<void()> work) { push({nullptr, {}, {}, std::move(work)}, true); }

bool Recorder::push(Block block, bool must) {
  {
    const std::lock_guard lock(mutex_);
    if (!must && queued_bytes_ + block.bytes.size() > options_.queue_bytes)
      return false;
    queued_bytes_ += block.bytes.size();
    queue_.push_back(std::move(block));
  }
  changed_.notify_one();
  return true;
}

bool Recorder::flush(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, timeout, [this] { return queue_.empty() && !busy_; });
}

// --- The recorder's thread ---------------------------------------------------

void Recorder::work() {
  shelf_.recover([this](const Stored& stored) {
    spdlog::warn("call {}: its recording was interrupted; {} s of it are kept", stored.session_id,
                 duration_cast<std::chrono::seconds>(stored.duration()).count());
    handlers_.on_note({.session_id = stored.session_id,
                       .state = "interrupted",
                       .bytes = stored.bytes(),
                       .duration = stored.duration(),
                       .error = "The server stopped while it was recording."});
  });
  std::unique_lock lock(mutex_);
  while (true) {
    busy_ = false;
    if (queue_.empty())
      idle_.notify_all();
    changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty())
      break;
    auto block = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= block.bytes.size();
    busy_ = true;
    lock.unlock();
    if (block.work)
      block.work();
    else
      write(block);
    block = {};  // outside of the lock
    lock.lock();
  }
  lock.unlock();
  while (!live_.empty()) {
    const auto session = live_.begin()->second;
    finish(*session);
  }
}

void Recorder::open(Session& session) {
  auto writer = SegmentWriter::create(shelf_, session.id, session.rate, options_.segment);
  if (!writer)
    return stop(session, writer.error());
  session.writer.emplace(std::move(*writer));
  session.timeline.emplace(session.rate, session.zero, [this, &session](auto frames) {
    if (session.stopped)
      return;
    if (const auto written = session.writer->write(frames); !written)
      stop(session, written.error());
  });
  note(session, "recording", "");
}

void Recorder::write(const Block& block) {
  auto& session = *block.session;
  std::size_t at = 0;
  for (const auto& piece : block.pieces) {
    const std::span audio(block.bytes.data() + at, piece.size);
    at += piece.size;
    if (piece.kind == Piece::Kind::kEnded) {
      session.newest = std::max(session.newest, piece.at);
      finish(session);
      return;
    }
    if (session.stopped || !session.timeline)
      continue;
    if (piece.kind == Piece::Kind::kCaller) {
      session.newest = std::max(session.newest, piece.arrived);
      session.timeline->caller(
          at_rate(linear(audio, session.caller), session.caller.rate, session.rate), piece.at,
          piece.arrived);
    } else if (piece.kind == Piece::Kind::kAgent) {
      session.timeline->agent(
          at_rate(linear(audio, session.agent), session.agent.rate, session.rate), piece.at);
    } else {
      session.timeline->cleared(piece.at);
    }
  }
}

void Recorder::stop(Session& session, const std::string& error) {
  session.stopped = true;
  spdlog::error("call {}: {}. The call goes on without.", session.id, error);
  if (session.writer)
    (void)session.writer->close();
  note(session, "stopped", error + ".");
  const auto since = duration_cast<milliseconds>(session.newest - session.zero);
  handlers_.on_event({.session_id = session.id,
                      .name = "recording-stopped",
                      .detail = error,
                      .time = session.wall + since,
                      .since_start = since});
}

void Recorder::finish(Session& session) {
  if (session.timeline && !session.stopped) {
    session.timeline->ended(session.newest);
    if (!session.stopped) {
      std::string error;
      if (const auto closed = session.writer->close(); !closed)
        error = closed.error() + ".";
      if (session.lost_blocks > 0)
        error = "The disk was too slow: " + std::to_string(session.lost_blocks) +
                " quarters of a second are silence.";
      note(session, "complete", error);
    }
  }
  live_.erase(&session);
}

void Recorder::note(const Session& session, const char* state, const std::string& error) {
  const auto bytes = session.writer ? session.writer->bytes() : 0;
  handlers_.on_note({.session_id = session.id,
                     .state = state,
                     .bytes = bytes,
                     .duration = milliseconds(bytes / Shelf::kFrame * 1000 / session.rate),
                     .error = error});
}

}  // namespace centralita::recording

// Recordings on a real disk: whole, interrupted, on a full disk, deleted; and as a WAV file.
#include "server/recording/recorder.h"
#include "plugins/law/g711.h"
#include "server/http_range.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>

using namespace centralita;
using namespace centralita::recording;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Kept {
  TemporaryFolder folder;
  std::vector<RecordingNote> notes;
  std::vector<CallEvent> events;
  std::unique_ptr<Recorder> recorder = make();

  std::unique_ptr<Recorder> make(std::size_t queue = 16u << 20) {
    return std::make_unique<Recorder>(
        Recorder::Options{.folder = folder.path(), .segment = 2s, .queue_bytes = queue},
        Recorder::Handlers{.on_note = [this](const auto& note) { notes.push_back(note); },
                           .on_event = [this](const auto& event) { events.push_back(event); }});
  }
  std::vector<std::string> states() const {
    std::vector<std::string> states;
    for (const auto& note : notes) states.push_back(note.state);
    return states;
  }
};

// Five seconds: the caller's byte counts up, the agent speaks from the second second to the third.
void talk(MediaTap& tap, MediaTap::Time from = 0ns, int frames = 250) {
  for (int i = 0; i < frames; ++i) {
    const auto at = from + i * 20ms;
    tap.caller_audio(std::vector<std::uint8_t>(160, static_cast<std::uint8_t>(i)), at, at);
    if (i >= 100 && i < 150)
      tap.agent_audio(std::vector<std::uint8_t>(160, 0x10), at);
  }
}

std::vector<std::uint8_t> wav_of(const Stored& stored) {
  WavView view(stored);
  std::vector<std::uint8_t> all(static_cast<std::size_t>(view.size()));
  EXPECT_EQ(view.read(0, all), all.size());
  return all;
}

std::int16_t sample(const std::vector<std::uint8_t>& wav, std::size_t frame, std::size_t side) {
  std::int16_t value;
  std::memcpy(&value, wav.data() + WavView::kHeader + 4 * frame + 2 * side, 2);
  return value;
}

}  // namespace

TEST(Recorder, ACallIsKeptInSegmentsAndPlaysAsOneFile) {
  Kept kept;
  auto tap = kept.recorder->begin("session-1", {}, {}, 0ns, {});
  talk(*tap);
  tap->ended(5s);
  ASSERT_TRUE(kept.recorder->flush(10s));
  const auto stored = kept.recorder->shelf().find("session-1");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->segments.size(), 3u);
  EXPECT_FALSE(stored->open);
  EXPECT_EQ(stored->duration(), 5s);
  const auto wav = wav_of(*stored);
  ASSERT_EQ(wav.size(), 44u + 5 * 8000 * 4);
  EXPECT_EQ(std::string(wav.begin(), wav.begin() + 4), "RIFF");
  // Bit exact through G.711, on both sides.
  for (std::size_t i = 0; i < 250; ++i)
    ASSERT_EQ(sample(wav, i * 160 + 7, 0),
              g711::decoded<g711::Law::kMu>(static_cast<std::uint8_t>(i)));
  EXPECT_EQ(sample(wav, 15'999, 1), 0);
  EXPECT_EQ(sample(wav, 16'000, 1), g711::decoded<g711::Law::kMu>(0x10));
  EXPECT_EQ(sample(wav, 23'999, 1), g711::decoded<g711::Law::kMu>(0x10));
  EXPECT_EQ(sample(wav, 24'000, 1), 0);
  ASSERT_EQ(kept.states(), (std::vector<std::string>{"recording", "complete"}));
  EXPECT_EQ(kept.notes.back().duration, 5s);
  EXPECT_EQ(kept.notes.back().bytes, 160'000);
}

TEST(Recorder, TwoRatesMeetAtTheHigherOne) {
  Kept kept;
  const WireFormat wide{.encoding = WireFormat::Encoding::kPcm, .rate = 16000};
  auto tap = kept.recorder->begin("wide", {}, wide, 0ns, {});
  for (int i = 0; i < 100; ++i) {
    tap->caller_audio(std::vector<std::uint8_t>(160, 0x10), i * 20ms, i * 20ms);
    tap->agent_audio(std::vector<std::uint8_t>(640, 0x01), i * 20ms);
  }
  tap.reset();  // the call has gone without a word
  ASSERT_TRUE(kept.recorder->flush(10s));
  const auto stored = kept.recorder->shelf().find("wide");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->rate, 16000);
  const auto wav = wav_of(*stored);
  ASSERT_EQ(stored->duration(), 2s);
  EXPECT_EQ(sample(wav, 31'000, 0), g711::decoded<g711::Law::kMu>(0x10));
  EXPECT_EQ(sample(wav, 31'000, 1), 0x0101);
}

TEST(Recorder, AServerThatIsKilledLeavesWhatItHasWrittenAndTheNextOneNotesIt) {
  Kept kept;
  const auto child = fork();
  if (child == 0) {  // a server of its own, that gets no chance
    Recorder other({.folder = kept.folder.path(), .segment = 2s},
                   {.on_note = [](const auto&) {}, .on_event = [](const auto&) {}});
    auto tap = other.begin("killed", {}, {}, 0ns, {});
    talk(*tap);
    other.flush(10s);
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto stored = kept.recorder->shelf().find("killed");
  ASSERT_TRUE(stored);
  EXPECT_TRUE(stored->open);
  EXPECT_GE(stored->duration(), 3s) << "all but the last second and a half";
  kept.recorder = kept.make();
  kept.recorder->flush(10s);
  while (kept.notes.empty()) g_usleep(1000);
  kept.recorder.reset();
  ASSERT_EQ(kept.states(), (std::vector<std::string>{"interrupted"}));
  EXPECT_EQ(kept.notes[0].session_id, "killed");
  EXPECT_EQ(kept.notes[0].duration, stored->duration());
  EXPECT_FALSE(Shelf(kept.folder.path()).find("killed")->open);
}

TEST(Recorder, ARecordingInProgressIsNotTakenForAnInterruptedOne) {
  Kept kept;
  auto tap = kept.recorder->begin("alive", {}, {}, 0ns, {});
  talk(*tap);
  kept.recorder->flush(10s);
  kept.recorder->shelf().recover([](const Stored& stored) { FAIL() << stored.session_id; });
}

TEST(Recorder, AFullDiskStopsTheRecordingWithAnEventAndTheRestOfTheCallIsNothing) {
  Kept kept;
  const auto place = kept.recorder->shelf().place_of("full");
  fs::create_directories(place);
  fs::create_symlink("/dev/full", place + "/000001.s16");  // the second segment has no room
  auto tap = kept.recorder->begin("full", {}, {}, 0ns, {});
  talk(*tap);
  tap->ended(5s);
  ASSERT_TRUE(kept.recorder->flush(10s));
  EXPECT_EQ(kept.states(), (std::vector<std::string>{"recording", "stopped"}));
  EXPECT_EQ(kept.notes.back().duration, 2s);
  EXPECT_EQ(kept.notes.back().error, "the recording cannot go on: the disk is full.");
  ASSERT_EQ(kept.events.size(), 1u);
  EXPECT_EQ(kept.events[0].name, "recording-stopped");
  EXPECT_EQ(kept.events[0].session_id, "full");
}

TEST(Recorder, AFolderThatCannotBeMadeIsSaidSo) {
  Kept kept;
  std::ofstream(kept.folder.path() + "/file") << "x";
  Recorder recorder({.folder = kept.folder.path() + "/file"},
                    {.on_note = [&](const auto& note) { kept.notes.push_back(note); },
                     .on_event = [&](const auto& event) { kept.events.push_back(event); }});
  auto tap = recorder.begin("nowhere", {}, {}, 0ns, {});
  talk(*tap);
  tap->ended(5s);
  ASSERT_TRUE(recorder.flush(10s));
  EXPECT_EQ(kept.states(), (std::vector<std::string>{"stopped"}));
  EXPECT_EQ(kept.events.size(), 1u);
}

TEST(Recorder, ASlowDiskCostsSilenceAndNeverMemory) {
  Kept kept;
  kept.recorder.reset();
  kept.recorder = kept.make(10'000);
  auto tap = kept.recorder->begin("slow", {}, {}, 0ns, {});
  std::mutex disk;
  disk.lock();
  kept.recorder->run([&] { const std::lock_guard wait(disk); });
  talk(*tap);  // 48 000 bytes, of which 10 000 have a place
  disk.unlock();
  tap->ended(5s);
  ASSERT_TRUE(kept.recorder->flush(10s));
  EXPECT_EQ(kept.states().back(), "complete");
  EXPECT_TRUE(kept.notes.back().error.starts_with("The disk was too slow"))
      << kept.notes.back().error;
  EXPECT_EQ(kept.notes.back().duration, 5s);
}

TEST(Shelf, NoIdNamesAPlaceOutside) {
  const Shelf shelf("/srv/recordings");
  for (const char* id : {"../../etc/passwd", "/etc/passwd", "..", "", "a/b", "MZ0123"}) {
    const auto place = fs::path(shelf.place_of(id)).lexically_normal().string();
    EXPECT_TRUE(place.starts_with("/srv/recordings/")) << id << ": " << place;
    EXPECT_EQ(place.size(), std::strlen("/srv/recordings/ab/") + 40);
  }
}

TEST(Shelf, ADeletedRecordingIsGone) {
  Kept kept;
  for (const char* id : {"one", "two"}) {
    auto tap = kept.recorder->begin(id, {}, {}, 0ns, {});
    talk(*tap);
  }
  ASSERT_TRUE(kept.recorder->flush(10s));
  EXPECT_EQ(kept.recorder->shelf().session_ids(0h).size(), 2u);
  EXPECT_TRUE(kept.recorder->shelf().session_ids(24h).empty());
  EXPECT_TRUE(kept.recorder->shelf().remove("one"));
  EXPECT_FALSE(kept.recorder->shelf().remove("one"));
  EXPECT_FALSE(kept.recorder->shelf().find("one"));
  EXPECT_EQ(kept.recorder->shelf().session_ids(0h), std::vector<std::string>{"two"});
}

TEST(HttpRange, WhatIsAskedForIsWhatIsSent) {
  const auto answer = [](const char* header) {
    const auto got = range_of(header, 100);
    if (got.kind == RangeKind::kUnsatisfiable)
      return std::string("416");
    if (got.kind == RangeKind::kWhole)
      return std::string("whole");
    return std::to_string(got.range.first) + "-" + std::to_string(got.range.last);
  };
  EXPECT_EQ(answer(""), "whole");
  EXPECT_EQ(answer("bytes=0-"), "0-99");
  EXPECT_EQ(answer("bytes=10-19"), "10-19");
  EXPECT_EQ(answer("bytes=90-1000"), "90-99");
  EXPECT_EQ(answer("bytes=-30"), "70-99");
  EXPECT_EQ(answer("bytes=-1000"), "0-99");
  EXPECT_EQ(answer("bytes=100-"), "416");
  EXPECT_EQ(answer("bytes=-0"), "416");
  EXPECT_EQ(answer("bytes=20-10"), "whole");
  EXPECT_EQ(answer("bytes=0-1,5-6"), "whole");
  EXPECT_EQ(answer("bytes=a-b"), "whole");
  EXPECT_EQ(answer("lines=0-1"), "whole");
  EXPECT_EQ(answer("bytes=-"), "whole");
  EXPECT_EQ(answer("bytes=99999999999999999999-"), "whole");
}

#include "server/journal/journal.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace centralita::journal {
namespace {

using namespace std::chrono_literals;

constexpr auto kSoon = 60s;  // a limit for what takes milliseconds: reached only in failure

CallStarted started(const std::string& id) { return {.session_id = id}; }
TurnFinished turn(const std::string& id, int number, std::string content = "hola") {
  return {.session_id = id, .number = number, .content = std::move(content)};
}
CallEnded ended(const std::string& id) { return {.session_id = id, .status = "completed"}; }

JournalOptions in(const std::string& folder) {
  return {.folder = folder, .first_retry = 5ms, .longest_retry = 20ms};
}

// "call-started, turn-finished 0"..., of all that the journal offers; they are done then.
std::string take_all(Journal& journal) {
  std::string text;
  for (;;) {
    const auto entries = journal.next(7, std::chrono::steady_clock::now() + 300ms);
    if (entries.empty())
      return text;
    for (const auto& entry : entries) text += (text.empty() ? "" : ", ") + label(entry);
    journal.done(entries);
  }
}

struct JournalTest : ::testing::Test {
  TemporaryFolder folder;
};

TEST_F(JournalTest, WhatWasAddedIsOfferedInItsOrderUntilItIsDone) {
  Journal journal(in(folder.path()));
  journal.add(started("s"));
  journal.add(turn("s", 0));
  ASSERT_TRUE(journal.wait_on_disk(kSoon));
  const auto first = journal.next(1, std::chrono::steady_clock::now() + kSoon);
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(label(first[0]), "call-started of call s");
  EXPECT_EQ(first[0].run, journal.run());
  EXPECT_EQ(take_all(journal), "call-started of call s, turn-finished 0 of call s");
  EXPECT_TRUE(journal.wait_empty(0ms));
}

TEST_F(JournalTest, WhatWasNotDoneIsOfferedByTheNextRun) {
  std::string run;
  {
    Journal journal(in(folder.path()));
    run = journal.run();
    journal.add(started("s"));
    for (int n = 0; n < 3; ++n) journal.add(turn("s", n));
    journal.add(ended("s"));
    ASSERT_TRUE(journal.wait_on_disk(kSoon));
    journal.done(journal.next(2, std::chrono::steady_clock::now() + kSoon));
  }
  Journal journal(in(folder.path()));
  EXPECT_NE(journal.run(), run);
  const auto entries = journal.next(10, std::chrono::steady_clock::now() + kSoon);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].run, run);
  EXPECT_EQ(label(entries[0]), "turn-finished 1 of call s");
  EXPECT_EQ(entries[0].number, 3);
}

TEST_F(JournalTest, CallsThatWereCutOffAreEndedByTheNextRun) {
  {
    Journal journal(in(folder.path()));
    for (const char* id : {"cut", "done"}) journal.add(started(id));
    journal.add(ended("done"));
    ASSERT_TRUE(journal.wait_on_disk(kSoon));
    EXPECT_EQ(journal.open_calls(), std::vector<std::string>{"cut"});
    take_all(journal);
  }
  {
    Journal journal(in(folder.path()));
    const auto entries = journal.next(10, std::chrono::steady_clock::now() + kSoon);
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(label(entries[0]), "call-ended of call cut");
    EXPECT_NE(entries[0].body.find("server-restarted"), std::string::npos);
    EXPECT_EQ(entries[0].run, journal.run());
    journal.done(entries);
  }
  Journal journal(in(folder.path()));
  EXPECT_EQ(take_all(journal), "");  // once
}

// JOURNAL_RECORDS=100000 is the measurement of docs/operation.md.
TEST_F(JournalTest, AFileThatAnOutageHasMadeLargeIsSmallAgainWhenAllOfItHasBeenHandedOn) {
  const auto bytes = [this] {
    std::uintmax_t sum = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
      sum += std::filesystem::file_size(file);
    return sum;
  };
  const char* asked = std::getenv("JOURNAL_RECORDS");
  const int records = asked ? std::atoi(asked) : 6'000;
  auto options = in(folder.path());
  options.memory_limit = static_cast<std::size_t>(records) + 10;
  Journal journal(options);
  journal.add(started("s"));
  ASSERT_TRUE(journal.wait_on_disk(kSoon));
  const auto empty = bytes();
  for (int i = 0; i < records; ++i) journal.add(turn("s", i, std::string(1'000, 'x')));
  journal.add(ended("s"));
  ASSERT_TRUE(journal.wait_on_disk(kSoon));
  const auto large = bytes();
  for (std::vector<Entry> some;
       !(some = journal.next(200, std::chrono::steady_clock::now() + 50ms)).empty();)
    journal.done(some);
  ASSERT_TRUE(journal.wait_empty(kSoon));
  const auto until = std::chrono::steady_clock::now() + kSoon;
  std::chrono::nanoseconds longest{0};
  while (bytes() > empty + (1 << 20) && std::chrono::steady_clock::now() < until) {
    // A call that goes on meanwhile is not held up.
    const auto before = std::chrono::steady_clock::now();
    journal.add(turn("t", 0));
    longest =
        std::max<std::chrono::nanoseconds>(longest, std::chrono::steady_clock::now() - before);
    std::this_thread::yield();
    const auto some = journal.next(1'000, std::chrono::steady_clock::now() + 5ms);
    journal.done(some);
  }
  std::printf(
      "journal: %d records of an outage make %.1f MB of %.1f MB, and %.1f MB when they have gone; "
      "the longest add() meanwhile took %.2f ms\n",
      records, static_cast<double>(large) / 1e6, static_cast<double>(empty) / 1e6,
      static_cast<double>(bytes()) / 1e6,
      std::chrono::duration<double, std::milli>(longest).count());
  EXPECT_LE(bytes(), empty + (1 << 20));
}

TEST_F(JournalTest, WhatWasPutAsideIsCountedOverRestartsAndForgottenWhenTold) {
  {
    Journal journal(in(folder.path()));
    journal.add(started("s"));
    journal.add(turn("s", 0));
    ASSERT_TRUE(journal.wait_on_disk(kSoon));
    const auto entries = journal.next(2, std::chrono::steady_clock::now() + kSoon);
    ASSERT_EQ(entries.size(), 2u);
    for (const auto& entry : entries) journal.put_aside(entry, "too odd");
    journal.done(entries);
    EXPECT_EQ(journal.status().refused, 2u);
  }
  Journal journal(in(folder.path()));
  EXPECT_EQ(journal.status().refused, 2u);
  const auto refused = journal.refused(10);
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0].reason, "too odd");
  journal.forget_refused(refused[0].entry);
  EXPECT_EQ(journal.status().refused, 1u);
  EXPECT_EQ(journal.refused(10).size(), 1u);
}

TEST_F(JournalTest, ASmallTextIsThereAtTheNextStart) {
  Journal(in(folder.path())).keep("agents", "[1]");
  Journal journal(in(folder.path()));
  EXPECT_EQ(journal.kept("agents"), "[1]");
  EXPECT_EQ(journal.kept("nothing"), "");
}

// A child that is killed outright after it has said which turns are on the disk.
TEST_F(JournalTest, AProcessKilledOutrightLosesNothingThatWasOnTheDisk) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Journal journal(in(folder.path()));
    journal.add(started("s"));
    for (int n = 0;; ++n) {
      journal.add(turn("s", n));
      if (!journal.wait_on_disk(kSoon) || write(pipe_ends[1], &n, sizeof n) != sizeof n)
        _exit(1);
    }
  }
  int last = 0;
  for (int i = 0; i < 200; ++i) ASSERT_EQ(read(pipe_ends[0], &last, sizeof last), sizeof last);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[1]);
  while (read(pipe_ends[0], &last, sizeof last) == sizeof last) {
  }
  close(pipe_ends[0]);

  Journal journal(in(folder.path()));
  std::vector<int> seen(static_cast<std::size_t>(last) + 2);
  for (;;) {
    const auto entries = journal.next(1'000, std::chrono::steady_clock::now() + 300ms);
    if (entries.empty())
      break;
    for (const auto& entry : entries)
      if (entry.kind == "turn-finished")
        ++seen.at(static_cast<std::size_t>(*json::parse(entry.body)->object().integer("number")));
    journal.done(entries);
  }
  for (int n = 0; n <= last; ++n) EXPECT_EQ(seen[static_cast<std::size_t>(n)], 1) << "turn " << n;
}

// A limit on the size of files is a disk that is full, for this process alone.
struct FullDisk {
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit limit = before;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before); }
  rlimit before = {};
};

TEST_F(JournalTest, AFullDiskIsToldAndRecordsGoOnThroughTheMemory) {
  Journal journal(in(folder.path()));
  journal.add(started("s"));
  journal.add(turn("s", 0));
  ASSERT_TRUE(journal.wait_on_disk(kSoon));
  {
    const FullDisk full(64 * 1024);
    for (int n = 1; n < 100; ++n) journal.add(turn("s", n, std::string(2'000, 'x')));
    for (int i = 0; i < 3'000 && journal.status().healthy; ++i) usleep(1'000);
    const auto status = journal.status();
    ASSERT_FALSE(status.healthy);
    EXPECT_NE(status.last_error.find(folder.path()), std::string::npos) << status.last_error;
    EXPECT_EQ(status.waiting, 101u);
    EXPECT_GT(status.in_memory, 0u);
    // The database gets all of them meanwhile, in their order.
    std::string expected = "call-started of call s";
    for (int n = 0; n < 100; ++n) expected += ", turn-finished " + std::to_string(n) + " of call s";
    EXPECT_EQ(take_all(journal), expected);
    journal.add(turn("s", 100));
  }
  ASSERT_TRUE(journal.wait_on_disk(kSoon));  // there is room again
  EXPECT_TRUE(journal.status().healthy);
  EXPECT_EQ(take_all(journal), "turn-finished 100 of call s");
}

TEST_F(JournalTest, WhatIsPutAsideWhileTheDiskIsFullWaitsInMemoryAndIsThereAtTheNextStart) {
  {
    Journal journal(in(folder.path()));
    journal.add(started("s"));
    for (int n = 0; n < 3; ++n) journal.add(turn("s", n));
    ASSERT_TRUE(journal.wait_on_disk(kSoon));
    const auto entries = journal.next(4, std::chrono::steady_clock::now() + kSoon);
    ASSERT_EQ(entries.size(), 4u);
    {
      const FullDisk full(1);
      for (const auto& entry : entries) journal.put_aside(entry, "too odd");
      journal.done(entries);
      EXPECT_FALSE(journal.status().healthy);
      EXPECT_EQ(journal.status().refused, 4u);
      ASSERT_EQ(journal.refused(3).size(), 3u);
      EXPECT_EQ(label(journal.refused(3)[0].entry), "turn-finished 2 of call s");
      journal.forget_refused(entries[1]);
      EXPECT_EQ(journal.status().refused, 3u);
      EXPECT_EQ(take_all(journal), "") << "they hold up nothing";
    }
    ASSERT_TRUE(journal.wait_on_disk(kSoon));  // there is room again
  }
  Journal journal(in(folder.path()));
  const auto refused = journal.refused(10);
  ASSERT_EQ(refused.size(), 3u);
  EXPECT_EQ(label(refused[0].entry), "turn-finished 2 of call s");
  EXPECT_EQ(label(refused[2].entry), "call-started of call s");
  EXPECT_EQ(refused[2].reason, "too odd");
}

TEST_F(JournalTest, WhatIsPutAsideWithoutAFolderIsKeptInMemory) {
  Journal journal(in("/proc/nowhere"));
  journal.add(turn("s", 0));
  const auto entries = journal.next(1, std::chrono::steady_clock::now() + kSoon);
  ASSERT_EQ(entries.size(), 1u);
  journal.put_aside(entries[0], "too odd");
  journal.done(entries);
  EXPECT_EQ(journal.status().refused, 1u);
  EXPECT_EQ(journal.refused(10).size(), 1u);
}

TEST_F(JournalTest, MemoryThatIsFullTooGivesUpTheOldestTurns) {
  auto options = in("/proc/nowhere");
  options.memory_limit = 4;
  Journal journal(options);
  EXPECT_FALSE(journal.status().healthy);
  journal.add(started("s"));
  for (int n = 0; n < 4; ++n) journal.add(turn("s", n));
  journal.add(ended("s"));
  EXPECT_EQ(journal.status().dropped, 2u);
  EXPECT_EQ(take_all(journal),
            "call-started of call s, turn-finished 2 of call s, turn-finished 3 of call s, "
            "call-ended of call s");
}

}  // namespace
}  // namespace centralita::journal

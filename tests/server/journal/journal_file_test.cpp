#include "server/journal/journal_file.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace centralita::journal {
namespace {

struct JournalFileTest : ::testing::Test {
  TemporaryFolder folder;
  std::string path = folder.path() + "/0.db";

  static std::vector<Entry> turns(int from, int to) {
    std::vector<Entry> entries;
    for (int n = from; n < to; ++n)
      entries.push_back(
          encode(TurnFinished{.session_id = "s", .number = n, .content = std::string(500, 'x')},
                 "run", n));
    return entries;
  }
  static std::vector<std::int64_t> numbers(JournalFile& file) {
    std::vector<std::int64_t> all;
    const auto entries = file.first(10'000, {});
    EXPECT_TRUE(entries);
    for (const auto& entry : *entries) all.push_back(entry.number);
    return all;
  }
};

TEST_F(JournalFileTest, TwoServersInOneFolderHaveAFileEachAndTheLaterOneTakesOver) {
  auto first = JournalFile::open(folder.path());
  auto second = JournalFile::open(folder.path());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->path(), folder.path() + "/1.db");
  ASSERT_FALSE(second->commit(turns(1, 4), {}));
  { const auto gone = std::move(*second); }
  ASSERT_FALSE(first->commit(turns(7, 8), {}));
  { const auto gone = std::move(*first); }
  auto next = JournalFile::open(folder.path());
  ASSERT_TRUE(next);
  EXPECT_EQ(numbers(*next), (std::vector<std::int64_t>{7, 1, 2, 3}));
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/1.db"));
}

TEST_F(JournalFileTest, AFileThatIsNoneIsPutAside) {
  std::ofstream(path) << std::string(10'000, '?');
  auto file = JournalFile::open(folder.path());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE(file->commit(turns(1, 2), {}));
  int aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    aside += entry.path().string().find(".damaged-") != std::string::npos;
  EXPECT_EQ(aside, 1);
}

TEST_F(JournalFileTest, OfADamagedFileIsSavedWhatCanBeRead) {
  {
    auto file = JournalFile::open(folder.path());
    ASSERT_TRUE(file);
    ASSERT_FALSE(file->commit(turns(0, 400), {}));
  }
  // A page in the middle is overwritten.
  const auto size = std::filesystem::file_size(path);
  ASSERT_GT(size, 200'000u);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
    file << std::string(4096, '\xA5');
  }
  auto file = JournalFile::open(folder.path());
  ASSERT_TRUE(file) << file.error().message;
  const auto saved = numbers(*file);
  EXPECT_GT(saved.size(), 350u);
  EXPECT_LT(saved.size(), 400u);
  EXPECT_TRUE(std::is_sorted(saved.begin(), saved.end()));
}

}  // namespace
}  // namespace centralita::journal

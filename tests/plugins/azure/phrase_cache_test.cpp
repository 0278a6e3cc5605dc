#include "plugins/azure/phrase_disk.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <csignal>
#include <fstream>

using namespace centralita;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const Audio> audio(std::size_t size, std::uint8_t value = 7) {
  return std::make_shared<const Audio>(size, value);
}

std::string key(int n) {
  const OwnedString sum(
      g_compute_checksum_for_string(G_CHECKSUM_SHA256, std::to_string(n).c_str(), -1));
  return sum.get();
}

struct PhraseDisk : ::testing::Test {
  PhraseDisk() {
    const OwnedString made(g_dir_make_tmp("phrases-XXXXXX", nullptr));
    root = made.get();
    folder.path = (root / "made" / "when needed").string();
  }
  ~PhraseDisk() override { fs::remove_all(root); }

  fs::path file(int n) const { return fs::path(folder.path) / (key(n) + ".phrase"); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()));
  }
  void overwrite(int n, const std::string& content) const {
    std::ofstream(file(n), std::ios::binary | std::ios::trunc) << content;
  }
  std::string content(int n) const {
    std::ifstream in(file(n), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path root;
  PhraseFolder folder;
};

}  // namespace

TEST(PhraseCache, GivesBackWhatWasPut) {
  PhraseCache cache(1000);
  EXPECT_EQ(cache.find("a"), nullptr);
  cache.put("a", audio(100));
  ASSERT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(*cache.find("a"), *audio(100));
  EXPECT_EQ(cache.stats().hits, 2u);
  EXPECT_EQ(cache.stats().misses, 1u);
}

TEST(PhraseCache, WhatWasUsedLeastRecentlyGoesFirst) {
  PhraseCache cache(400);
  for (const char* name : {"a", "b", "c", "d"}) cache.put(name, audio(100));
  (void)cache.find("a");
  cache.put("e", audio(100));
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(cache.stats().bytes, 400u);
  EXPECT_EQ(cache.stats().phrases, 4u);
  EXPECT_EQ(cache.stats().evicted, 1u);
}

TEST(PhraseCache, APhraseThatIsPutAgainCountsOnce) {
  PhraseCache cache(1000);
  cache.put("a", audio(100));
  cache.put("a", audio(50));
  EXPECT_EQ(cache.stats().bytes, 50u);
  EXPECT_EQ(cache.find("a")->size(), 50u);
}

TEST(PhraseCache, WhatWouldFillItAndWhatIsEmptyAreNotKept) {
  PhraseCache cache(400);
  cache.put("long", audio(101));
  cache.put("empty", audio(0));
  EXPECT_EQ(cache.stats().phrases, 0u);
}

TEST(PhraseCache, AFileIsWrittenByTheFirstWhoAsks) {
  PhraseCache cache(1000);
  EXPECT_FALSE(cache.claim_writing("a"));
  cache.put("a", audio(10));
  EXPECT_TRUE(cache.claim_writing("a"));
  EXPECT_FALSE(cache.claim_writing("a"));
}

TEST(PhraseKey, IsAnotherForAnotherVoiceFormatAddressOrText) {
  const auto formats = audio_formats();
  SynthesisSettings settings;
  const auto first = phrase_key(settings, formats[0], "Hola");
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(phrase_key(settings, formats[0], "Hola"), first);
  EXPECT_NE(phrase_key(settings, formats[0], "Hola."), first);
  EXPECT_NE(phrase_key(settings, formats[1], "Hola"), first);
  auto other = settings;
  other.voice.rate = 1.1;
  EXPECT_NE(phrase_key(other, formats[0], "Hola"), first);
  other = settings;
  other.provider.base_url = "http://other";
  EXPECT_NE(phrase_key(other, formats[0], "Hola"), first);
  other = settings;
  other.provider.api_key = "secret";  // the same audio
  EXPECT_EQ(phrase_key(other, formats[0], "Hola"), first);
}

TEST_F(PhraseDisk, GivesBackWhatWasStored) {
  EXPECT_EQ(load_phrase(folder, key(1)), nullptr);
  ASSERT_TRUE(store_phrase(folder, key(1), *audio(1000)));
  const auto loaded = load_phrase(folder, key(1));
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(*loaded, *audio(1000));
  EXPECT_EQ(files(), 1u);  // nothing unfinished stays
}

TEST_F(PhraseDisk, AFileThatIsNotWholeOrNotOursIsRemovedAndCountsAsAbsent) {
  ASSERT_TRUE(store_phrase(folder, key(1), *audio(1000)));
  const auto whole = content(1);
  auto changed = whole;
  changed.back() ^= 1;
  for (const auto& bad :
       {std::string(), std::string("x"), whole.substr(0, 40), whole.substr(0, 500), changed,
        "X" + whole.substr(1), whole + "x", std::string(5000, '\0')}) {
    overwrite(1, bad);
    EXPECT_EQ(load_phrase(folder, key(1)), nullptr) << bad.size();
    EXPECT_FALSE(fs::exists(file(1))) << bad.size();
  }
}

TEST_F(PhraseDisk, WhatWasUsedLeastRecentlyGoesAndStrangersStay) {
  ASSERT_TRUE(store_phrase(folder, key(0), *audio(10)));
  std::ofstream(fs::path(folder.path) / "notes.txt") << std::string(100000, 'x');
  fs::remove(file(0));
  folder.most_bytes = 3 * (1000 + 40);
  for (int n = 1; n <= 3; ++n) {
    ASSERT_TRUE(store_phrase(folder, key(n), *audio(1000)));
    fs::last_write_time(file(n), fs::file_time_type::clock::now() - std::chrono::hours(10 - n));
  }
  ASSERT_NE(load_phrase(folder, key(1)), nullptr);  // used now
  ASSERT_TRUE(store_phrase(folder, key(4), *audio(1000)));
  EXPECT_TRUE(fs::exists(file(1)));
  EXPECT_FALSE(fs::exists(file(2)));
  EXPECT_TRUE(fs::exists(file(3)));
  EXPECT_TRUE(fs::exists(file(4)));
  EXPECT_TRUE(fs::exists(fs::path(folder.path) / "notes.txt"));
}

TEST_F(PhraseDisk, WhatAProcessLeftUnfinishedGoesAfterAnHour) {
  ASSERT_TRUE(store_phrase(folder, key(1), *audio(10)));
  const auto old = fs::path(folder.path) / "a.phrase-part",
             recent = fs::path(folder.path) / "b.phrase-part";
  std::ofstream(old) << "x";
  std::ofstream(recent) << "x";
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  ASSERT_TRUE(store_phrase(folder, key(2), *audio(10)));
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(recent));
}

TEST_F(PhraseDisk, AFolderThatCannotBeMadeIsAnErrorThatSaysSo) {
  std::ofstream(root / "file") << "x";
  folder.path = (root / "file" / "folder").string();
  const auto stored = store_phrase(folder, key(1), *audio(10));
  ASSERT_FALSE(stored);
  EXPECT_NE(stored.error().find(folder.path), std::string::npos);
  EXPECT_EQ(load_phrase(folder, key(1)), nullptr);
}

TEST_F(PhraseDisk, AFullDiskLeavesNothingBehind) {
  ASSERT_TRUE(store_phrase(folder, key(1), *audio(10)));
  // As much of a full disk as a process may have to itself: no file may grow beyond a kilobyte.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{1024, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto stored = store_phrase(folder, key(2), *audio(100000));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(stored);
  EXPECT_EQ(files(), 1u);
  EXPECT_NE(load_phrase(folder, key(1)), nullptr);
}

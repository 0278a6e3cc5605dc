// azurettssrc with phrases that it has spoken before.
#include "plugins/azure/phrase_source.h"
#include "tests/plugins/azure/azurettssrc_test_base.h"

using namespace centralita;
using namespace centralita::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

struct AzureTtsSrcCacheTest : AzureTtsSrcTest {
  AzureTtsSrcCacheTest() {
    const OwnedString made(g_dir_make_tmp("phrases-XXXXXX", nullptr));
    folder = made.get();
    PhraseCache::shared().clear();
    cache("memory");
  }
  ~AzureTtsSrcCacheTest() override {
    test.stop();
    fs::remove_all(folder);
  }

  void cache(const char* policy) { gst_util_set_object_arg(G_OBJECT(element()), "cache", policy); }
  void on_disk() {
    cache("disk");
    set("cache-dir", folder.c_str());
  }
  // Says it and waits for its end.
  void say(const char* text) {
    const auto done = test.messages("synthesis-done").size();
    push_text(text);
    until_messages("synthesis-done", done + 1);
  }
  Lines sources() {
    Lines all;
    for (const auto& done : test.messages("synthesis-done"))
      all.push_back(text_of(done.get(), "source"));
    return all;
  }
  gboolean prepare(const char* text) {
    gboolean accepted = FALSE;
    g_signal_emit_by_name(element(), "prepare", text, &accepted);
    return accepted;
  }
  std::size_t files() {
    return static_cast<std::size_t>(
        std::count_if(fs::directory_iterator(folder), fs::directory_iterator(),
                      [](const auto& entry) { return entry.path().extension() == ".phrase"; }));
  }

  std::string folder;
};

}  // namespace

TEST_P(AzureTtsSrcCacheTest, APhraseThatComesAgainComesFromMemoryAndSoundsTheSame) {
  server.answer(speech({audio(3001), audio(999)}));
  start();
  say("Hola.");
  const auto first = audio_out();
  say("Hola.");
  EXPECT_EQ(audio_out(), first);
  EXPECT_EQ(first.size(), 4000u);
  EXPECT_EQ(sources(), (Lines{"service", "memory"}));
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(output(),
            (Lines{"start 1.0 Hola.", "4000", "end 1.0", "start 1.1 Hola.", "4000", "end 1.1"}));
}

TEST_P(AzureTtsSrcCacheTest, AnotherVoiceIsAskedFor) {
  server.otherwise(speech({audio(320)}));
  start();
  say("Hola.");
  set("voice", "es-ES-ElviraNeural");
  say("Hola.");
  EXPECT_EQ(sources(), (Lines{"service", "service"}));
}

TEST_P(AzureTtsSrcCacheTest, SwitchedOffEveryClauseIsAskedFor) {
  cache("off");
  server.otherwise(speech({audio(320)}));
  start();
  say("Hola.");
  say("Hola.");
  EXPECT_EQ(server.requests(), 2u);
  EXPECT_FALSE(prepare("Hola."));
}

TEST_P(AzureTtsSrcCacheTest, WhatWasCutOffIsNotKept) {
  server.answer(speech({audio(321)}, FakeAnswer::End::kCut));
  server.otherwise(speech({audio(640)}));
  start();
  push_text("Hola.");
  until_messages("synthesis-failed", 1);
  say("Hola.");
  EXPECT_EQ(sources(), Lines{"service"});
  EXPECT_EQ(audio_out(), audio(320) + audio(640));
}

TEST_P(AzureTtsSrcCacheTest, ALongTextIsNotKept) {
  const std::string text(kLongestKept + 1, '.');
  server.otherwise(speech({audio(320)}));
  start();
  say(("a" + text).c_str());
  say(("a" + text).c_str());
  EXPECT_EQ(server.requests(), 2u);
}

TEST_P(AzureTtsSrcCacheTest, APreparedPhraseIsHeardWithoutARequest) {
  server.answer(speech({audio(640)}));
  start();
  EXPECT_TRUE(prepare("Bienvenido."));
  until_messages("phrase-prepared", 1);
  const auto message = test.messages("phrase-prepared")[0];
  EXPECT_EQ(text_of(message.get(), "text"), "Bienvenido.");
  EXPECT_EQ(text_of(message.get(), "source"), "service");
  EXPECT_TRUE(output().empty());
  say("Bienvenido.");
  EXPECT_EQ(sources(), Lines{"memory"});
  EXPECT_EQ(server.requests(), 1u);
  EXPECT_EQ(audio_out(), audio(640));
}

TEST_P(AzureTtsSrcCacheTest, APhraseThatCannotBePreparedIsSaid) {
  server.answer({.status = 400});
  start();
  EXPECT_TRUE(prepare("Bienvenido."));
  until_messages("phrase-prepared", 1);
  gboolean success = TRUE;
  gst_structure_get_boolean(test.messages("phrase-prepared")[0].get(), "success", &success);
  EXPECT_FALSE(success);
  EXPECT_EQ(test.provider_errors().size(), 1u);
}

TEST_P(AzureTtsSrcCacheTest, APreparedPhraseIsThereForTheNextProcess) {
  on_disk();
  server.answer(speech({audio(640)}));
  start();
  EXPECT_TRUE(prepare("Bienvenido."));
  test.until("the file", [&] { return files() == 1; });
  PhraseCache::shared().clear();  // as a new process would begin
  say("Bienvenido.");
  EXPECT_EQ(sources(), Lines{"disk"});
  EXPECT_EQ(audio_out(), audio(640));
  EXPECT_EQ(server.requests(), 1u);
}

TEST_P(AzureTtsSrcCacheTest, WhatIsSaidOnceIsInNoFileAndWhatComesAgainIs) {
  on_disk();
  server.otherwise(speech({audio(320)}));
  start();
  say("Su saldo, Ana, es $5.");
  say("Un momento.");
  EXPECT_EQ(files(), 0u);
  say("Un momento.");
  test.until("the file", [&] { return files() == 1; });
}

TEST_P(AzureTtsSrcCacheTest, AFileThatWasDamagedIsAskedForAgain) {
  on_disk();
  server.otherwise(speech({audio(640)}));
  start();
  EXPECT_TRUE(prepare("Bienvenido."));
  test.until("the file", [&] { return files() == 1; });
  for (const auto& entry : fs::directory_iterator(folder)) fs::resize_file(entry.path(), 100);
  PhraseCache::shared().clear();
  say("Bienvenido.");
  EXPECT_EQ(sources(), Lines{"service"});
  EXPECT_EQ(audio_out(), audio(640));
}

TEST_P(AzureTtsSrcCacheTest, AFolderThatCannotBeUsedHoldsNothingUp) {
  on_disk();
  set("cache-dir", "/proc/nothing/here");
  server.otherwise(speech({audio(320)}));
  start();
  say("Hola.");
  say("Hola.");
  EXPECT_EQ(sources(), (Lines{"service", "memory"}));
  EXPECT_TRUE(test.provider_errors().empty());
}

TEST_P(AzureTtsSrcCacheTest, StatisticsSayWhatIsKept) {
  server.otherwise(speech({audio(320)}));
  start();
  say("Hola.");
  say("Hola.");
  GstStructure* read = nullptr;
  g_object_get(element(), "cache-stats", &read, nullptr);
  const OwnedStructure stats(read);
  EXPECT_EQ(number_of(stats.get(), "phrases"), 1u);
  EXPECT_EQ(number_of(stats.get(), "bytes"), 320u);
  EXPECT_EQ(number_of(stats.get(), "hits"), 1u);
  EXPECT_EQ(number_of(stats.get(), "misses"), 1u);
}

TEST_P(AzureTtsSrcCacheTest, ToNullWhileAPhraseIsPreparedNothingComesAfterwards) {
  server.answer(speech({audio(320)}, FakeAnswer::End::kHold));
  start();
  EXPECT_TRUE(prepare("Bienvenido."));
  until_requests(1);
  test.stop();
  test.until("the connection to close", [&] { return server.closed(0); });
  EXPECT_TRUE(test.messages("phrase-prepared").empty());
}

INSTANTIATE_TEST_SUITE_P(Modes, AzureTtsSrcCacheTest,
                         ::testing::Values(IoMode::kInline, IoMode::kTask), [](const auto& info) {
                           return info.param == IoMode::kInline ? "Inline" : "Task";
                         });

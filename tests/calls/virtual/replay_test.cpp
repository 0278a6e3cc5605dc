// A recorded call again: the recording is one of a scenario's call, as the history and the
// recording of a real one would have it.
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/caller/wav_file.h"
#include "server/replay/replay_command.h"
#include "server/replay/sent_audio.h"
#include "server/replay/virtual_call.h"

#include <gst/gst.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace centralita;
using namespace centralita::replay;
namespace fs = std::filesystem;

namespace {

fs::path source_root() { return g_getenv("CENTRALITA_SOURCE_ROOT"); }

struct Replay : ::testing::Test {
  static void SetUpTestSuite() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
    spdlog::set_level(spdlog::level::off);
    g_setenv("CENTRALITA_PIPELINES", (source_root() / "pipelines").c_str(), TRUE);
  }
  Replay() {
    folder_ = fs::temp_directory_path() / ("centralita-replay-" + std::to_string(getpid()));
    fs::create_directories(folder_);
    std::ifstream file(source_root() /
                       "tests/calls/scenarios/pause-longer-than-the-endpoint/script");
    std::ostringstream text;
    text << file.rdbuf();
    scenario_ = *parse_scenario(text.str());
    recorded_ =
        run_virtual_call(scenario_, *read_launch_file(source_root() / "pipelines/twilio.launch"));
  }
  ~Replay() override { fs::remove_all(folder_); }

  // As the call is left: a stereo recording, and what the API says of it.
  void leave() {
    Samples stereo;
    for (const auto sample : recorded_.line) {
      stereo.push_back(sample);
      stereo.push_back(12345);  // the agent's side
    }
    ASSERT_EQ(caller::write_wav(folder_ / "call.wav", stereo, kRate, 2), "");
    std::ofstream(folder_ / "call.json") << to_json(recorded_.record).to_string();
  }
  // Its end and what it prints.
  std::pair<int, std::string> command(std::vector<std::string> more) {
    std::vector<std::string> args = {"replay", folder_ / "call.wav", "--timeline",
                                     folder_ / "call.json"};
    args.insert(args.end(), more.begin(), more.end());
    std::vector<char*> pointers;
    for (auto& arg : args) pointers.push_back(arg.data());
    ::testing::internal::CaptureStdout();
    const int end = replay_main(pointers);
    return {end, ::testing::internal::GetCapturedStdout()};
  }

  fs::path folder_;
  Scenario scenario_;
  VirtualCallResult recorded_;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_F(Replay, OfAnUnchangedCallDecidesTheSameEachTime) {
  leave();
  const auto first = command({}), second = command({});
  EXPECT_EQ(first.first, 0) << first.second;
  EXPECT_EQ(first.second, second.second);
  EXPECT_TRUE(has(first.second, "turn-continues: 1008 ms after its end")) << first.second;
  EXPECT_TRUE(has(first.second, " 0 only recorded, 0 only replayed")) << first.second;
  EXPECT_TRUE(has(first.second, " 0 at another time")) << first.second;
}

TEST_F(Replay, WithAnotherSettingShowsWhatItChanges) {
  leave();
  const auto [end, text] = command({"--set", "silence_timeout_ms=1300", "--differences"});
  EXPECT_EQ(end, 1) << text;
  EXPECT_TRUE(has(text, "        -  turn-continues: 1008 ms after its end")) << text;
  EXPECT_TRUE(has(text, "barge-in: the sound lasts")) << text;
  const auto adaptive = command({"--set", "endpointing=adaptive", "--json"});
  const auto record = read_recorded_call(adaptive.second);
  ASSERT_TRUE(record) << adaptive.second;
  ASSERT_GE(record->turns.size(), 3u);
  EXPECT_EQ(record->turns[1].content, "Quisiera una cita para el martes.");
  EXPECT_GT(*record->turns.back().timings.endpointing, 1100);
}

TEST_F(Replay, IsToldWhatTheAgentIsToldForThatKindOfCall) {
  leave();
  std::ofstream(folder_ / "agent.json")
      << R"({"id": 1, "name": "Victoria", "shared": {"silence_timeout_ms": 700, "first_message":
             "Hola, le habla Victoria. \u00bfEn qu\u00e9 puedo ayudarle?"},
             "profiles": {"twilio": {"silence_timeout_ms": 1300}, "browser": {}}})";
  const auto [end, text] = command({"--agent", folder_ / "agent.json"});
  EXPECT_EQ(end, 1);
  EXPECT_TRUE(has(text, "        -  turn-continues: 1008 ms after its end")) << text;
  EXPECT_TRUE(has(text, "150       150  agent: \"Hola, le habla Victoria.")) << text;
}

TEST_F(Replay, SaysWhatIsWrong) {
  leave();
  const auto error = [&](std::vector<std::string> more) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(command(std::move(more)).first, 2);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_TRUE(has(error({"--set", "nonsense=1"}), "there is no setting \"nonsense\""));
  EXPECT_TRUE(has(error({"--set", "endpointing=never"}), "endpointing"));
  EXPECT_TRUE(has(error({"--stt", "soon"}), "--stt wants milliseconds"));
  EXPECT_TRUE(has(error({"--bogus"}), "--bogus"));
  std::ofstream(folder_ / "call.json") << "{}";
  EXPECT_TRUE(has(error({}), "call.start_time"));
  fs::remove(folder_ / "call.json");
  EXPECT_TRUE(has(error({}), "cannot read"));
}

TEST(RecordedCall, IsReadAsItIsWritten) {
  RecordedCall call{.client_type = "telnyx"};
  call.turns = {{.role = Role::kAgent, .content = "Hola.", .length = milliseconds(900)},
                {.role = Role::kCaller,
                 .content = "Una cita",
                 .begin = milliseconds(1500),
                 .length = milliseconds(800)},
                {.role = Role::kAgent,
                 .content = "Claro",
                 .generated = "Claro, \u00bfpara cu\u00e1ndo?",
                 .interrupted = true,
                 .begin = milliseconds(3000),
                 .length = milliseconds(700),
                 .timings = {.response = 900, .stt = 310, .llm_first_token = 220}}};
  call.events = {{milliseconds(2900), "state", "listening -> processing"}};
  call.tools = {
      {milliseconds(2950), milliseconds(40), "free_slots", R"({"day":"martes"})", "10", true}};
  const auto read = read_recorded_call(to_json(call).to_string());
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(to_json(*read).to_string(), to_json(call).to_string());
  EXPECT_EQ(read->turns[2].begin, milliseconds(3000));
  EXPECT_EQ(read->turns[2].timings.stt, 310);

  const auto scenario = scenario_of(*read, tone(300, 24000, -20), milliseconds(20), {});
  EXPECT_EQ(scenario.agent.first_message, "Hola.");
  EXPECT_EQ(scenario.stt.delay, milliseconds(310));
  EXPECT_EQ(scenario.tts.delay, milliseconds(150)) << "nothing is known of it";
  ASSERT_EQ(scenario.answers.size(), 2u);
  EXPECT_EQ(scenario.answers[0].tool, "free_slots");
  EXPECT_EQ(scenario.answers[1].text, "Claro, \u00bfpara cu\u00e1ndo?");
  EXPECT_EQ(scenario.services.at("free_slots").body, "10");
  ASSERT_EQ(scenario.line_words.size(), 2u);
  EXPECT_EQ(scenario.line_words[1].words, "cita");
  EXPECT_EQ(scenario.line_words[1].begin, milliseconds(2100)) << "the middle of its half";
}

TEST(SentAudio, IsFoundAgainWhereItWasSentAndJoined) {
  Noise noise;
  Samples sent(16'000);
  for (auto& sample : sent) sample = noise.next(-20);
  SentAudio audio;
  audio.add(sent, milliseconds(100));
  Samples joined(sent.begin() + 1600, sent.begin() + 3200);
  joined.insert(joined.end(), 800, 0);
  joined.insert(joined.end(), sent.begin() + 8000, sent.begin() + 9600);
  const auto spans = audio.find(joined);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].begin, milliseconds(300));
  EXPECT_EQ(spans[1].begin, milliseconds(1100));
  EXPECT_EQ(spans[1].end, milliseconds(1300));
  EXPECT_TRUE(audio.find(Samples(1000)).empty());
}

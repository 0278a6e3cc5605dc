// The elements without the server: one gst-launch line turns a recorded question into a spoken
// answer.
#include "tests/calls/stack.h"

#include "server/caller/wav_file.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace centralita;

TEST(Elements, AGstLaunchLineTurnsARecordedQuestionIntoASpokenAnswer) {
  Stack stack;
  const auto answer = std::filesystem::temp_directory_path() / "centralita-answer.wav";
  std::filesystem::remove(answer);
  Program launch({"gst-launch-1.0",
                  "-m",
                  "filesrc",
                  "location=/usr/share/asterisk/sounds/es_MX_f_Allison/queue-thankyou.wav",
                  "!",
                  "wavparse",
                  "!",
                  "audioconvert",
                  "!",
                  "audioresample",
                  "!",
                  "voicevad",
                  "!",
                  "groqsttsink",
                  "language=es",
                  "!",
                  "llmdialog",
                  "instructions=Responde en español.",
                  "!",
                  "azurettssrc",
                  "!",
                  "audio/x-raw,rate=16000",
                  "!",
                  "wavenc",
                  "!",
                  "filesink",
                  "location=" + answer.string()},
                 {{"GROQ_API_KEY", "sandbox"},
                  {"GROQ_BASE_URL", stack.sandbox_url() + "/openai/v1"},
                  {"AZURE_SPEECH_KEY", "sandbox"},
                  {"AZURE_SPEECH_ENDPOINT", stack.sandbox_url()}});
  EXPECT_EQ(launch.wait(), 0) << launch.output();
  EXPECT_NE(launch.output().find("Muchas\\ gracias\\ por\\ su\\ paciencia."), std::string::npos)
      << launch.output();
  const auto samples = caller::read_audio(answer.string(), 16000);
  ASSERT_TRUE(samples) << samples.error();
  EXPECT_GT(samples->size(), 16000u);
  EXPECT_GT(level_dbfs(*samples, 16000, 0, static_cast<double>(samples->size()) / 16.0), -40);
  std::filesystem::remove(answer);
}

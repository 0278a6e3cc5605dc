// Speech recognition over loopback HTTP: recorded human speech (Debian's
// asterisk-core-sounds-*-wav), the sandbox's own voices, and noise.
#include "server/sandbox/phrases.h"
#include "server/sandbox/wav.h"
#include "tests/server/sandbox/client.h"

#include <filesystem>
#include <random>

using namespace centralita;
using namespace centralita::sandbox;

namespace {

struct Prompt {
  const char* file;
  const char* words;
};

std::string noise(double level) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, level);
  std::string bytes;
  for (int i = 0; i < 16000; ++i) {
    const auto sample = static_cast<std::int16_t>(normal(random));
    bytes += static_cast<char>(sample & 0xFF);
    bytes += static_cast<char>(sample >> 8 & 0xFF);
  }
  return wav_header(1, 8000, 16, static_cast<std::uint32_t>(bytes.size())) + bytes;
}

}  // namespace

struct Transcription : SandboxTest {
  std::string words_in(const std::string& wav, const std::string& language) {
    const auto reply = transcribe(wav, language);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return normalised(reply.object().string("text").value_or("no text"));
  }
  void expect_prompts(const std::string& language, const std::string& folder,
                      std::span<const Prompt> prompts) {
    if (!std::filesystem::exists(folder))
      GTEST_SKIP() << "no recorded speech in " << folder;
    for (const auto& [file, words] : prompts)
      EXPECT_EQ(words_in(read_file(folder + "/" + file + ".wav"), language), words) << file;
  }
};

TEST_F(Transcription, HearsEnglishCallers) {
  static constexpr Prompt kPrompts[] = {
      {"auth-thankyou", "thank you"},
      {"queue-thankyou", "thank you for your patience"},
      {"one-moment-please", "one moment please"},
      {"please-try-again", "please try again"},
      {"queue-callswaiting", "waiting to speak with a representative"},
      {"vm-sorry", "i'm sorry i did not understand your response"},
      {"vm-nonumber", "i'm afraid i don't know who sent this message"},
      {"vm-goodbye", "goodbye"},
      {"something-terribly-wrong", "something is terribly wrong"},
      {"vm-nobodyavail", "nobody is available to take your call at the moment"}};
  expect_prompts("en", "/usr/share/asterisk/sounds/en_US_f_Allison", kPrompts);
}

TEST_F(Transcription, HearsSpanishCallers) {
  static constexpr Prompt kPrompts[] = {
      {"vm-sorry", "lo siento no comprendí su respuesta"},
      {"queue-thankyou", "muchas gracias por su paciencia"},
      {"please-try-again", "por favor intente de nuevo"},
      {"vm-dialout", "por favor espere mientras enlazo su llamada"},
      {"vm-tooshort", "su mensaje es muy corto"},
      {"vm-nobodyavail", "en este momento nadie está libre para responder a su llamada"},
      {"vm-msgsaved", "su mensaje ha sido guardado"},
      {"followme/no-recording", "usted tiene una llamada entrante"},
      {"queue-reporthold", "tiempo de espera"}};
  expect_prompts("es", "/usr/share/asterisk/sounds/es_MX_f_Allison", kPrompts);
}

TEST_F(Transcription, HearsItsOwnVoicesOverTheTelephone) {
  const std::pair<const char*, const char*> kSaid[] = {
      {"en-US-GuyNeural", "Good morning."},
      {"en-US-GuyNeural", "I would like to make an appointment."},
      {"en-US-JennyNeural", "What time do you open?"},
      {"es-MX-DaliaNeural", "Quiero una cita para el martes."},
      {"es-MX-DaliaNeural", "¿Cuánto cuesta?"}};
  for (const auto& [voice, text] : kSaid) {
    const auto wav = speak(ssml(voice, text), "riff-8khz-8bit-mono-mulaw").body;
    EXPECT_EQ(words_in(wav, std::string(voice).substr(0, 2)), normalised(text)) << voice;
  }
}

TEST_F(Transcription, NoiseAndSilenceAreNoPhrase) {
  for (const auto* language : {"es", "en"}) {
    EXPECT_EQ(words_in(noise(0), language), "");
    EXPECT_EQ(words_in(noise(30), language), "");
    EXPECT_EQ(words_in(noise(2000), language), "");
  }
}

TEST_F(Transcription, VerboseAnswersHaveSegmentsAndWords) {
  const auto wav =
      speak(ssml("en-US-GuyNeural", "Good morning."), "riff-16khz-16bit-mono-pcm").body;
  const auto reply = transcribe(wav, "en", "verbose_json");
  const auto object = reply.object();
  EXPECT_EQ(object.string("task"), "transcribe");
  EXPECT_EQ(object.string("language"), "English");
  const auto segments = object.objects("segments");
  ASSERT_EQ(segments.size(), 1u) << reply.body;
  EXPECT_LT(segments[0].number("avg_logprob").value(), 0);
  EXPECT_GT(segments[0].number("avg_logprob").value(), -1);
  EXPECT_LT(segments[0].number("no_speech_prob").value(), 0.6);
  EXPECT_LT(segments[0].number("compression_ratio").value(), 2.4);
  EXPECT_GT(segments[0].number("end").value(), segments[0].number("start").value());
  EXPECT_TRUE(object.object("x_groq")->string("id")->starts_with("req_"));
}

TEST_F(Transcription, PlainTextIsTheWordsAlone) {
  const auto wav =
      speak(ssml("en-US-GuyNeural", "Good morning."), "riff-16khz-16bit-mono-pcm").body;
  const auto reply = transcribe(wav, "en", "text");
  EXPECT_EQ(reply.type, "text/plain");
  EXPECT_EQ(reply.body, " Good morning.");
}

TEST_F(Transcription, BadFormsGetAClear400) {
  const RequestHeaders key{{"Authorization", "Bearer test"}};
  const auto not_a_form =
      send("POST", "/openai/v1/audio/transcriptions", key, "application/json", "{}");
  EXPECT_EQ(not_a_form.status, 400);
  EXPECT_NE(not_a_form.object().object("error")->string("message")->find("multipart"),
            std::string::npos);
  const auto no_file = send(
      "POST", "/openai/v1/audio/transcriptions", key, "multipart/form-data; boundary=e",
      "--e\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-large-v3\r\n--e--\r\n");
  EXPECT_EQ(no_file.status, 400);
  EXPECT_EQ(no_file.object().object("error")->string("param"), "file");
  EXPECT_EQ(transcribe("no wav at all", "es").status, 400);
  EXPECT_EQ(transcribe(wav_header(1, 8000, 16, 0), "es").status, 400);
  EXPECT_EQ(transcribe(noise(0), "es", "srt").status, 400);
  EXPECT_EQ(transcribe(noise(0), "xx").status, 400);
}

TEST_F(Transcription, ThePhrasesArePublished) {
  const auto reply = send("GET", "/sandbox/phrases?language=es").object();
  EXPECT_EQ(reply.string("language"), "es");
  EXPECT_GE(reply.array("phrases")->size(), 150u);
  EXPECT_EQ(send("GET", "/sandbox/phrases?language=fr").status, 400);
}

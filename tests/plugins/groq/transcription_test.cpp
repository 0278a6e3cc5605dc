#include "plugins/groq/transcription.h"

#include "plugins/groq/multipart.h"
#include "plugins/groq/wav.h"
#include "plugins/groq/whisper_prompt.h"

#include <gtest/gtest.h>

using namespace centralita;

TEST(Wav, HeaderHasTheTrueSizes) {
  const std::vector<std::int16_t> samples{1, -2, 300};
  const auto file = wav_file(samples, 16000);
  using namespace std::string_literals;
  EXPECT_EQ(file,
            "RIFF\x2A\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"
            "\x80\x3E\0\0\0\x7D\0\0\x02\0\x10\0"
            "data\x06\0\0\0\x01\0\xFE\xFF\x2C\x01"s);
  EXPECT_EQ(file.size(), kWavHeaderSize + 6);
}

TEST(Multipart, PartsAreBracketedByTheBoundary) {
  const auto form = Multipart([] { return "B"; })
                        .field("model", "whisper")
                        .file("file", "a.wav", "audio/wav", "RIFF")
                        .build();
  EXPECT_EQ(form.content_type, "multipart/form-data; boundary=B");
  EXPECT_EQ(form.body,
            "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n"
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
            "Content-Type: audio/wav\r\n\r\nRIFF\r\n--B--\r\n");
}

TEST(Multipart, ABoundaryThatAppearsInTheContentIsNotUsed) {
  int asked = 0;
  const auto form = Multipart([&] { return "b" + std::to_string(asked++); })
                        .field("prompt", "some b0 and")
                        .file("file", "b1.wav", "audio/wav", "b2")
                        .build();
  EXPECT_EQ(form.content_type, "multipart/form-data; boundary=b3");
}

TEST(Multipart, QuotesAndLineBreaksInNamesAreEscaped) {
  const auto form = Multipart([] { return "B"; }).field("a\"\r\nX: y", "v").build();
  EXPECT_EQ(form.body,
            "--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0AX: y\"\r\n\r\nv\r\n--B--\r\n");
}

TEST(Multipart, RandomBoundariesDiffer) {
  EXPECT_NE(Multipart::random_boundary(), Multipart::random_boundary());
}

TEST(WhisperAnswer, PlainJsonIsItsText) {
  const auto answer = parse_whisper_answer(R"({"text":" Hello.\n","x_groq":{"id":"req_01"}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, " Hello.\n");
  EXPECT_EQ(answer->language, "");
  EXPECT_TRUE(answer->segments.empty());
}

TEST(WhisperAnswer, VerboseJsonHasTheLanguageAndTheScores) {
  const auto answer = parse_whisper_answer(
      R"({"task":"transcribe","language":"Spanish","duration":1.4,"text":" Buenos días.",
          "segments":[{"id":0,"text":" Buenos días.","start":0.5,"end":1.4,"avg_logprob":-0.3,
                       "compression_ratio":0.8,"no_speech_prob":0.02,"temperature":0,"tokens":[1]},
                      {"text":7,"start":-4,"end":1e300,"avg_logprob":"x"}, 12]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->text, " Buenos días.");
  EXPECT_EQ(answer->language, "Spanish");
  ASSERT_EQ(answer->segments.size(), 2u);
  const auto& segment = answer->segments[0];
  EXPECT_EQ(segment.text, " Buenos días.");
  EXPECT_EQ(segment.start.count(), 500);
  EXPECT_EQ(segment.end.count(), 1400);
  EXPECT_EQ(segment.avg_logprob, -0.3);
  EXPECT_EQ(segment.compression_ratio, 0.8);
  EXPECT_EQ(segment.no_speech_prob, 0.02);
  EXPECT_EQ(answer->segments[1].start.count(), 0);
  EXPECT_EQ(answer->segments[1].end.count(), 86400'000);
  EXPECT_FALSE(answer->segments[1].avg_logprob);
}

TEST(WhisperAnswer, WhatIsNoTranscriptIsAnError) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"text":7})", R"({"text":null})"})
    EXPECT_FALSE(parse_whisper_answer(body)) << body;
}

TEST(TranscriptionSettings, UnsetOnesComeFromTheEnvironment) {
  g_setenv("GROQ_API_KEY", " secret\n", TRUE);
  g_setenv("GROQ_BASE_URL", "http://localhost:1/v1/", TRUE);
  auto settings = TranscriptionSettings{}.resolved();
  EXPECT_EQ(settings.provider.api_key, "secret");
  EXPECT_EQ(transcription_url(settings), "http://localhost:1/v1/audio/transcriptions");
  settings =
      TranscriptionSettings{.provider = {.base_url = "http://other", .api_key = "mine"}}.resolved();
  EXPECT_EQ(settings.provider.api_key, "mine");
  EXPECT_EQ(settings.provider.base_url, "http://other");
  g_unsetenv("GROQ_API_KEY");
  g_unsetenv("GROQ_BASE_URL");
  EXPECT_EQ(TranscriptionSettings{}.resolved().provider.base_url, kGroqBaseUrl);
}

TEST(TranscriptionSettings, OnlyGroqItselfNeedsAKey) {
  EXPECT_TRUE(TranscriptionSettings{.provider = {.base_url = kGroqBaseUrl}}.lacks_key());
  EXPECT_FALSE(
      (TranscriptionSettings{.provider = {.base_url = kGroqBaseUrl, .api_key = "k"}}.lacks_key()));
  EXPECT_FALSE(
      TranscriptionSettings{.provider = {.base_url = "http://localhost:9009"}}.lacks_key());
}

TEST(TranscriptionRequest, FieldsThatAreNotSetAreNotSent) {
  const auto request = transcription_request({.provider = {.base_url = "http://h"}}, {.rate = 8000},
                                             1, UploadFormat::kWav);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body.find("name=\"language\""), std::string::npos);
  EXPECT_EQ(request->body.find("name=\"prompt\""), std::string::npos);
  EXPECT_NE(request->body.find("verbose_json"), std::string::npos);
  EXPECT_EQ(request->headers.size(), 1u);
}

TEST(TranscriptionRequest, AFlacFileIsCalledOne) {
  const auto request = transcription_request(
      {.provider = {.base_url = "http://h"}, .verbose_json = false},
      {.samples = std::vector<std::int16_t>(8000, 5), .rate = 8000}, 3, UploadFormat::kFlac);
  ASSERT_TRUE(request);
  EXPECT_NE(
      request->body.find("filename=\"utterance-3.flac\"\r\nContent-Type: audio/flac\r\n\r\nfLaC"),
      std::string::npos);
  EXPECT_NE(request->body.find("\r\n\r\njson\r\n"), std::string::npos);
}

TEST(WhisperPrompt, KeywordsStandInFrontOfThePrompt) {
  EXPECT_EQ(whisper_prompt("Llamada a una clínica.", {"Centralita", " Dra. Íñiguez "}).text,
            "Centralita, Dra. Íñiguez. Llamada a una clínica.");
  EXPECT_EQ(whisper_prompt("", {"Ana"}).text, "Ana.");
  EXPECT_EQ(whisper_prompt("  Hola. ", {}).text, "Hola.");
  EXPECT_EQ(whisper_prompt("", {"", " "}).text, "");
}

TEST(WhisperPrompt, AKeywordCountsOnceWhateverItsCase) {
  EXPECT_EQ(whisper_prompt("", {"Ñandú", "ñandú", "Ana"}).text, "Ñandú, Ana.");
}

TEST(WhisperPrompt, KeywordsWithoutRoomAreLeftOutAndNamed) {
  std::vector<std::string> keywords;
  for (int i = 0; i < 100; ++i) keywords.push_back("palabra" + std::to_string(i));
  const auto prompt = whisper_prompt("Con su sitio.", keywords);
  EXPECT_LE(estimated_tokens(prompt.text), kWhisperPromptTokens);
  EXPECT_TRUE(prompt.text.starts_with("palabra0, palabra1, "));
  EXPECT_TRUE(prompt.text.ends_with("Con su sitio."));
  ASSERT_FALSE(prompt.left_out.empty());
  EXPECT_EQ(prompt.left_out.back(), "palabra99");
  EXPECT_FALSE(prompt.shortened);
}

TEST(WhisperPrompt, ATooLongPromptLosesItsBeginning) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "voz ";
  const auto prompt = whisper_prompt(text + "fin", {"Ana"});
  EXPECT_TRUE(prompt.shortened);
  EXPECT_LE(estimated_tokens(prompt.text), kWhisperPromptTokens);
  EXPECT_TRUE(prompt.text.ends_with("voz fin"));
  EXPECT_EQ(prompt.left_out, std::vector<std::string>{"Ana"});
}

TEST(WhisperPrompt, EveryCharacterOfAnotherAlphabetIsCounted) {
  EXPECT_EQ(estimated_tokens("abc"), 1);
  EXPECT_EQ(estimated_tokens("abcd ef"), 3);
  EXPECT_EQ(estimated_tokens("ñ é, 42"), 5);
}

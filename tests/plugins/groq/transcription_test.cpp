#include "plugins/groq/transcription.h"

#include "plugins/groq/multipart.h"
#include "plugins/groq/wav.h"

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

TEST(Transcript, PlainJsonIsTrimmed) {
  const auto transcript = parse_transcript(R"({"text":" Hello.\n","x_groq":{"id":"req_01"}})");
  ASSERT_TRUE(transcript);
  EXPECT_EQ(transcript->text, "Hello.");
  EXPECT_EQ(transcript->language, "");
}

TEST(Transcript, VerboseJsonHasTheLanguage) {
  const auto transcript = parse_transcript(
      R"({"task":"transcribe","language":"Spanish","duration":1.4,"text":" Buenos días.",
          "segments":[{"id":0,"text":" Buenos días.","avg_logprob":-0.3,"compression_ratio":0.8,
                       "no_speech_prob":0.02,"temperature":0,"tokens":[1]}]})");
  ASSERT_TRUE(transcript);
  EXPECT_EQ(transcript->text, "Buenos días.");
  EXPECT_EQ(transcript->language, "Spanish");
  EXPECT_EQ(transcript->dropped_segments, 0);
}

TEST(Transcript, SegmentsMadeOfNoiseAreDropped) {
  const auto transcript = parse_transcript(
      R"({"text":" Gracias por ver. Hola. la la la la","segments":[
          {"text":" Gracias por ver.","no_speech_prob":0.9,"avg_logprob":-1.2},
          {"text":" Hola.","no_speech_prob":0.9,"avg_logprob":-0.4},
          {"text":" la la la la","compression_ratio":2.5}]})");
  ASSERT_TRUE(transcript);
  EXPECT_EQ(transcript->text, "Hola.");
  EXPECT_EQ(transcript->dropped_segments, 2);
}

TEST(Transcript, NothingButNoiseIsAnEmptyText) {
  const auto transcript = parse_transcript(
      R"({"text":" Thank you.","segments":[{"text":" Thank you.","no_speech_prob":0.61,
          "avg_logprob":-1.01}]})");
  EXPECT_EQ(transcript->text, "");
}

TEST(Transcript, WhatIsNoTranscriptIsAnError) {
  for (const char* body : {"", "<html>", "[]", "{}", R"({"text":7})", R"({"text":null})"})
    EXPECT_FALSE(parse_transcript(body)) << body;
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
  const auto request =
      transcription_request({.provider = {.base_url = "http://h"}}, {.rate = 8000}, 1);
  EXPECT_EQ(request.body.find("name=\"language\""), std::string::npos);
  EXPECT_EQ(request.body.find("name=\"prompt\""), std::string::npos);
  EXPECT_EQ(request.headers.size(), 1u);
}

// The parts of the sandbox that need no server: phrases, Spanish sounds, rates, WAV, SSML.
#include "plugins/groq/flac.h"
#include "server/sandbox/flac.h"
#include "server/sandbox/g2p_es.h"
#include "server/sandbox/phrases.h"
#include "server/sandbox/resampler.h"
#include "server/sandbox/ssml.h"
#include "server/sandbox/synth.h"
#include "server/sandbox/wav.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

using namespace centralita;
using namespace centralita::sandbox;

namespace {

std::string first_sound(std::string_view word) { return spanish_pronunciations(word).at(0); }

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::vector<std::int16_t> sine(int rate, double hertz, int samples) {
  std::vector<std::int16_t> out;
  for (int i = 0; i < samples; ++i)
    out.push_back(
        static_cast<std::int16_t>(10000 * std::sin(2 * std::numbers::pi * hertz * i / rate)));
  return out;
}

// The amplitude of one frequency in the middle half of a signal.
template <typename Samples>
double amplitude(const Samples& samples, int rate, double hertz) {
  double re = 0, im = 0;
  const std::size_t begin = samples.size() / 4, end = samples.size() * 3 / 4;
  for (std::size_t i = begin; i < end; ++i) {
    const double angle = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
    re += samples[i] * std::cos(angle);
    im += samples[i] * std::sin(angle);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(end - begin);
}

}  // namespace

TEST(SpanishSounds, FollowTheSpelling) {
  EXPECT_EQ(first_sound("gracias"), "G R AA S Y AA S");
  EXPECT_EQ(first_sound("Hola"), "OW L AA");
  EXPECT_EQ(first_sound("quiero"), "K Y EH R OW");
  EXPECT_EQ(first_sound("guitarra"), "G IY T AA R AA");
  EXPECT_EQ(first_sound("pingüino"), "P IY NG G W IY N OW");
  EXPECT_EQ(first_sound("llave"), "Y AA V EH");
  EXPECT_EQ(first_sound("mañana"), "M AA N Y AA N AA");
  EXPECT_EQ(first_sound("jueves"), "HH W EH V EH S");
  EXPECT_EQ(first_sound("gente"), "HH EH N T EH");
  EXPECT_EQ(first_sound("cinco"), "S IY NG K OW");
  EXPECT_EQ(first_sound("hoy"), "OY");
  EXPECT_EQ(first_sound("día"), "D IY AA");
  EXPECT_EQ(first_sound("chocolate"), "CH OW K OW L AA T EH");
  EXPECT_TRUE(spanish_pronunciations("42").empty());
}

TEST(Phrases, BothListsParseAndHaveEnoughToSay) {
  for (const auto* language : {"es", "en"}) {
    const auto& examples = PhraseList::of(language).examples();
    EXPECT_GE(examples.size(), 150u) << language;
    for (const auto& example : examples)
      EXPECT_EQ(example.find_first_of("<>[]@"), std::string::npos) << example;
  }
}

TEST(Phrases, EveryExampleIsWrittenBackFromItsWords) {
  for (const auto* language : {"es", "en"}) {
    const auto& list = PhraseList::of(language);
    for (const auto& example : list.examples())
      EXPECT_EQ(normalised(list.written(words_of(normalised(example)))), normalised(example));
  }
}

TEST(Phrases, WordsComeBackWithTheirAccentsAndMarks) {
  const auto& list = PhraseList::of("es");
  EXPECT_EQ(list.written(words_of("a qué hora abren el martes")), "¿A qué hora abren el martes?");
  EXPECT_EQ(list.written(words_of("gracias un momento por favor")),
            "Gracias. Un momento, por favor.");
  EXPECT_EQ(list.written(words_of("words of no phrase")), "words of no phrase");
}

TEST(Phrases, ErrorsNameTheLine) {
  EXPECT_NE(PhraseList::parse("hola\n<nadie>\n").error().find("line 2"), std::string::npos);
}

TEST(Resampler, PiecesGiveWhatTheWholeGives) {
  const auto input = sine(22050, 440, 22050);
  Resampler whole(22050, 8000);
  auto expected = whole.push(input);
  const auto tail = whole.finish();
  expected.insert(expected.end(), tail.begin(), tail.end());
  EXPECT_NEAR(static_cast<double>(expected.size()), 8000, 1);

  Resampler pieces(22050, 8000);
  std::vector<std::int16_t> got;
  for (std::size_t at = 0; at < input.size(); at += 777) {
    const auto part =
        pieces.push(std::span(input).subspan(at, std::min<std::size_t>(777, input.size() - at)));
    got.insert(got.end(), part.begin(), part.end());
  }
  const auto end = pieces.finish();
  got.insert(got.end(), end.begin(), end.end());
  EXPECT_EQ(got, expected);
}

TEST(Resampler, KeepsTheBandAndDropsWhatDoesNotFit) {
  Resampler low(16000, 8000), high(16000, 8000);
  EXPECT_NEAR(amplitude(low.push(sine(16000, 1000, 16000)), 8000, 1000), 10000, 100);
  EXPECT_LT(amplitude(high.push(sine(16000, 6000, 16000)), 8000, 2000), 50);
}

TEST(Resampler, FoldedUpSamplingLeavesTheImageAtItsGain) {
  const auto up = upsample_folded(sine(8000, 1000, 8000), 0.5);
  EXPECT_NEAR(amplitude(up, 16000, 1000), 10000, 100);
  EXPECT_NEAR(amplitude(up, 16000, 7000), 5000, 100);
}

TEST(Wav, ReadsBackWhatItsHeaderSays) {
  const std::string samples("\x01\x00\xFF\x7F", 4);
  const auto audio = read_wav(wav_header(1, 8000, 16, 4) + samples);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->rate, 8000);
  EXPECT_EQ(audio->samples, (std::vector<std::int16_t>{1, 32767}));
  // A stream's header does not know its length.
  EXPECT_EQ(read_wav(wav_header(1, 8000, 16, 0xFFFFFFFF) + samples)->samples.size(), 2u);
  EXPECT_FALSE(read_wav("ID3 something else"));
  EXPECT_FALSE(read_wav(wav_header(1, 8000, 16, 0).substr(0, 30)));
}

TEST(Flac, ReadsWhatTheElementUploads) {
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 20000; ++i)
    samples.push_back(static_cast<std::int16_t>(i * 37 % 9001 - 4500));
  const auto file = flac_file(samples, 16000);
  ASSERT_TRUE(file);
  EXPECT_TRUE(is_flac(*file));
  const auto audio = read_flac(*file);
  ASSERT_TRUE(audio);
  EXPECT_EQ(audio->rate, 16000);
  EXPECT_EQ(audio->samples, samples);
}

TEST(Flac, WhatIsNoneIsAnError) {
  EXPECT_FALSE(is_flac("RIFF"));
  EXPECT_FALSE(read_flac("fLaC and then something else"));
  EXPECT_FALSE(read_flac("fLaC"));
}

TEST(Wav, BothLawsSurviveTheirOwnRoundTrip) {
  for (int code = 0; code < 256; ++code) {
    EXPECT_EQ(to_alaw(from_alaw(static_cast<std::uint8_t>(code))), code);
    // 0x7F is minus zero, which comes back as plus zero.
    EXPECT_EQ(to_mulaw(from_mulaw(static_cast<std::uint8_t>(code))), code == 0x7F ? 0xFF : code);
  }
  EXPECT_EQ(to_mulaw(1000), 0xCE);
  EXPECT_EQ(to_alaw(-1000), 0x7A);
}

TEST(Ssml, PiecesCarryVoiceProsodyAndPauses) {
  const auto pieces = parse_ssml(
      "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' "
      "xmlns:mstts='https://www.w3.org/2001/mstts' xml:lang='es-MX'><voice "
      "name='es-MX-JorgeNeural'>"
      "<mstts:silence type='Leading-exact' value='100ms'/><prosody rate='+50%' pitch='-12st' "
      "volume='50'>"
      "Uno &amp; dos</prosody><break time='1s'/>tres</voice></speak>");
  ASSERT_TRUE(pieces) << pieces.error();
  ASSERT_EQ(pieces->size(), 2u);
  EXPECT_EQ(pieces->at(0).text, "Uno & dos");
  EXPECT_EQ(pieces->at(0).pause.count(), 100);
  EXPECT_DOUBLE_EQ(pieces->at(0).rate, 1.5);
  EXPECT_DOUBLE_EQ(pieces->at(0).pitch, 0.5);
  EXPECT_DOUBLE_EQ(pieces->at(0).volume, 0.5);
  EXPECT_FALSE(pieces->at(0).voice->female);
  EXPECT_EQ(pieces->at(1).pause.count(), 1000);
  EXPECT_DOUBLE_EQ(pieces->at(1).rate, 1);
}

TEST(Ssml, ProsodyIsReadAsAzureDocumentsIt) {
  EXPECT_DOUBLE_EQ(prosody_rate("fast"), 1.55);
  EXPECT_DOUBLE_EQ(prosody_rate("1.2"), 1.2);
  EXPECT_DOUBLE_EQ(prosody_rate("+300%"), 2);
  EXPECT_DOUBLE_EQ(prosody_pitch("high"), 1.2);
  EXPECT_DOUBLE_EQ(prosody_volume("silent"), 0);
  EXPECT_DOUBLE_EQ(prosody_volume("-10%"), 0.9);
}

TEST(Sentences, AreSpokenOneAfterTheOther) {
  EXPECT_EQ(sentences_of("Hola. ¿Qué tal? Son 3.5 euros"),
            (std::vector<std::string>{"Hola.", "¿Qué tal?", "Son 3.5 euros"}));
}

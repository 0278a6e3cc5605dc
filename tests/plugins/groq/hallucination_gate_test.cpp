// Answers as Whisper gives them, with the audio that they were given for.
#include "plugins/groq/hallucination_gate.h"

#include "plugins/groq/invented_phrases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

using namespace centralita;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr int kRate = 16000;

// --- Audio: shapes of loudness, drawn by tone and noise -----------------------------------------

using Audio = std::vector<std::int16_t>;

double amplitude(double dbfs) { return 32768 * std::pow(10, dbfs / 20); }

Audio noise(milliseconds duration, double dbfs) {
  std::mt19937 random(7);
  std::normal_distribution<double> sample(0, amplitude(dbfs));
  Audio audio(static_cast<std::size_t>(duration.count()) * kRate / 1000);
  for (auto& s : audio)
    s = static_cast<std::int16_t>(std::clamp(sample(random), -32768.0, 32767.0));
  return audio;
}

// A "syllable" of 180 ms swelling and fading, every 240 ms, over the noise of a line.
void speak(Audio& audio, milliseconds from, milliseconds duration, double dbfs) {
  const double peak = amplitude(dbfs) * std::sqrt(2);
  for (std::int64_t ms = 0; ms + 180 <= duration.count(); ms += 240)
    for (std::int64_t i = 0; i < 180 * kRate / 1000; ++i) {
      const auto at = static_cast<std::size_t>((from.count() + ms) * kRate / 1000 + i);
      const double time = static_cast<double>(i) / kRate;
      const double swell = std::sin(M_PI * time / 0.18);
      audio.at(at) = static_cast<std::int16_t>(std::clamp(
          audio[at] + peak * swell * std::sin(2 * M_PI * 220 * time), -32768.0, 32767.0));
    }
}

struct Sound {
  Audio audio;
  std::optional<milliseconds> voiced;

  EvidenceOf evidence() const {
    return [this](milliseconds from, milliseconds to) {
      const auto length = milliseconds(static_cast<std::int64_t>(audio.size()) * 1000 / kRate);
      const auto begin = std::min(from, length), end = std::min(to, length);
      const auto n = static_cast<std::size_t>((end - begin).count()) * kRate / 1000;
      return measure_speech(
          std::span(audio).subspan(static_cast<std::size_t>(begin.count()) * kRate / 1000, n),
          kRate, voiced);
    };
  }
};

Sound silence() { return {noise(1500ms, -75), {}}; }
Sound steady_noise() { return {noise(2s, -38), 2s}; }  // the detector was taken in
Sound music() {
  Sound sound{noise(8s, -24), 8s};
  speak(sound.audio, 0ms, 8s, -14);
  return sound;
}
Sound cough() {
  Sound sound{noise(900ms, -62), 200ms};
  speak(sound.audio, 350ms, 200ms, -12);
  return sound;
}
// Said to a telephone: `voiced` of it, pre-roll and tail around.
Sound speech(milliseconds voiced, double dbfs = -24, double line = -60) {
  Sound sound{noise(voiced + 500ms, line), voiced};
  speak(sound.audio, 300ms, voiced, dbfs);
  return sound;
}
Sound without_detector(Sound sound) {
  sound.voiced.reset();
  return sound;
}

// --- Answers -------------------------------------------------------------------------------------

struct Scores {
  double no_speech, logprob, compression;
};

WhisperAnswer answer(const std::string& text, Scores scores) {
  return {.text = " " + text,
          .segments = {{.text = " " + text,
                        .no_speech_prob = scores.no_speech,
                        .avg_logprob = scores.logprob,
                        .compression_ratio = scores.compression}}};
}

std::string times(int n, const std::string& text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

struct Case {
  const char* name;
  Sound sound;
  std::string text;
  Scores scores;
  const char* reason;  // the weightiest; null: it must pass
};

std::vector<Case> cases() {
  return {
      {"Amara on silence",
       silence(),
       "Subtítulos realizados por la comunidad de Amara.org",
       {0.72, -0.32, 0.9},
       "known-phrase"},
      {"Amara with a fine score on a voice",
       speech(2s),
       "Subtítulos realizados por la comunidad de Amara.org",
       {0.02, -0.2, 0.9},
       "known-phrase"},
      {"gracias on silence", silence(), "Gracias.", {0.55, -0.45, 0.58}, "too-quiet"},
      {"thank you on silence", silence(), "Thank you.", {0.6, -0.6, 0.55}, "too-quiet"},
      {"you on silence, sure of itself", silence(), "you", {0.3, -0.3, 0.3}, "too-quiet"},
      {"no known phrase on silence",
       silence(),
       "Voy a estar en el jardín.",
       {0.5, -0.7, 0.8},
       "too-quiet"},
      {"outro on silence", silence(), "Thanks for watching!", {0.2, -0.25, 0.7}, "known-phrase"},
      {"gracias on noise", steady_noise(), "Gracias.", {0.8, -0.9, 0.58}, "known-phrase"},
      {"a sentence on noise", steady_noise(), "No sé qué es eso.", {0.72, -0.85, 0.8}, "no-speech"},
      {"outro on noise",
       steady_noise(),
       "¡Gracias por ver el video!",
       {0.1, -0.3, 0.8},
       "known-phrase"},
      {"dots on noise", steady_noise(), "...", {0.4, -0.5, 0.5}, "annotation"},
      {"notes on music", music(), "♪ ♪ ♪", {0.3, -0.4, 1.0}, "annotation"},
      {"[Música]", music(), "[Música]", {0.2, -0.3, 0.6}, "annotation"},
      {"(upbeat music)", music(), "(upbeat music)", {0.1, -0.2, 0.7}, "annotation"},
      {"la la la on music", music(), times(40, "la la la "), {0.3, -0.5, 9.0}, "repetition"},
      {"you on a long music", music(), "you", {0.55, -1.0, 0.3}, "known-phrase"},
      {"cough in asterisks", cough(), "*cough*", {0.3, -0.8, 0.7}, "annotation"},
      {"thank you on a cough", cough(), "Thank you.", {0.7, -0.95, 0.55}, "known-phrase"},
      {"Whisper's own rule on a cough", cough(), "Ajá, eso es.", {0.75, -1.3, 0.7}, "no-speech"},
      {"repeated sentence on a voice",
       speech(3s),
       times(12, "No lo sé. "),
       {0.1, -0.2, 6.0},
       "repetition"},
      {"loop that says nothing of its compression",
       speech(3s),
       times(25, "no lo sé "),
       {0.1, -0.2, 0},
       "repetition"},
      {"other letters",
       speech(1500ms),
       "ご視聴ありがとうございました",
       {0.3, -0.4, 0.9},
       "other-script"},

      {"sí", speech(200ms), "Sí.", {0.45, -0.7, 0.27}, nullptr},
      {"sí, quiet caller", speech(200ms, -40, -66), "Sí.", {0.5, -0.75, 0.27}, nullptr},
      {"sí without a detector",
       without_detector(speech(200ms)),
       "Sí.",
       {0.45, -0.6, 0.27},
       nullptr},
      {"no", speech(200ms), "No.", {0.4, -0.8, 0.27}, nullptr},
      {"yes", speech(200ms), "Yes.", {0.35, -0.6, 0.33}, nullptr},
      {"gracias, really said", speech(480ms), "Gracias.", {0.12, -0.35, 0.58}, nullptr},
      {"gracias, said over a poor line",
       speech(480ms, -30, -48),
       "Gracias.",
       {0.4, -0.8, 0.58},
       nullptr},
      {"thank you, bye", speech(720ms), "Thank you. Bye.", {0.15, -0.4, 0.7}, nullptr},
      {"no no no no no", speech(1200ms), "No, no, no, no, no.", {0.1, -0.4, 1.5}, nullptr},
      {"a telephone number",
       speech(3s),
       "Seis, seis, seis, dos, dos, dos, uno, uno, uno.",
       {0.02, -0.2, 1.3},
       nullptr},
      {"a long sentence",
       speech(7s),
       "Buenos días, quería cambiar la cita que tengo el martes a las cuatro y media, porque ese "
       "día no puedo ir.",
       {0.01, -0.18, 1.35},
       nullptr},
      {"a long sentence over noise",
       speech(7s, -22, -34),
       "Good morning, I would like to know whether my order has been sent already.",
       {0.2, -0.55, 1.2},
       nullptr},
      {"a fast talker",
       speech(2s),
       "Sí mira es que no me ha llegado el paquete todavía.",
       {0.03, -0.3, 1.0},
       nullptr},
      {"music, meant", speech(500ms), "Música.", {0.1, -0.3, 0.5}, nullptr},
  };
}

}  // namespace

TEST(HallucinationGate, LeavesOutWhatWhisperInventsAndKeepsWhatWasSaid) {
  for (const auto& c : cases()) {
    const auto heard =
        pass_gate(answer(c.text, c.scores), {.language = "es-MX"}, c.sound.evidence());
    if (c.reason) {
      EXPECT_EQ(heard.text, "") << c.name;
      EXPECT_FALSE(heard.rejected.empty()) << c.name;
      EXPECT_EQ(heard.reason.substr(0, heard.reason.find(',')), c.reason)
          << c.name << ": " << heard.reason;
      EXPECT_FALSE(heard.confidence) << c.name;
    } else {
      EXPECT_EQ(heard.text, c.text) << c.name << ": " << heard.reason;
      EXPECT_EQ(heard.rejected, "") << c.name;
      EXPECT_NEAR(heard.confidence.value_or(-1), std::exp(c.scores.logprob), 1e-9) << c.name;
    }
  }
}

TEST(HallucinationGate, OffItPassesEverything) {
  for (const auto& c : cases()) {
    const auto heard =
        pass_gate(answer(c.text, c.scores), {.strictness = Strictness::kOff, .language = "es"},
                  c.sound.evidence());
    EXPECT_FALSE(heard.text.empty()) << c.name;
    EXPECT_EQ(heard.rejected, "") << c.name;
  }
}

TEST(HallucinationGate, StrictnessMovesTheLimit) {
  const auto sound = cough();
  const auto doubtful = answer("Thank you.", {0.6, -0.8, 0.55});
  const auto text = [&](Strictness strictness) {
    return pass_gate(doubtful, {.strictness = strictness}, sound.evidence()).text;
  };
  EXPECT_EQ(text(Strictness::kLenient), "Thank you.");
  EXPECT_EQ(text(Strictness::kStrict), "");
}

TEST(HallucinationGate, AnOutroBehindARealSentenceIsCutOff) {
  const auto sound = speech(3s);
  const auto heard = pass_gate(
      answer("Quiero una cita para mañana. Gracias. ¡Gracias por ver el video!", {0.1, -0.4, 1.1}),
      {.strictness = Strictness::kStrict, .language = "es"}, sound.evidence());
  EXPECT_EQ(heard.text, "Quiero una cita para mañana. Gracias.");
  EXPECT_EQ(heard.rejected, "¡Gracias por ver el video!");
  EXPECT_EQ(heard.reason, "known-phrase");
}

TEST(HallucinationGate, ASegmentIsWeighedWithTheAudioOfItsTime) {
  auto sound = speech(2s);
  const auto quiet = noise(4s, -75);
  sound.audio.insert(sound.audio.end(), quiet.begin(), quiet.end());
  sound.voiced.reset();
  WhisperAnswer both{.text = " Quiero una cita. Gracias.",
                     .segments = {{.text = " Quiero una cita.",
                                   .start = 0ms,
                                   .end = 2500ms,
                                   .no_speech_prob = 0.2,
                                   .avg_logprob = -0.3,
                                   .compression_ratio = 0.8},
                                  {.text = " Gracias.",
                                   .start = 2600ms,
                                   .end = 6500ms,
                                   .no_speech_prob = 0.2,
                                   .avg_logprob = -0.3,
                                   .compression_ratio = 0.6}}};
  const auto heard = pass_gate(both, {}, sound.evidence());
  EXPECT_EQ(heard.text, "Quiero una cita.");
  EXPECT_EQ(heard.rejected, "Gracias.");
}

TEST(HallucinationGate, ALoopFromSegmentToSegmentIsSeenInTheWhole) {
  const auto sound = speech(6s);
  WhisperAnswer loop;
  for (int i = 0; i < 14; ++i) {
    loop.text += " Estoy en casa.";
    loop.segments.push_back({.text = " Estoy en casa.",
                             .start = i * 400ms,
                             .end = (i + 1) * 400ms,
                             .no_speech_prob = 0.1,
                             .avg_logprob = -0.3,
                             .compression_ratio = 0.9});
  }
  const auto heard = pass_gate(loop, {}, sound.evidence());
  EXPECT_EQ(heard.text, "");
  EXPECT_NE(heard.reason.find("repetition"), std::string::npos) << heard.reason;
}

TEST(HallucinationGate, AnAnswerWithoutSegmentsIsWeighedAsAWhole) {
  const auto quiet = silence();
  const WhisperAnswer plain{.text = " Thank you."};
  EXPECT_EQ(pass_gate(plain, {}, quiet.evidence()).text, "");
  const auto voice = speech(480ms);
  const auto heard = pass_gate(plain, {}, voice.evidence());
  EXPECT_EQ(heard.text, "Thank you.");
  EXPECT_FALSE(heard.confidence);
}

TEST(HallucinationGate, NothingSaidIsNothingRejected) {
  const auto sound = silence();
  const auto heard = pass_gate({.text = " "}, {}, sound.evidence());
  EXPECT_EQ(heard.text, "");
  EXPECT_EQ(heard.rejected, "");
  EXPECT_EQ(heard.reason, "");
}

TEST(InventedPhrases, CaseAccentsAndPunctuationMakeNoDifference) {
  EXPECT_EQ(plain_words("¡Suscríbete!"), "suscribete");
  EXPECT_EQ(invented_phrase("GRACIAS POR VER EL VÍDEO!!"), InventedPhrase::kOutro);
  EXPECT_EQ(invented_phrase("Don't forget to subscribe."), InventedPhrase::kOutro);
  EXPECT_EQ(invented_phrase("Muchas gracias."), InventedPhrase::kCourtesy);
  EXPECT_EQ(invented_phrase("Subtitles by the Amara.org community"), InventedPhrase::kCredit);
  EXPECT_EQ(invented_phrase("Gracias por ver si me lo puede cambiar"), InventedPhrase::kNone);
  EXPECT_EQ(invented_phrase(""), InventedPhrase::kNone);
}

TEST(InventedPhrases, WhatStandsForASoundIsAnAnnotation) {
  for (const char* text :
       {"[Música]", "(applause)", "*cough*", "♪ la la ♪", "...", " - ", "[a] (b)"})
    EXPECT_TRUE(is_annotation(text)) << text;
  for (const char* text : {"Sí.", "[Música] Hola.", "(sí) no", "3"})
    EXPECT_FALSE(is_annotation(text)) << text;
}

TEST(SpeechEvidence, SilenceNoiseAndAVoiceAreToldApart) {
  EXPECT_FALSE(measure_speech(silence().audio, kRate).strong());
  EXPECT_FALSE(measure_speech(steady_noise().audio, kRate).strong());
  const auto voice = measure_speech(speech(200ms).audio, kRate);
  EXPECT_TRUE(voice.strong());
  EXPECT_GT(voice.contrast, 25);
  EXPECT_NEAR(voice.level, -24, 4);
  EXPECT_LT(voice.active, 300ms);
}

TEST(SpeechEvidence, AClickIsNoVoice) {
  auto audio = noise(1s, -70);
  for (std::size_t i = 8000; i < 8100; ++i) audio[i] = 30000;
  EXPECT_FALSE(measure_speech(audio, kRate).strong());
}

TEST(SpeechEvidence, ADetectorThatHeardNothingIsBelieved) {
  EXPECT_FALSE(measure_speech(speech(500ms).audio, kRate, 0ms).strong());
}

TEST(SpeechEvidence, NoSamplesAreNoEvidence) {
  const auto nothing = measure_speech({}, kRate);
  EXPECT_EQ(nothing.level, kSilenceDbfs);
  EXPECT_EQ(nothing.active, 0ms);
  EXPECT_FALSE(nothing.strong());
  EXPECT_EQ(measure_speech(Audio(16000), kRate).active, 0ms);
}

TEST(SpeechEvidence, ACutFallsIntoThePause) {
  Audio audio(16000, 1000);
  std::fill(audio.begin() + 9000, audio.begin() + 13000, std::int16_t{3});
  const auto place = quietest_place(audio, 4000, 1600);
  EXPECT_GE(place, 9800u);
  EXPECT_LE(place, 12200u);
  EXPECT_EQ(quietest_place(audio, 15000, 1600), audio.size());
}

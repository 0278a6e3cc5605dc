#include "pipelines/endpointing.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;
using Kind = Expectation::Kind;

namespace {

const Endpointing::Settings kAdaptive{.adaptive = true, .silence = 700ms};
const Endpointing::Settings kExpecting{.expecting = true, .silence = 700ms};

// A turn with one pause of that length in it, from `at` on; says when it was over.
Endpointing::Time turn_with(Endpointing& endpointing, Endpointing::Time at,
                            Endpointing::Time pause) {
  endpointing.speech_began(at);
  endpointing.paused(at + 1s);
  if (pause > 0ms) {
    endpointing.resumed(at + 1s + pause);
    endpointing.paused(at + 2s + pause);
  }
  endpointing.ended(at + 2s + pause);
  endpointing.answered();
  return at + 10s;
}

}  // namespace

TEST(Endpointing, FixedWaitsTheSameWhateverTheCallerDoes) {
  Endpointing endpointing({.silence = 650ms});
  Endpointing::Time at{};
  for (const auto pause : {0ms, 500ms, 1400ms}) {
    at = turn_with(endpointing, at, pause);
    EXPECT_EQ(endpointing.silence(), 650ms);
  }
}

TEST(Endpointing, FluentCallerIsAnsweredSoonerWithEachTurn) {
  Endpointing endpointing(kAdaptive);
  Endpointing::Time at{}, before = endpointing.silence();
  EXPECT_EQ(before, 700ms);
  for (int turn = 0; turn < 6; ++turn) {
    at = turn_with(endpointing, at, 200ms);
    EXPECT_LT(endpointing.silence(), before);
    before = endpointing.silence();
  }
  EXPECT_LT(before, 510ms);
  EXPECT_GE(before, 400ms);
}

TEST(Endpointing, NeverShorterThanItsBound) {
  Endpointing endpointing({.adaptive = true, .silence = 700ms, .shortest = 550ms});
  Endpointing::Time at{};
  for (int turn = 0; turn < 20; ++turn) at = turn_with(endpointing, at, 0ms);
  EXPECT_EQ(endpointing.silence(), 550ms);
}

TEST(Endpointing, SlowTalkerIsWaitedForAtOnce) {
  Endpointing endpointing(kAdaptive);
  endpointing.speech_began(0ms);
  endpointing.paused(1s);
  endpointing.ended(1s);
  endpointing.speech_began(1900ms);  // it was no end
  endpointing.speech_began(1900ms);  // as is said again when the answer is taken back
  EXPECT_EQ(endpointing.silence(), 1050ms) << "in the very same turn";
  endpointing.paused(3s);
  endpointing.ended(3s);
  endpointing.answered();
  EXPECT_EQ(endpointing.silence(), 1050ms);
}

TEST(Endpointing, PauseThatWouldBeTakenBackIsWaitedForInPartWhileTheAnswerIsMade) {
  const auto learned = [](Endpointing::Time merge_window) {
    Endpointing endpointing({.adaptive = true, .silence = 700ms, .merge_window = merge_window});
    endpointing.speech_began(0ms);
    endpointing.paused(1s);
    endpointing.resumed(2100ms);
    endpointing.ended(3s, 3700ms);
    endpointing.answered(4300ms);  // 600 ms later
    return endpointing.silence();
  };
  EXPECT_EQ(learned(1500ms), 950ms);
  EXPECT_EQ(learned(1000ms), 1250ms) << "it would not be taken back";
}

TEST(Endpointing, AnswerThatCutsTheCallerOffIsLearnedFrom) {
  Endpointing endpointing(kAdaptive);
  endpointing.speech_began(0ms);
  endpointing.paused(1s);
  endpointing.ended(1s);
  endpointing.answered();
  EXPECT_LT(endpointing.silence(), 700ms);
  endpointing.cut_in(1900ms);
  EXPECT_EQ(endpointing.silence(), 1050ms);
  EXPECT_EQ(endpointing.turns_known(), 0u) << "it is the same turn";
  endpointing.ended(3s);
  endpointing.answered();
  EXPECT_EQ(endpointing.silence(), 1050ms);
  endpointing.cut_in(8s);
  EXPECT_EQ(endpointing.turns_known(), 1u) << "that is an interruption like any other";
}

TEST(Endpointing, YesOfASlowTalkerIsNotCutShort) {
  Endpointing endpointing({.adaptive = true, .expecting = true, .silence = 700ms});
  const auto at = turn_with(endpointing, {}, 1100ms);
  endpointing.expect({Kind::kYesNo});
  endpointing.speech_began(at);
  endpointing.paused(at + 400ms);
  EXPECT_EQ(endpointing.silence(), 700ms);
}

TEST(Endpointing, NeverLongerThanItsBound) {
  Endpointing endpointing({.adaptive = true, .silence = 700ms, .longest = 1200ms});
  turn_with(endpointing, {}, 1800ms);
  EXPECT_EQ(endpointing.silence(), 1200ms);
}

TEST(Endpointing, OldPausesAreForgotten) {
  Endpointing endpointing(kAdaptive);
  auto at = turn_with(endpointing, {}, 1500ms);
  EXPECT_EQ(endpointing.silence(), 1650ms);
  for (int turn = 0; turn < 12; ++turn) at = turn_with(endpointing, at, 0ms);
  EXPECT_LT(endpointing.silence(), 700ms);
}

TEST(Endpointing, NoiseThatWasNoTurnTeachesNothing) {
  Endpointing endpointing(kAdaptive);
  endpointing.speech_began(0ms);
  endpointing.paused(100ms);
  endpointing.resumed(900ms);
  endpointing.forget();
  EXPECT_EQ(endpointing.silence(), 700ms);
  EXPECT_EQ(endpointing.turns_known(), 0u);
}

TEST(Endpointing, DictatedNumberIsWaitedForAndTeachesNothingOfSpeech) {
  Endpointing endpointing({.adaptive = true, .expecting = true, .silence = 700ms});
  endpointing.expect({Kind::kDigits});
  EXPECT_EQ(endpointing.silence(), 1500ms);
  auto at = turn_with(endpointing, {}, 1700ms);
  EXPECT_EQ(endpointing.silence(), 1850ms);
  endpointing.expect({});
  EXPECT_EQ(endpointing.silence(), 700ms);
  EXPECT_EQ(endpointing.turns_known(), 0u);
  (void)at;
}

TEST(Endpointing, ShortAnswerToAYesOrNoQuestionIsNotWaitedFor) {
  Endpointing endpointing(kExpecting);
  endpointing.expect({Kind::kYesNo});
  endpointing.speech_began(0ms);
  EXPECT_EQ(endpointing.silence(), 700ms) << "it may become a long one";
  endpointing.paused(500ms);
  EXPECT_EQ(endpointing.silence(), 400ms);
  endpointing.resumed(750ms);
  endpointing.paused(2s);
  EXPECT_EQ(endpointing.silence(), 700ms);
}

TEST(Endpointing, WordsThatCannotBeAllAreWaitedFor) {
  Endpointing endpointing(kExpecting);
  endpointing.speech_began(0ms);
  endpointing.paused(1s);
  endpointing.words_so_far("Quiero una cita para el");
  EXPECT_EQ(endpointing.silence(), 1500ms);
  endpointing.resumed(1800ms);
  endpointing.paused(2500ms);
  EXPECT_EQ(endpointing.silence(), 700ms) << "they are not known of the new pause";
  endpointing.words_so_far("Quiero una cita para el martes.");
  EXPECT_EQ(endpointing.silence(), 700ms);
}

TEST(Endpointing, LastDigitOfANumberOfKnownLengthEndsIt) {
  Endpointing endpointing(kExpecting);
  endpointing.expect({Kind::kDigits, 6});
  endpointing.speech_began(0ms);
  endpointing.paused(2s);
  endpointing.words_so_far("cuatro, siete, treinta y uno");
  EXPECT_EQ(endpointing.silence(), 1500ms);
  endpointing.words_so_far("47 31 08");
  EXPECT_EQ(endpointing.silence(), 400ms);
}

TEST(Endpointing, WithoutExpectationsQuestionsChangeNothing) {
  Endpointing endpointing({.silence = 700ms});
  endpointing.expect({Kind::kDigits});
  EXPECT_EQ(endpointing.silence(), 700ms);
}

TEST(Expectation, IsReadOffTheLastQuestion) {
  const struct {
    const char* said;
    Kind kind;
  } cases[] = {
      {"Perfecto. ¿Me da su número de teléfono, por favor?", Kind::kDigits},
      {"Dígame los últimos cuatro dígitos de su tarjeta.", Kind::kDigits},
      {"Could you give me your phone number?", Kind::kDigits},
      {"¿Cuál es su correo electrónico?", Kind::kEmail},
      {"What is the best e-mail for you?", Kind::kEmail},
      {"¿A nombre de quién?", Kind::kName},
      {"¿Me puede deletrear su apellido?", Kind::kName},
      {"And your address, please.", Kind::kName},
      {"Muy bien, ¿le viene bien el martes a las diez?", Kind::kYesNo},
      {"Entonces es el martes a las diez. ¿Es correcto?", Kind::kYesNo},
      {"Would you like to book it?", Kind::kYesNo},
      {"¿En qué puedo ayudarle?", Kind::kAnything},
      {"¿Prefiere por la mañana o por la tarde?", Kind::kAnything},
      {"¿Para qué día la quiere?", Kind::kAnything},
      {"¿Para qué número de personas?", Kind::kAnything},
      {"Su número de teléfono queda anotado.", Kind::kAnything},
      {"How can I help you?", Kind::kAnything},
      {"", Kind::kAnything},
  };
  for (const auto& [said, kind] : cases)
    EXPECT_STREQ(name_of(expected_after(said).kind), name_of(kind)) << said;
}

TEST(Expectation, IsNamedByTheModel) {
  EXPECT_EQ(expectation_named("digits 10"), (Expectation{Kind::kDigits, 10}));
  EXPECT_EQ(expectation_named("yes-no"), Expectation{Kind::kYesNo});
  EXPECT_EQ(expectation_named("email"), Expectation{Kind::kEmail});
  EXPECT_EQ(expectation_named("name"), Expectation{Kind::kName});
  EXPECT_EQ(expectation_named("anything"), Expectation{});
  EXPECT_EQ(expectation_named("nonsense"), std::nullopt);
}

TEST(Completeness, IsJudgedByTheWords) {
  const Expectation anything, yes_no{Kind::kYesNo}, email{Kind::kEmail};
  EXPECT_EQ(completeness_of("Sí.", yes_no), Completeness::kComplete);
  EXPECT_EQ(completeness_of("No, gracias.", yes_no), Completeness::kComplete);
  EXPECT_EQ(completeness_of("Sí, pero", yes_no), Completeness::kIncomplete);
  EXPECT_EQ(completeness_of("Sí.", anything), Completeness::kUnknown);
  EXPECT_EQ(completeness_of("Es para mí.", anything), Completeness::kUnknown);
  EXPECT_EQ(completeness_of("Es para mi", anything), Completeness::kIncomplete);
  EXPECT_EQ(completeness_of("¿Y eso por qué?", anything), Completeness::kUnknown);
  EXPECT_EQ(completeness_of("I would like to book a table for", anything),
            Completeness::kIncomplete);
  EXPECT_EQ(completeness_of("ana punto lopez arroba", email), Completeness::kIncomplete);
  EXPECT_EQ(completeness_of("ana.lopez@gmail.com", email), Completeness::kComplete);
  EXPECT_EQ(completeness_of("ana arroba gmail punto com", email), Completeness::kComplete);
  EXPECT_EQ(completeness_of("", anything), Completeness::kUnknown);
}

TEST(Completeness, DigitsAreCountedSpokenAndWritten) {
  EXPECT_EQ(digits_in("cinco, cinco, uno, dos, tres"), 5);
  EXPECT_EQ(digits_in("treinta y uno, cuarenta"), 4);
  EXPECT_EQ(digits_in("thirty one 55"), 4);
  EXPECT_EQ(digits_in("55 12-34"), 6);
  EXPECT_EQ(digits_in("ninguno"), 0);
}

#include "plugins/groq/hallucination_gate.h"

#include "plugins/groq/invented_phrases.h"

#include <glib.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// The table of the header.
struct Ramp {
  double from, to, points;
  double operator()(double value) const {
    return points * std::clamp((value - from) / (to - from), 0.0, 1.0);
  }
};
constexpr Ramp kNoSpeech{0.3, 0.9, 1.2};
constexpr Ramp kLowConfidence{-0.6, -1.4, 1.2};
constexpr double kWhispersOwnRule = 0.7;
constexpr Ramp kCompression{2.0, 2.4, 2.6};
constexpr Ramp kLoop{3, 10, 2.0};
constexpr Ramp kTooFast{5, 9, 1.0};
constexpr double kTooSlow = 0.6;
constexpr std::pair<InventedPhrase, double> kPhrases[] = {{InventedPhrase::kNone, 0},
                                                          {InventedPhrase::kCredit, 3.0},
                                                          {InventedPhrase::kOutro, 2.0},
                                                          {InventedPhrase::kCourtesy, 1.0}};
constexpr double kAnnotation = 3.0;
constexpr double kOtherScript = 2.5;
constexpr Ramp kTooQuiet{-50, -65, 1.5};
constexpr Ramp kSteadyNoise{6, 2, 0.8};
constexpr Ramp kHardlyVoiced{100, 40, 1.0};
constexpr double kStrongByDetector = -0.7, kStrongByLoudness = -0.4;
constexpr milliseconds kSurelyVoiced = 150ms;

double limit_of(Strictness strictness) {
  switch (strictness) {
    case Strictness::kLenient:
      return 2.2;
    case Strictness::kStrict:
      return 1.0;
    default:
      return 1.5;
  }
}

// Points of doubt by reason.
class Doubt {
 public:
  void add(const char* reason, double points) {
    total_ += points;
    if (points > 0)
      reasons_[reason] += points;
  }
  void relieve(double points) { total_ += points; }
  double total() const { return total_; }
  const std::map<std::string, double>& reasons() const { return reasons_; }

 private:
  double total_ = 0;
  std::map<std::string, double> reasons_;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  const auto plain = plain_words(text);
  for (std::size_t at = 0; at < plain.size();) {
    const auto end = std::min(plain.find(' ', at), plain.size());
    words.push_back(plain.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// How often in a row the most repeated 1-6 words stand, when that is most of the text; else 1.
int loop_of(const std::vector<std::string>& words) {
  int most = 1;
  for (std::size_t n = 1; n <= 6 && 2 * n <= words.size(); ++n) {
    std::size_t same = 0;  // words that equal the one n before them
    for (std::size_t i = n; i < words.size(); ++i) {
      same = words[i] == words[i - n] ? same + 1 : 0;
      if ((same + n) * 10 >= words.size() * 6)
        most = std::max(most, static_cast<int>((same + n) / n));
    }
  }
  return most;
}

// Languages that Whisper knows and that are not written in Latin letters.
bool written_in_latin(const std::string& language) {
  static constexpr std::string_view kOthers[] = {
      "am", "ar", "as", "be", "bg", "bn", "bo", "el", "fa", "gu", "he", "hi",  "hy", "ja", "ka",
      "kk", "km", "kn", "ko", "lo", "mk", "ml", "mn", "mr", "my", "ne", "pa",  "ps", "ru", "sa",
      "sd", "si", "sr", "ta", "te", "tg", "th", "tt", "uk", "ur", "yi", "yue", "zh"};
  const auto code = language.substr(0, language.find_first_of("-_"));
  return !code.empty() &&
         std::find(std::begin(kOthers), std::end(kOthers), code) == std::end(kOthers);
}

bool mostly_another_script(const std::string& text) {
  int latin = 0, others = 0;
  for (const gchar* p = text.c_str(); *p; p = g_utf8_next_char(p)) {
    const auto c = g_utf8_get_char(p);
    if (g_unichar_isalpha(c))
      ++(g_unichar_get_script(c) == G_UNICODE_SCRIPT_LATIN ? latin : others);
  }
  return others > latin;
}

// "¿Sí? No. " -> "¿Sí?", "No."; an address ("Amara.org") is not torn.
std::vector<std::string> sentences_of(std::string_view text) {
  std::vector<std::string> sentences;
  const auto keep = [&](std::string_view sentence) {
    if (const auto core = trimmed(sentence); !core.empty())
      sentences.emplace_back(core);
  };
  std::size_t begin = 0;
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (std::string_view(".!?\n").find(text[i]) != std::string_view::npos &&
        g_ascii_isspace(text[i + 1])) {
      keep(text.substr(begin, i + 1 - begin));
      begin = i + 1;
    }
  keep(text.substr(begin));
  return sentences;
}

void weigh_scores(Doubt& doubt, const WhisperSegment& segment) {
  const double no_speech = segment.no_speech_prob.value_or(0);
  const double logprob = segment.avg_logprob.value_or(0);
  doubt.add("no-speech", kNoSpeech(no_speech));
  doubt.add("low-confidence", kLowConfidence(logprob));
  if (no_speech > 0.6 && logprob < -1)
    doubt.add("no-speech", kWhispersOwnRule);
}

void weigh_audio(Doubt& doubt, const SpeechEvidence& evidence) {
  doubt.add("too-quiet", kTooQuiet(evidence.level));
  doubt.add("steady-noise", kSteadyNoise(evidence.contrast));
  const auto speech = static_cast<double>(evidence.voiced.value_or(evidence.loud).count());
  doubt.add("hardly-voiced", kHardlyVoiced(speech));
  if (evidence.strong())
    doubt.relieve(evidence.voiced.value_or(0ms) >= kSurelyVoiced ? kStrongByDetector
                                                                 : kStrongByLoudness);
}

void weigh_words(Doubt& doubt, const WhisperSegment& segment, const SpeechEvidence& evidence,
                 const GateSettings& settings) {
  const auto words = words_of(segment.text);
  doubt.add("repetition",
            std::max(kCompression(segment.compression_ratio.value_or(0)), kLoop(loop_of(words))));
  const double seconds = std::chrono::duration<double>(evidence.speaking()).count();
  const double rate = static_cast<double>(words.size()) / std::max(seconds, 0.1);
  // One or two words in a moment are a short answer, not a fast one.
  if (words.size() > 2)
    doubt.add("too-fast", kTooFast(rate));
  if (seconds > 4 && rate < 0.4)
    doubt.add("too-slow", kTooSlow);
  if (is_annotation(segment.text))
    doubt.add("annotation", kAnnotation);
  if (written_in_latin(settings.language) && mostly_another_script(segment.text))
    doubt.add("other-script", kOtherScript);
}

Doubt weigh(const WhisperSegment& segment, const SpeechEvidence& evidence,
            const GateSettings& settings) {
  Doubt doubt;
  weigh_scores(doubt, segment);
  weigh_audio(doubt, evidence);
  weigh_words(doubt, segment, evidence, settings);
  return doubt;
}

void weigh_phrase(Doubt& doubt, const std::string& sentence) {
  const auto phrase = invented_phrase(sentence);
  for (const auto& [kind, points] : kPhrases)
    if (kind == phrase)
      doubt.add("known-phrase", points);
}

// What is believed and what is not, sentence by sentence.
struct Sorted {
  std::vector<WhisperSegment> kept;
  std::vector<std::string> rejected;
  std::map<std::string, double> reasons;

  void reject(std::string text, const Doubt& doubt) {
    rejected.push_back(std::move(text));
    for (const auto& [reason, points] : doubt.reasons()) reasons[reason] += points;
  }
};

void append(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty())
    text += ' ';
  text += more;
}

void sort_segment(const WhisperSegment& segment, const SpeechEvidence& evidence,
                  const GateSettings& settings, Sorted& sorted) {
  const double limit = limit_of(settings.strictness);
  const auto base = weigh(segment, evidence, settings);
  auto kept = segment;
  kept.text.clear();
  bool any_rejected = false;
  for (auto& sentence : sentences_of(segment.text)) {
    auto doubt = base;
    weigh_phrase(doubt, sentence);
    if (doubt.total() >= limit) {
      any_rejected = true;
      sorted.reject(std::move(sentence), doubt);
    } else {
      append(kept.text, sentence);
    }
  }
  if (!any_rejected)
    kept.text = segment.text;
  if (!trimmed(kept.text).empty())
    sorted.kept.push_back(std::move(kept));
}

// The segments as one, each number weighed by how long its segment is.
WhisperSegment whole_of(const std::vector<WhisperSegment>& segments) {
  WhisperSegment whole;
  const auto mean = [&](std::optional<double> WhisperSegment::*number) {
    double sum = 0, weights = 0;
    for (const auto& segment : segments)
      if (segment.*number) {
        const auto weight = static_cast<double>(std::max(segment.end - segment.start, 1ms).count());
        sum += weight * *(segment.*number);
        weights += weight;
      }
    return weights > 0 ? std::optional(sum / weights) : std::nullopt;
  };
  for (const auto& segment : segments) whole.text += segment.text;
  whole.text = trimmed(whole.text);
  whole.start = segments.front().start;
  whole.end = segments.back().end;
  whole.no_speech_prob = mean(&WhisperSegment::no_speech_prob);
  whole.avg_logprob = mean(&WhisperSegment::avg_logprob);
  whole.compression_ratio = mean(&WhisperSegment::compression_ratio);
  return whole;
}

std::string reason_of(const std::map<std::string, double>& reasons) {
  constexpr double kWorthNaming = 0.2;
  std::vector<std::pair<double, std::string>> ordered;
  for (const auto& [reason, points] : reasons)
    if (points >= kWorthNaming)
      ordered.emplace_back(-points, reason);
  std::sort(ordered.begin(), ordered.end());
  std::string text;
  for (const auto& entry : ordered) text += (text.empty() ? "" : ",") + entry.second;
  return text;
}

}  // namespace

Heard pass_gate(const WhisperAnswer& answer, const GateSettings& settings,
                const EvidenceOf& evidence_of) {
  // All of the audio, whatever times the service gives: its last segment often ends a little late.
  constexpr milliseconds kAll = milliseconds::max();
  auto segments = answer.segments;
  if (segments.empty())
    segments.push_back({.text = answer.text, .end = kAll});

  Sorted sorted;
  if (settings.strictness == Strictness::kOff) {
    sorted.kept = segments;
  } else {
    for (const auto& segment : segments) {
      if (trimmed(segment.text).empty())
        continue;
      const bool timed = segment.end > segment.start;
      sort_segment(segment, evidence_of(timed ? segment.start : 0ms, timed ? segment.end : kAll),
                   settings, sorted);
    }
  }

  Heard heard;
  if (!sorted.kept.empty()) {
    const auto whole = whole_of(sorted.kept);
    auto doubt = Doubt();
    if (settings.strictness != Strictness::kOff) {
      doubt = weigh(whole, evidence_of(0ms, kAll), settings);
      weigh_phrase(doubt, whole.text);
    }
    if (settings.strictness != Strictness::kOff && doubt.total() >= limit_of(settings.strictness)) {
      sorted.reject(whole.text, doubt);
    } else {
      heard.text = sorted.rejected.empty() ? std::string(trimmed(answer.text)) : whole.text;
      if (whole.avg_logprob && !heard.text.empty())
        heard.confidence = std::clamp(std::exp(*whole.avg_logprob), 0.0, 1.0);
    }
  }
  for (const auto& text : sorted.rejected) append(heard.rejected, text);
  heard.reason = reason_of(sorted.reasons);
  return heard;
}

}  // namespace centralita

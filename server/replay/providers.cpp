#include "server/replay/providers.h"

#include "pipelines/phrases.h"
#include "plugins/base/json.h"
#include "plugins/law/g711.h"
#include "server/caller/voicing.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace centralita::replay {
namespace {

using Fault = ProviderTiming::Fault;

// A character is spoken in so long: an even, unhurried voice.
constexpr milliseconds kCharacter{65};
constexpr char kVoice[] = "es/demo-instruct";

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

std::uint32_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

// The samples of the WAV file in a multipart body; its rate must be the telephone's.
Samples samples_of_upload(const std::string& body) {
  const auto at = body.find("RIFF");
  if (at == std::string::npos || body.size() < at + 44 || little_endian(body, at + 24) != kRate)
    return {};
  Samples samples(std::min<std::size_t>(little_endian(body, at + 40), body.size() - at - 44) /
                  sizeof(std::int16_t));
  std::memcpy(samples.data(), body.data() + at + 44, samples.size() * sizeof(std::int16_t));
  return samples;
}

std::string text_of_ssml(const std::string& ssml) {
  std::string text;
  bool tag = false;
  for (const char c : ssml) {
    tag = c == '<' || (tag && c != '>');
    if (!tag && c != '>')
      text += c;
  }
  for (const auto& [entity, character] :
       {std::pair{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}})
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1))
      text.replace(at, std::strlen(entity), character);
  return text;
}

// Where the voice's recording begins to speak after a pause.
const std::vector<std::size_t>& onsets() {
  static const std::vector<std::size_t> found = [] {
    std::vector<std::size_t> onsets;
    const std::span<const std::int16_t> samples(recording(kVoice));
    bool was = false;
    for (std::size_t at = 0; at + kFrameSamples <= samples.size(); at += kFrameSamples) {
      const bool is = caller::is_voiced(samples.subspan(at, kFrameSamples));
      if (is && !was)
        onsets.push_back(at);
      was = is;
    }
    return onsets;
  }();
  return found;
}

// The same words always sound the same.
Samples voice(const std::string& text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619u;
  const auto length = static_cast<std::size_t>(g_utf8_strlen(text.c_str(), -1)) *
                      static_cast<std::size_t>(kCharacter.count()) * kRate / 1000;
  const auto& samples = recording(kVoice);
  Samples out(length);
  auto at = onsets()[hash % onsets().size()];
  for (auto& sample : out) sample = samples[at++ % samples.size()];
  return out;
}

Samples upsampled(const Samples& samples, int factor) {
  Samples out;
  out.reserve(samples.size() * static_cast<std::size_t>(factor));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const int next = i + 1 < samples.size() ? samples[i + 1] : 0;
    for (int k = 0; k < factor; ++k)
      out.push_back(static_cast<std::int16_t>(samples[i] + (next - samples[i]) * k / factor));
  }
  return out;
}

std::string event(const json::Object& delta, const char* finish_reason) {
  auto choice = json::Object().set("index", 0).set("delta", delta);
  if (finish_reason)
    choice.set("finish_reason", finish_reason);
  return "data: " +
         json::Object()
             .set("object", "chat.completion.chunk")
             .set("choices", json::Array().add(choice))
             .to_string() +
         "\n\n";
}

std::vector<std::string> tokens(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words.push_back(words.empty() ? word : " " + word);
  return words;
}

}  // namespace

Providers::Providers(const Scenario& scenario, Timeline& timeline, TimerQueue& timers,
                     WordsOf words_of)
    : scenario_(scenario), timeline_(timeline), timers_(timers), words_of_(std::move(words_of)) {
  otherwise_.text = scenario.otherwise;
}

void Providers::on_request(const Exchange& exchange) {
  if (exchange->path().ends_with("/audio/transcriptions"))
    transcribe(exchange);
  else if (exchange->path().ends_with("/chat/completions"))
    chat(exchange);
  else if (exchange->path().starts_with(kToolPath))
    serve(exchange);
  else
    synthesise(exchange);
}

void Providers::later(const Exchange& exchange, milliseconds delay, std::function<void()> run) {
  pending_.push_back(timers_.after(delay, [exchange, run = std::move(run)] {
    if (!exchange->over())
      run();
  }));
}

void Providers::answer(const char* who, const Exchange& exchange, const ProviderTiming& timing,
                       std::function<void()> run) {
  exchange->on_abandoned = [this, who] { timeline_.add(who, "given up by us"); };
  switch (timing.fault) {
    case Fault::kSilent:
      return;
    case Fault::kStatus:
      return later(exchange, timing.delay, [this, who, exchange, status = timing.status] {
        timeline_.add(who, "-> " + std::to_string(status));
        exchange->begin(status, "application/json");
        exchange->send(R"({"error":{"message":"scripted"}})");
        exchange->complete();
      });
    case Fault::kCut:
      return later(exchange, timing.delay, [this, who, exchange] {
        timeline_.add(who, "-> cut");
        exchange->cut();
      });
    case Fault::kStall:
      return later(exchange, timing.delay, [this, who, exchange] {
        timeline_.add(who, "-> stalls");
        exchange->begin(200, "text/event-stream");
        exchange->send(": wait");
      });
    case Fault::kGarbage:
      return later(exchange, timing.delay, [this, who, exchange] {
        timeline_.add(who, "-> garbage");
        exchange->begin(200, "text/html");
        exchange->send("<html><body>It works!</body></html>");
        exchange->complete();
      });
    case Fault::kNone:
      return later(exchange, timing.delay, std::move(run));
  }
}

// --- Transcription -----------------------------------------------------------

void Providers::transcribe(const Exchange& exchange) {
  const auto timing = scenario_.stt.timing(++stt_requests_);
  const auto samples = samples_of_upload(exchange->body());
  const auto words = words_of_(samples);
  timeline_.add("stt", "<- " + std::to_string(samples.size() * 1000 / kRate) + " ms of audio");
  answer("stt", exchange, timing, [this, exchange, words] {
    timeline_.add("stt", "-> " + in_quotes(words));
    exchange->begin(200, "application/json");
    exchange->send(json::Object().set("text", words).set("language", "spanish").to_string());
    exchange->complete();
  });
}

// --- Model -------------------------------------------------------------------

// The answer to what had most words in common with this: what the caller says may be cut into turns
// otherwise than it was. Of equals the first that has not been given; a better one may come twice,
// for what was made of half a sentence is made again of the whole.
const ModelAnswer* Providers::recorded_answer_to(const std::string& last_message) {
  const auto words = spoken_words(last_message);
  const ModelAnswer* best = nullptr;
  std::pair<double, bool> most{-1, false};
  for (const auto& answer : scenario_.answers) {
    const auto theirs = spoken_words(answer.for_words);
    const auto common = std::count_if(theirs.begin(), theirs.end(), [&](const auto& word) {
      return std::find(words.begin(), words.end(), word) != words.end();
    });
    const std::pair fit{static_cast<double>(common) /
                            static_cast<double>(std::max({theirs.size(), words.size(), 1UL})),
                        !given_.contains(&answer)};
    if (fit > most && (common > 0 || fit.second)) {
      most = fit;
      best = &answer;
    }
  }
  if (!best)
    return &otherwise_;
  given_.insert(best);
  return best;
}

const ModelAnswer* Providers::answer_to(const std::string& last_message) {
  if (!scenario_.otherwise.empty())
    return recorded_answer_to(last_message);
  for (const auto& answer : scenario_.answers)
    if (!answer.to.empty() && last_message.find(answer.to) != std::string::npos)
      return &answer;
  for (; next_answer_ < scenario_.answers.size(); ++next_answer_)
    if (scenario_.answers[next_answer_].to.empty())
      return &scenario_.answers[next_answer_++];
  return nullptr;
}

namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

void Providers::chat(const Exchange& exchange) {
  const auto timing = scenario_.llm.timing(++llm_requests_);
  std::string role, content;
  if (const auto body = json::parse(exchange->body())) {
    const auto messages = body->object().objects("messages");
    if (!messages.empty()) {
      role = messages.back().string("role").value_or("");
      content = messages.back().string("content").value_or("");
    }
    // What it has been told in mid-call, if anything.
    if (!messages.empty() && messages.front().string("role") == "system") {
      const auto system = messages.front().string("content").value_or("");
      if (const auto at = system.find("\n\nLo que se ha sabido"); at != std::string::npos)
        timeline_.add("llm", "<- system: ..." + in_quotes(one_line(system.substr(at + 2))));
    }
    // What the model is told of its own last words: the heard part of them.
    for (auto it = messages.rbegin(); it != messages.rend(); ++it)
      if (it->string("role") == "assistant" && it->string("content")) {
        timeline_.add("llm", "<- assistant: " + in_quotes(*it->string("content")));
        break;
      }
  }
  timeline_.add("llm", "<- " + role + ": " + in_quotes(content));
  if (timing.fault != Fault::kNone)
    return answer("llm", exchange, timing, nullptr);
  const auto* scripted = answer_to(content);
  if (!scripted) {
    complaint_ = "the model has no answer to \"" + content + "\"";
    return;
  }
  answer("llm", exchange, timing, [this, exchange, scripted] {
    exchange->begin(200, "text/event-stream");
    if (scripted->tool.empty()) {
      timeline_.add("llm", "-> " + in_quotes(scripted->text));
      return stream_words(exchange, tokens(scripted->text), 0);
    }
    timeline_.add("llm", "-> " + scripted->tool + " " + scripted->arguments);
    const auto call =
        json::Object()
            .set("index", 0)
            .set("id", "call_" + std::to_string(llm_requests_))
            .set("type", "function")
            .set("function",
                 json::Object().set("name", scripted->tool).set("arguments", scripted->arguments));
    exchange->send(event(json::Object().set("tool_calls", json::Array().add(call)), nullptr));
    exchange->send(event({}, "tool_calls") + "data: [DONE]\n\n");
    exchange->complete();
  });
}

void Providers::stream_words(const Exchange& exchange, std::vector<std::string> words,
                             std::size_t next) {
  if (next == words.size()) {
    exchange->send(event({}, "stop") + "data: [DONE]\n\n");
    exchange->complete();
    return;
  }
  exchange->send(event(json::Object().set("content", words[next]), nullptr));
  const auto pause = milliseconds(static_cast<long>(scenario_.llm.pace));
  later(exchange, pause, [this, exchange, words = std::move(words), next] {
    stream_words(exchange, words, next + 1);
  });
}

// --- Tools -------------------------------------------------------------------

void Providers::serve(const Exchange& exchange) {
  const auto name = exchange->path().substr(std::strlen(kToolPath));
  const auto& script = scenario_.services.at(name);
  std::string arguments;
  if (const auto body = json::parse(exchange->body()))
    arguments = body->object().object("arguments").value_or(json::Object()).to_string();
  timeline_.add("tool", "<- " + name + " " + arguments);
  exchange->on_abandoned = [this] { timeline_.add("tool", "given up by us"); };
  later(exchange, script.delay, [this, exchange, &script] {
    timeline_.add("tool", "-> " + std::to_string(script.status) + " " + script.body);
    exchange->begin(script.status, "application/json");
    exchange->send(script.body);
    exchange->complete();
  });
}

// --- Synthesis ---------------------------------------------------------------

void Providers::synthesise(const Exchange& exchange) {
  const auto timing = scenario_.tts.timing(++tts_requests_);
  const auto text = text_of_ssml(exchange->body());
  const auto format = exchange->header("X-Microsoft-OutputFormat");
  timeline_.add("tts", "<- " + in_quotes(text));
  const int rate = format.find("24khz") != std::string::npos   ? 24000
                   : format.find("16khz") != std::string::npos ? 16000
                                                               : kRate;
  const auto audio = std::make_shared<Samples>(upsampled(voice(text), rate / kRate));
  answer("tts", exchange, timing, [this, exchange, audio, rate] {
    timeline_.add("tts", "-> audio");
    exchange->begin(200, "audio/basic");
    stream_audio(exchange, audio, rate, 0);
  });
}

void Providers::stream_audio(const Exchange& exchange, std::shared_ptr<Samples> audio, int rate,
                             std::size_t next) {
  constexpr milliseconds kPiece{100};
  const auto n = std::min(audio->size() - next, static_cast<std::size_t>(rate / 10));
  if (n == 0) {
    exchange->complete();
    return;
  }
  exchange->send(std::span(reinterpret_cast<const std::uint8_t*>(audio->data() + next),
                           n * sizeof(std::int16_t)));
  const auto pause = milliseconds(static_cast<long>(kPiece.count() / scenario_.tts.pace));
  later(exchange, pause, [this, exchange, audio, rate, next = next + n] {
    stream_audio(exchange, audio, rate, next);
  });
}

}  // namespace centralita::replay

#include "server/replay/providers.h"

#include "plugins/base/json.h"
#include "server/replay/scripted_voice.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace centralita::replay {
namespace {

using Fault = ProviderTiming::Fault;

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
    : scenario_(scenario),
      timeline_(timeline),
      timers_(timers),
      words_of_(std::move(words_of)),
      answers_(scenario) {}

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

ProviderTiming Providers::timing_of(const char* who, const ProviderScript& script,
                                    unsigned& requests, const Exchange& exchange) {
  if (before_the_call_)
    return {.delay = script.delay};
  if (!exchange->path().starts_with(kFallbackPath))
    return script.timing(++requests);
  timeline_.add(who, "asked as the fallback");
  return {.delay = script.delay};
}

// --- Transcription -----------------------------------------------------------

void Providers::transcribe(const Exchange& exchange) {
  auto timing = timing_of("stt", scenario_.stt, stt_requests_, exchange);
  const auto samples = samples_of_upload(exchange->body());
  const auto said = words_of_(samples);
  timing.delay = said.delay.value_or(timing.delay);
  timeline_.add("stt", "<- " + std::to_string(samples.size() * 1000 / kRate) + " ms of audio");
  answer("stt", exchange, timing, [this, exchange, words = said.words] {
    timeline_.add("stt", "-> " + in_quotes(words));
    exchange->begin(200, "application/json");
    exchange->send(json::Object().set("text", words).set("language", "spanish").to_string());
    exchange->complete();
  });
}

// --- Model -------------------------------------------------------------------

namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

void Providers::chat(const Exchange& exchange) {
  auto timing = timing_of("llm", scenario_.llm, llm_requests_, exchange);
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
  const auto* scripted = answers_.to(content);
  if (!scripted) {
    complaint_ = "the model has no answer to \"" + content + "\"";
    return;
  }
  timing.delay = scripted->delay.value_or(timing.delay);
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
  auto timing = timing_of("tts", scenario_.tts, tts_requests_, exchange);
  const auto text = text_of_ssml(exchange->body());
  const auto format = exchange->header("X-Microsoft-OutputFormat");
  timeline_.add("tts", "<- " + in_quotes(text));
  const int rate = format.find("24khz") != std::string::npos   ? 24000
                   : format.find("16khz") != std::string::npos ? 16000
                                                               : kRate;
  const auto spoken = scenario_.spoken(text);
  timing.delay = spoken.delay.value_or(timing.delay);
  const auto audio =
      std::make_shared<Samples>(scripted_voice(text, spoken.character, rate / kRate));
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

// How soon a caller is answered, how often too soon, and what it costs: the production call under
// the virtual clock, with provider delays like Groq's and Azure's. docs/turns.md has the tables.
//
//   turns_bench [response] [barge-in] [noise]     all of them without a name
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/caller/voicing.h"
#include "server/replay/virtual_call.h"
#include "tests/bench/turns_callers.h"
#include "tests/bench/turns_noise.h"

#include <gst/gst.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>

using namespace centralita;
using namespace centralita::bench;
using namespace centralita::replay;

namespace {

const std::string& launch() {
  static const std::string text = [] {
    const auto read = read_launch_file(std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) +
                                       "/pipelines/twilio.launch");
    return read ? *read : throw std::runtime_error(read.error());
  }();
  return text;
}

VirtualCallResult run(const Scenario& scenario) {
  auto result = run_virtual_call(scenario, launch());
  if (!result.complaint.empty())
    throw std::runtime_error(result.complaint);
  return result;
}

int quantile(std::vector<int> values, double share) {
  if (values.empty())
    return -1;
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(share * last + 0.5)];
}

int ms(milliseconds time) { return static_cast<int>(time.count()); }

milliseconds time_of(std::size_t sample) { return milliseconds(sample * 1000 / kRate); }
// First and last voice of a recording, from its beginning.
std::pair<milliseconds, milliseconds> voiced(const std::string& name) {
  const auto span = caller::find_voiced(recording(name), kRate);
  return span ? std::pair(time_of(span->first), time_of(span->last))
              : std::pair<milliseconds, milliseconds>{};
}

// --- Response times --------------------------------------------------------------

struct Setting {
  const char* name;
  const char* endpointing;
  int silence;
  bool expects;
};
constexpr Setting kSettings[] = {
    {"fixed 500", "fixed", 500, false},           {"fixed 700", "fixed", 700, false},
    {"fixed 1000", "fixed", 1000, false},         {"adaptive", "adaptive", 700, false},
    {"fixed 700, expecting", "fixed", 700, true}, {"adaptive, expecting", "adaptive", 700, true}};

struct Figures {
  std::vector<int> response, endpointing, stt, model, voice;
  int turns = 0, cut_ins = 0, split = 0;
  int stt_wasted = 0, llm_wasted = 0;

  void add(const Figures& more) {
    const auto append = [](std::vector<int>& to, const std::vector<int>& from) {
      to.insert(to.end(), from.begin(), from.end());
    };
    append(response, more.response);
    append(endpointing, more.endpointing);
    append(stt, more.stt);
    append(model, more.model);
    append(voice, more.voice);
    turns += more.turns;
    cut_ins += more.cut_ins;
    split += more.split;
    stt_wasted += more.stt_wasted;
    llm_wasted += more.llm_wasted;
  }
};

void measure(const Person& person, const Scenario& scenario, Figures& figures) {
  const auto result = run(scenario);
  std::size_t piece = 0;
  for (const auto& turn : person.turns) {
    const auto first = piece;
    piece += turn.pieces.size();
    if (piece > result.spoken.size())
      break;
    const auto begun = result.spoken[first].begin;
    const auto done = result.spoken[piece - 1].begin + voiced(turn.pieces.back().recording).second;
    ++figures.turns;
    const auto& voice = result.agent_voice;
    const auto after = std::lower_bound(voice.begin(), voice.end(), done);
    if (std::lower_bound(voice.begin(), voice.end(), begun) != after)
      ++figures.cut_ins;
    else if (after != voice.end())
      figures.response.push_back(ms(*after - done));
  }
  int callers = 0;
  for (const auto& turn : result.record.turns) {
    callers += turn.role == Role::kCaller;
    const auto& timings = turn.timings;
    const auto add = [](std::vector<int>& values, const std::optional<int>& value) {
      if (value)
        values.push_back(*value);
    };
    if (!timings.response)
      continue;
    add(figures.endpointing, timings.endpointing);
    add(figures.stt, timings.stt);
    add(figures.model, timings.llm_first_clause);
    add(figures.voice, timings.tts_first_byte);
  }
  const int turns = static_cast<int>(person.turns.size());
  figures.split += std::max(callers - turns, 0);
  figures.stt_wasted += std::max(static_cast<int>(result.stt_requests) - turns, 0);
  figures.llm_wasted += std::max(static_cast<int>(result.llm_requests) - turns, 0);
}

void response_times() {
  std::printf(
      "\nResponse: the caller's last voice to the agent's first on the wire, ms. STT 300 ms, "
      "first token 200 ms\nand 60 tokens/s, first audio 150 ms.\n\n");
  std::printf(
      "| endpointing | speculation | p50 | p95 | endpoint p50/p95 | stt | clause | audio | "
      "cut-ins | split | wasted stt | wasted llm |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  std::string by_person;
  for (const bool speculation : {false, true})
    for (const auto& setting : kSettings) {
      Figures all;
      std::map<std::string, Figures> kinds;
      for (const auto& person : people()) {
        auto scenario = call_of(person);
        auto& agent = scenario.agent;
        agent.endpointing = setting.endpointing;
        agent.silence_timeout = milliseconds(setting.silence);
        agent.endpointing_expects = setting.expects;
        agent.speculation = speculation;
        agent.max_speculations = 1000;
        Figures figures;
        measure(person, scenario, figures);
        all.add(figures);
        kinds[person.name.substr(3)].add(figures);
      }
      std::printf("| %s | %s | %d | %d | %d / %d | %d | %d | %d | %d of %d | %d | %d | %d |\n",
                  setting.name, speculation ? "on" : "off", quantile(all.response, 0.5),
                  quantile(all.response, 0.95), quantile(all.endpointing, 0.5),
                  quantile(all.endpointing, 0.95), quantile(all.stt, 0.5), quantile(all.model, 0.5),
                  quantile(all.voice, 0.5), all.cut_ins, all.turns, all.split, all.stt_wasted,
                  all.llm_wasted);
      std::fflush(stdout);
      by_person += std::string("| ") + setting.name + " | " + (speculation ? "on" : "off");
      for (const auto* kind : {"fluent", "thoughtful", "slow", "dictating"})
        by_person += " | " + std::to_string(quantile(kinds[kind].response, 0.5)) + ", " +
                     std::to_string(kinds[kind].cut_ins);
      by_person += " |\n";
    }
  std::printf(
      "\nThe same by who calls: p50, and cut-ins of 16 turns.\n\n| endpointing | speculation "
      "| fluent | thoughtful | slow | dictating |\n| --- | --- | --- | --- | --- | --- |\n%s",
      by_person.c_str());
}

// --- Barge-in --------------------------------------------------------------------

void barge_ins() {
  const char* const kOver[] = {"queue-thankyou", "vm-isonphone", "vm-enter-num-to-call",
                               "vm-sorry",       "dir-welcome",  "vm-theperson"};
  const int kConfirmation = static_cast<int>(AgentConfig().barge_in_confirmation.count());
  std::vector<int> held, cleared;
  int calls = 0;
  for (const std::string in : {"es/", "en/"})
    for (const auto* over : kOver)
      for (const int heard : {400, 1100, 2300}) {
        const auto name = in + over;
        auto scenario = *parse_scenario(
            "agent first_message Le cuento: tenemos un plan nuevo que incluye llamadas ilimitadas "
            "y "
            "datos en toda América, con un descuento del treinta por ciento.\nreply Muy bien.\n"
            "wait-heard " +
            std::to_string(heard) + "\nsay " + name +
            " = No, gracias, otro día.\nwait-silence\nhang-up\n");
        const auto result = run(scenario);
        const auto onset = result.spoken.front().begin + voiced(name).first;
        ++calls;
        for (const auto& event : result.record.events)
          if (event.name == "barge-in-suspected") {
            held.push_back(ms(event.at - onset));
            break;
          }
        if (!result.clears.empty())
          cleared.push_back(ms(result.clears.front() - onset));
      }
  std::printf(
      "\nBarge-in: %d calls, from the caller's first voiced sample, ms; confirmation %d ms "
      "and a pause of 200.\n\n| | n | p50 | p95 |\n| --- | --- | --- | --- |\n",
      calls, kConfirmation);
  std::printf("| agent held | %zu | %d | %d |\n", held.size(), quantile(held, 0.5),
              quantile(held, 0.95));
  std::printf("| `clear` on the wire | %zu | %d | %d |\n", cleared.size(), quantile(cleared, 0.5),
              quantile(cleared, 0.95));
  for (auto& time : cleared) time -= kConfirmation + 200;
  std::printf("| ... beyond confirmation and pause | %zu | %d | %d |\n", cleared.size(),
              quantile(cleared, 0.5), quantile(cleared, 0.95));
}

// --- Noise -----------------------------------------------------------------------

// The agent talks for five minutes.
Scenario monologue(Samples line) {
  Scenario scenario;
  std::string text;
  while (text.size() < 4700)
    text +=
        "Le cuento: tenemos un plan nuevo que incluye llamadas ilimitadas y datos en toda "
        "América. ";
  scenario.agent.first_message = text;
  scenario.agent.max_duration = std::chrono::minutes(30);
  scenario.line = std::move(line);
  scenario.otherwise = "Muy bien.";
  return scenario;
}

void noise() {
  const auto lines = noisy_lines();
  if (lines.empty())
    return;
  const auto undisturbed = run(monologue(Samples(lines.front().samples.size())));
  std::printf(
      "\nAn agent talks to people who say nothing.\n\n| on the line, 5 min | held | false "
      "barge-ins | heard as without it |\n| --- | --- | --- | --- |\n");
  int held = 0, taken = 0, intact = 0;
  for (const auto& line : lines) {
    const auto result = run(monologue(line.samples));
    int suspected = 0, barge_ins = 0;
    for (const auto& event : result.record.events) {
      suspected += event.name == "barge-in-suspected";
      barge_ins += event.name == "barge-in";
    }
    // What was held comes later; what the call's end cuts off is not compared.
    const auto n = std::min(result.heard.size(), undisturbed.heard.size());
    const bool same =
        barge_ins == 0 &&
        std::equal(result.heard.begin(), result.heard.begin() + static_cast<std::ptrdiff_t>(n),
                   undisturbed.heard.begin());
    std::printf("| %s | %d | %d | %s |\n", line.name.c_str(), suspected, barge_ins,
                same        ? "yes, every sample"
                : barge_ins ? "-"
                            : "NO");
    std::fflush(stdout);
    held += suspected;
    taken += barge_ins;
    intact += same;
  }
  std::printf("| **%zu min** | **%d** | **%d** | **%d of %zu** |\n", lines.size() * 5, held, taken,
              intact, lines.size());
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GST_ELEMENT_REGISTER(callsrc, nullptr);
  GST_ELEMENT_REGISTER(callsink, nullptr);
  spdlog::set_level(spdlog::level::off);
  const auto wanted = [&](const std::string& name) {
    return argc == 1 || std::find(argv + 1, argv + argc, name) != argv + argc;
  };
  try {
    if (wanted("response"))
      response_times();
    if (wanted("barge-in"))
      barge_ins();
    if (wanted("noise"))
      noise();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "turns_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}

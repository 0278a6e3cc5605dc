#include "server/replay/replay_command.h"

#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/agents/codec.h"
#include "server/agents/value.h"
#include "server/caller/wav_file.h"
#include "server/replay/comparison.h"
#include "server/replay/virtual_call.h"

#include <gst/gst.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string_view>

namespace centralita {
namespace {

using namespace replay;

constexpr char kHelp[] =
    R"(centralita replay - a recorded call again, through the program as it is now

Usage: centralita replay CALL.wav --timeline CALL.json [OPTIONS]

The caller's audio goes through the production code under a clock of its own, far faster than it was
spoken; the model, the transcriber and the voice answer as they did. Nothing is asked of a provider
and no tool is called. What was decided then and what is decided now is printed side by side.

CALL.wav             the recording of the call (GET /api/v1/calls/ID/recording): its first channel
                     is the caller
--timeline FILE      the call as the history has it (GET /api/v1/calls/ID), or what --json wrote
--agent FILE         the agent's settings (GET /api/v1/agents/ID); the profile is the call's kind
--set NAME=VALUE     another value of a setting, named as in docs/agents.md (repeatable):
                     --set endpointing=adaptive --set silence_timeout_ms=500
--offset MS          when the recording's first sample was, from the beginning of the call (20)
--stt MS  --llm MS  --tts MS
                     other delays than the recorded ones: of a transcript, of the model's first
                     token, of the first audio
--differences        print only what is not the same
--json               print what was decided now as JSON, to be another replay's timeline

Ends with 0 when the decisions are the same, with 1 when they differ, with 2 when it cannot run.
)";

struct Bad {
  std::string what;
};

std::string contents(const std::string& path) {
  std::ifstream file(path);
  if (!file)
    throw Bad{"cannot read " + path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Options {
  std::string wav, timeline, agent;
  std::vector<std::pair<std::string, std::string>> settings;
  milliseconds offset{20};
  std::optional<milliseconds> stt, llm, tts;
  bool json = false, differences = false, help = false;
};

milliseconds time_in(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const auto value = g_ascii_strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end || value < 0)
    throw Bad{option + " wants milliseconds, not \"" + text + "\""};
  return milliseconds(value);
}

Options parse(std::span<char*> args) {
  Options options;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string arg = args[i];
    const auto value = [&]() -> std::string {
      if (++i == args.size())
        throw Bad{arg + " wants a value"};
      return args[i];
    };
    if (arg == "--help") {
      options.help = true;
    } else if (arg == "--timeline") {
      options.timeline = value();
    } else if (arg == "--agent") {
      options.agent = value();
    } else if (arg == "--set") {
      const auto setting = value();
      const auto sign = setting.find('=');
      if (sign == std::string::npos)
        throw Bad{"--set wants NAME=VALUE, not \"" + setting + "\""};
      options.settings.emplace_back(setting.substr(0, sign), setting.substr(sign + 1));
    } else if (arg == "--offset") {
      options.offset = time_in(arg, value());
    } else if (arg == "--stt") {
      options.stt = time_in(arg, value());
    } else if (arg == "--llm") {
      options.llm = time_in(arg, value());
    } else if (arg == "--tts") {
      options.tts = time_in(arg, value());
    } else if (arg == "--json") {
      options.json = true;
    } else if (arg == "--differences") {
      options.differences = true;
    } else if (arg.starts_with("-") || !options.wav.empty()) {
      throw Bad{"what is \"" + arg + "\"? See centralita replay --help"};
    } else {
      options.wav = arg;
    }
  }
  if (!options.help && (options.wav.empty() || options.timeline.empty()))
    throw Bad{"a recording and its --timeline are needed; see centralita replay --help"};
  return options;
}

AgentConfig agent_of(const Options& options, const std::string& client_type) {
  AgentConfig agent;
  agent.first_message.clear();
  if (!options.agent.empty()) {
    // As the API shows it: the parts of a document of this version.
    const auto shown = json::parse(contents(options.agent));
    if (!shown || !shown->is_object())
      throw Bad{options.agent + ": no JSON object"};
    const auto document = agents::merged({}, shown->object());
    agent = agents::read_config(document, agents::profile_named(client_type)).config;
  }
  for (const auto& [name, text] : options.settings) {
    const auto* field = agents::find_field(name);
    if (!field)
      throw Bad{"there is no setting \"" + name + "\"; docs/agents.md has them all"};
    auto holder = json::parse("{\"value\": " + text + "}");
    if (!holder)  // a bare word is a text
      holder = json::parse(json::Object().set("value", text).to_string());
    const auto object = holder->object();
    if (const auto problem = agents::problem_with(*field, object.node("value")))
      throw Bad{name + " " + problem->reason.en};
    agents::assign(*field, object.node("value"), agent);
  }
  return agent;
}

std::string launch_of(const std::string& client_type) {
  const char* folder = g_getenv("CENTRALITA_PIPELINES");
  const auto path = std::string(folder && *folder ? folder : CENTRALITA_DATADIR "/pipelines");
  // The replay's line is a telephone's whatever the call was.
  const auto launch = read_launch_file(path + "/twilio.launch");
  if (!launch)
    throw Bad{"the pipeline of a " + client_type + " call: " + launch.error()};
  return *launch;
}

int run(const Options& options) {
  gst_init(nullptr, nullptr);
  GST_ELEMENT_REGISTER(callsrc, nullptr);
  GST_ELEMENT_REGISTER(callsink, nullptr);
  spdlog::set_level(spdlog::level::off);  // the table says it
  const auto recorded = read_recorded_call(contents(options.timeline));
  if (!recorded)
    throw Bad{options.timeline + ": " + recorded.error()};
  auto line = caller::read_first_channel(options.wav, kRate);
  if (!line)
    throw Bad{line.error()};
  auto scenario = scenario_of(*recorded, std::move(*line), options.offset,
                              agent_of(options, recorded->client_type));
  // Another delay is one for all of them.
  const auto set = [](ProviderScript& script, const std::optional<milliseconds>& delay,
                      auto& recorded) {
    if (!delay)
      return;
    script.delay = *delay;
    for (auto& each : recorded) each.delay.reset();
  };
  set(scenario.stt, options.stt, scenario.line_words);
  set(scenario.llm, options.llm, scenario.answers);
  set(scenario.tts, options.tts, scenario.voice);
  const auto result = run_virtual_call(scenario, launch_of(recorded->client_type));
  if (!result.complaint.empty())
    throw Bad{result.complaint};
  const auto lines = compare(*recorded, result.record);
  if (options.json)
    std::puts(to_json(result.record).to_string().c_str());
  else
    std::fputs(to_text(lines, options.differences).c_str(), stdout);
  return std::all_of(lines.begin(), lines.end(),
                     [](const Compared& line) { return line.before && line.after; })
             ? 0
             : 1;
}

}  // namespace

int replay_main(std::span<char*> args) {
  try {
    const auto options = parse(args);
    if (options.help) {
      std::fputs(kHelp, stdout);
      return 0;
    }
    return run(options);
  } catch (const Bad& bad) {
    std::fprintf(stderr, "centralita replay: %s\n", bad.what.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "centralita replay: %s\n", error.what());
  }
  return 2;
}

}  // namespace centralita

#include "server/caller/options.h"

#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

namespace centralita::caller {
namespace {

using std::chrono::milliseconds;

constexpr char kHelp[] = R"(centralita caller - places telephone calls to a voice agent

Usage: centralita caller WAY-IN [WHAT TO DO] [WHAT TO KEEP] [HOW MANY]

Ways in (one of them)
  --webhook URL         POST an incoming call to URL as Twilio does, signed with TWILIO_AUTH_TOKEN
                        when that is in the environment, and connect to the stream of its TwiML
    --signed-url URL    sign this URL: the public one, when it is not the one posted to
    --stream-at URL     connect to this URL and not to the one in the TwiML
  --stream URL          connect to the media stream at ws://... or wss://... directly
    --param NAME=VALUE  a custom parameter of the stream (repeatable)
  --simulator URL       call through the simulator of the server at http://..., with ADMIN_API_KEY
                        of the environment; 16 kHz instead of 8 kHz mu-law
    --agent NAME        the agent to talk to
  --from NUMBER, --to NUMBER
                        caller's and called number (+14155550100, +14155550199)

What to do
  --say FILE            say a recording and wait for the reply (repeatable). The greeting is waited
                        for first, and the caller hangs up at the end
  --do STEPS            steps, separated by semicolons:
                          say FILE            speak a recording
                          wait S              let S seconds pass
                          wait-for-agent      until the agent begins to speak
                          wait-reply [Q]      until the agent has spoken, then been silent for Q s (1.2)
                          wait-greeting [Q]   the same, of the agent's first words
                          barge-in S FILE     speak S seconds after the agent began to speak
                          dtmf DIGITS         press keys: 0-9 * # A-D (not in the simulator)
                          silence S           S seconds of digital silence
                          wait-end            until the agent ends the call
                          hang-up             end the call (added at the end where it is missing)
  --script FILE         the same as JSON: {"steps": ["wait-greeting", {"say": "a.wav"},
                        {"wait-reply": {"quiet": 2, "timeout": 40}},
                        {"barge-in": {"after": 1.5, "file": "b.wav"}}, "hang-up"]}
                        Relative names of files are taken from the script's folder
  --noise DBFS          background noise between recordings, such as -55 (digital silence without)
  --timeout S           of every step that waits for the agent (30)
  --max-duration S      of the call (600)
  Recordings: WAV of any rate, mono or stereo, or whatever else GStreamer decodes here.

What to keep
  --heard FILE          WAV of what the caller heard, silence where nothing was played
  --both FILE           WAV with the caller left and what it heard right
  --timeline FILE       JSON of all that happened
  --quiet               print nothing but failures

How many
  --calls N             N calls at once (1); prints totals
    --ramp S            over which they begin (0)
    --threads N         that carry them (1)
    --server-pid PID    also print threads, memory and CPU of that process

Response time is from the last voiced sample of the caller to the first voice of the agent: as it
arrives ("response") and as it is played ("heard"). Voiced is a frame of 20 ms above -45 dBFS RMS.
A reply's turn goes from the caller's last voiced sample to the caller's next first one.
Playout is real time: marks are echoed when the audio before them has been played, and a clear drops
what is buffered and echoes the marks in it, as Twilio does.

The exit code is 0 when every call was answered and ended normally, 1 when one was not, 2 when the
command line is wrong, 130 when interrupted.

Examples
  centralita caller --webhook http://127.0.0.1:8000/api/v1/twilio/incoming-call --say hello.wav
  centralita caller --stream ws://127.0.0.1:8000/api/v1/ws/media-stream --param token=abc \
      --do "wait-greeting; say a.wav; wait-reply; say b.wav; barge-in 1.5 c.wav; wait-reply; hang-up" \
      --both call.wav --timeline call.json
  ADMIN_API_KEY=... centralita caller --simulator http://127.0.0.1:8000 --say hello.wav --heard out.wav
  centralita caller --webhook http://127.0.0.1:8000/api/v1/twilio/incoming-call --say hello.wav \
      --calls 50 --ramp 10 --server-pid $(pidof centralita)
)";

// What the options gather before it is known that they fit together.
struct Gathered {
  Options options;
  int ways = 0;
  std::vector<std::string> say;
  std::string steps, script_path;
};

// Empty when the value is good, else what is wrong with it.
using Take = std::function<std::string(Gathered&, const std::string& value)>;

std::optional<double> to_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

Take way(CallPlan::Way way) {
  return [way](Gathered& gathered, const std::string& value) {
    gathered.options.plan.way = way;
    gathered.options.plan.url = value;
    ++gathered.ways;
    const bool websocket = value.starts_with("ws://") || value.starts_with("wss://");
    const bool http = value.starts_with("http://") || value.starts_with("https://");
    if (way == CallPlan::Way::kStream)
      return websocket ? std::string() : std::string("must begin with ws:// or wss://");
    return http ? std::string() : std::string("must begin with http:// or https://");
  };
}

template <typename Member>
Take text(Member member) {
  return [member](Gathered& gathered, const std::string& value) {
    member(gathered) = value;
    return std::string();
  };
}

template <typename Member>
Take seconds(Member member) {
  return [member](Gathered& gathered, const std::string& value) {
    const auto number = to_number(value);
    if (!number || *number < 0 || *number > 86400)
      return std::string("must be seconds, from 0 to 86400");
    member(gathered) = milliseconds(std::llround(*number * 1000));
    return std::string();
  };
}

template <typename Member>
Take count(Member member, int max) {
  return [member, max](Gathered& gathered, const std::string& value) {
    const auto number = to_number(value);
    if (!number || *number < 1 || *number > max || *number != std::floor(*number))
      return "must be a whole number from 1 to " + std::to_string(max);
    member(gathered) = static_cast<int>(*number);
    return std::string();
  };
}

std::string take_parameter(Gathered& gathered, const std::string& value) {
  const auto equals = value.find('=');
  if (equals == value.npos || equals == 0)
    return "must be NAME=VALUE";
  gathered.options.plan.parameters.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  return {};
}

std::string take_noise(Gathered& gathered, const std::string& value) {
  const auto number = to_number(value);
  if (!number || *number > 0 || *number < -96)
    return "must be dBFS, from -96 to 0";
  gathered.options.plan.player.noise_dbfs = number;
  return {};
}

const std::map<std::string, Take>& valued_options() {
  static const std::map<std::string, Take> options{
      {"--webhook", way(CallPlan::Way::kWebhook)},
      {"--stream", way(CallPlan::Way::kStream)},
      {"--simulator", way(CallPlan::Way::kSimulator)},
      {"--signed-url", text([](Gathered & g) -> auto& { return g.options.plan.signed_url; })},
      {"--stream-at", text([](Gathered & g) -> auto& { return g.options.plan.stream_at; })},
      {"--param", take_parameter},
      {"--agent", text([](Gathered & g) -> auto& { return g.options.plan.agent; })},
      {"--from", text([](Gathered & g) -> auto& { return g.options.plan.from; })},
      {"--to", text([](Gathered & g) -> auto& { return g.options.plan.to; })},
      {"--say",
       [](Gathered& g, const std::string& value) {
         g.say.push_back(value);
         return std::string();
       }},
      {"--do", text([](Gathered & g) -> auto& { return g.steps; })},
      {"--script", text([](Gathered & g) -> auto& { return g.script_path; })},
      {"--noise", take_noise},
      {"--timeout", seconds([](Gathered & g) -> auto& { return g.options.plan.player.timeout; })},
      {"--max-duration",
       seconds([](Gathered & g) -> auto& { return g.options.plan.max_duration; })},
      {"--heard", text([](Gathered & g) -> auto& { return g.options.heard_path; })},
      {"--both", text([](Gathered & g) -> auto& { return g.options.both_path; })},
      {"--timeline", text([](Gathered & g) -> auto& { return g.options.timeline_path; })},
      {"--calls", count(
                      [](Gathered & g) -> auto& { return g.options.calls; }, 10000)},
      {"--threads", count(
                        [](Gathered & g) -> auto& { return g.options.threads; }, 64)},
      {"--ramp", seconds([](Gathered & g) -> auto& { return g.options.ramp; })},
      {"--server-pid", count(
                           [](Gathered & g) -> auto& { return g.options.server_pid; }, 1 << 30)},
  };
  return options;
}

Result<Script> make_script(const Gathered& gathered) {
  const bool say = !gathered.say.empty();
  const bool steps = !gathered.steps.empty();
  const bool file = !gathered.script_path.empty();
  if (say + steps + file > 1)
    return Unexpected("--say, --do and --script exclude each other");
  if (steps) {
    auto script = parse_script_text(gathered.steps);
    return script ? script : Result<Script>(Unexpected("--do: " + script.error()));
  }
  if (!file)
    return default_script(gathered.say);
  std::ifstream stream(gathered.script_path, std::ios::binary);
  if (!stream)
    return Unexpected("cannot read " + gathered.script_path);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto slash = gathered.script_path.find_last_of('/');
  const auto folder =
      slash == std::string::npos ? std::string() : gathered.script_path.substr(0, slash);
  auto script = parse_script_json(text, folder);
  return script ? script : Result<Script>(Unexpected(gathered.script_path + ": " + script.error()));
}

std::string from_environment(const char* name) {
  const char* value = g_getenv(name);
  return value ? value : "";
}

std::string misfit(const Gathered& gathered) {
  const auto& options = gathered.options;
  const auto& plan = options.plan;
  if (gathered.ways != 1)
    return "one of --webhook, --stream and --simulator is needed";
  if (plan.way != CallPlan::Way::kWebhook && !(plan.signed_url.empty() && plan.stream_at.empty()))
    return "--signed-url and --stream-at go with --webhook";
  if (plan.way != CallPlan::Way::kStream && !plan.parameters.empty())
    return "--param goes with --stream";
  if (plan.way != CallPlan::Way::kSimulator && !plan.agent.empty())
    return "--agent goes with --simulator";
  if (plan.way == CallPlan::Way::kSimulator) {
    if (plan.admin_key.empty())
      return "--simulator needs ADMIN_API_KEY in the environment";
    for (const auto& step : plan.script.steps)
      if (step.kind == Step::Kind::kDtmf)
        return "the simulator has no keys: dtmf cannot be used with it";
  }
  if (options.calls > 1 && !(options.heard_path.empty() && options.both_path.empty()))
    return "--heard and --both keep one call: they do not go with --calls";
  return {};
}

}  // namespace

Result<Options> parse_options(std::span<char* const> args) {
  Gathered gathered;
  auto& options = gathered.options;
  for (std::size_t i = 1; i < args.size(); ++i) {
    std::string name = args[i];
    if (name == "--help" || name == "-h") {
      options.help = true;
      return std::move(options);
    }
    if (name == "--quiet") {
      options.quiet = true;
      continue;
    }
    std::optional<std::string> value;
    if (const auto equals = name.find('='); equals != name.npos && name.starts_with("--")) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    const auto option = valued_options().find(name);
    if (option == valued_options().end())
      return Unexpected("unknown option '" + name + "'; see --help");
    if (!value && i + 1 < args.size())
      value = args[++i];
    if (!value || value->empty())
      return Unexpected(name + " needs a value");
    if (const auto wrong = option->second(gathered, *value); !wrong.empty())
      return Unexpected(name + " " + wrong + ", not '" + *value + "'");
  }
  options.plan.auth_token = from_environment("TWILIO_AUTH_TOKEN");
  options.plan.admin_key = from_environment("ADMIN_API_KEY");
  options.plan.keep_audio = !(options.heard_path.empty() && options.both_path.empty());
  auto script = make_script(gathered);
  if (!script)
    return Unexpected(script.error());
  options.plan.script = std::move(*script);
  if (auto wrong = misfit(gathered); !wrong.empty())
    return Unexpected(std::move(wrong));
  return std::move(options);
}

std::string help_text() { return kHelp; }

}  // namespace centralita::caller

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

// What the options gather before it is known that they fit together.
struct Gathered {
  Options options;
  int ways = 0;
  std::vector<std::string> say;
  std::string steps, script_path, byte_order;
  const char* carrier_only = nullptr;   // given, and of use with --carrier alone
  const char* outbound_only = nullptr;  // the same, with --outbound
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

template <typename Member>
Take one_of(Member member, std::vector<std::string> words) {
  return [member, words = std::move(words)](Gathered& gathered, const std::string& value) {
    std::string all;
    for (const auto& word : words) {
      if (word == value) {
        member(gathered) = value;
        return std::string();
      }
      all += (all.empty() ? "" : ", ") + word;
    }
    return "must be one of " + all;
  };
}

std::string take_carrier(Gathered& gathered, const std::string& value) {
  if (value != "twilio" && value != "telnyx")
    return "must be twilio or telnyx";
  gathered.options.carrier.name = value;
  ++gathered.ways;
  return {};
}

std::string take_server(Gathered& gathered, const std::string& value) {
  if (!value.starts_with("http://") && !value.starts_with("https://"))
    return "must begin with http:// or https://";
  auto& server = gathered.options.carrier.server = value;
  while (server.ends_with('/')) server.pop_back();
  gathered.carrier_only = "--server";
  return {};
}

std::string take_callee(Gathered& gathered, const std::string& value) {
  using Kind = Callee::Kind;
  static const std::map<std::string, Kind> kinds{
      {"person", Kind::kPerson}, {"machine", Kind::kMachine}, {"silence", Kind::kSilence},
      {"ivr", Kind::kIvr},       {"busy", Kind::kBusy},       {"no-answer", Kind::kNoAnswer}};
  const auto found = kinds.find(value);
  if (found == kinds.end())
    return "must be person, machine, silence, ivr, busy or no-answer";
  gathered.options.carrier.callee.kind = found->second;
  gathered.outbound_only = "--callee";
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
      {"--carrier", take_carrier},
      {"--server", take_server},
      {"--callee", take_callee},
      {"--listen", count(
                       [](Gathered & g) -> auto& { return g.options.carrier.port; }, 65535)},
      {"--voicemail", one_of([](Gathered & g) -> auto& { return g.options.carrier.voicemail; },
                             {"ignore", "hang-up", "leave-message"})},
      {"--message", text([](Gathered & g) -> auto& { return g.options.carrier.message; })},
      {"--codec", one_of([](Gathered & g) -> auto& { return g.options.carrier.codec; },
                         {"PCMU", "PCMA", "L16"})},
      {"--byte-order",
       one_of([](Gathered & g) -> auto& { return g.byte_order; }, {"little", "big"})},
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

std::string misfit_of_carrier(const Gathered& gathered) {
  const auto& carrier = gathered.options.carrier;
  const auto& plan = gathered.options.plan;
  if (gathered.options.calls > 1 || gathered.options.server_pid > 0)
    return "--carrier carries one call: --calls and --server-pid do not go with it";
  if (!plan.parameters.empty() || !plan.signed_url.empty() || !plan.stream_at.empty())
    return "--param, --signed-url and --stream-at do not go with --carrier";
  if (carrier.name != "telnyx" && !(carrier.codec.empty() && gathered.byte_order.empty()))
    return "--codec and --byte-order go with --carrier telnyx: Twilio has PCMU alone";
  if (!carrier.outbound) {
    if (gathered.outbound_only || !carrier.voicemail.empty() || !carrier.message.empty())
      return "--callee, --voicemail and --message go with --outbound";
    if (!plan.agent.empty())
      return "--agent goes with --outbound: of a call to the server the number called decides";
    return {};
  }
  if (plan.admin_key.empty())
    return "--outbound needs ADMIN_API_KEY in the environment";
  if ((carrier.voicemail == "leave-message") == carrier.message.empty())
    return "--message goes with --voicemail leave-message, and is needed there";
  return {};
}

std::string misfit(const Gathered& gathered) {
  const auto& options = gathered.options;
  const auto& plan = options.plan;
  if (gathered.ways != 1)
    return "one of --webhook, --stream, --carrier and --simulator is needed";
  if (!options.carrier.name.empty())
    return misfit_of_carrier(gathered);
  if (gathered.carrier_only || options.carrier.outbound || options.carrier.print_environment)
    return std::string(gathered.carrier_only      ? gathered.carrier_only
                       : options.carrier.outbound ? "--outbound"
                                                  : "--print-environment") +
           " goes with --carrier";
  if (plan.way != CallPlan::Way::kWebhook && !(plan.signed_url.empty() && plan.stream_at.empty()))
    return "--signed-url and --stream-at go with --webhook";
  if (plan.way != CallPlan::Way::kStream && !plan.parameters.empty())
    return "--param goes with --stream";
  if (plan.way != CallPlan::Way::kSimulator && !plan.agent.empty())
    return "--agent goes with --simulator and --carrier --outbound";
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
    if (name == "--quiet" || name == "--outbound" || name == "--print-environment") {
      (name == "--quiet"      ? options.quiet
       : name == "--outbound" ? options.carrier.outbound
                              : options.carrier.print_environment) = true;
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
  options.carrier.big_endian = gathered.byte_order == "big";
  if (auto wrong = misfit(gathered); !wrong.empty())
    return Unexpected(std::move(wrong));
  return std::move(options);
}

}  // namespace centralita::caller

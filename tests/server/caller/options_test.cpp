#include "server/caller/options.h"

#include <gtest/gtest.h>

using namespace centralita::caller;
using namespace centralita;
using namespace std::chrono_literals;

namespace {

Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "caller");
  std::vector<char*> args;
  for (auto& word : words) args.push_back(word.data());
  return parse_options(args);
}

std::string error_of(const std::vector<std::string>& words) {
  const auto options = parse(words);
  return options ? "no error" : options.error();
}

}  // namespace

TEST(CallerOptions, AreReadInBothSpellings) {
  const auto options =
      parse({"--stream=ws://h/s", "--param", "a=b=c", "--say", "a.wav", "--say=b.wav", "--calls",
             "5", "--ramp", "2.5", "--noise=-55", "--timeline", "t.json"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->plan.url, "ws://h/s");
  EXPECT_EQ(options->plan.parameters, (Parameters{{"a", "b=c"}}));
  EXPECT_EQ(options->plan.script.files(), (std::vector<std::string>{"a.wav", "b.wav"}));
  EXPECT_EQ(options->calls, 5);
  EXPECT_EQ(options->ramp, 2500ms);
  EXPECT_EQ(options->plan.player.noise_dbfs, -55);
  EXPECT_FALSE(options->plan.keep_audio);
}

TEST(CallerOptions, SayWhatIsWrong) {
  EXPECT_EQ(error_of({}), "one of --webhook, --stream, --carrier and --simulator is needed");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--webhook", "http://h"}),
            "one of --webhook, --stream, --carrier and --simulator is needed");
  EXPECT_EQ(error_of({"--stream", "http://h"}),
            "--stream must begin with ws:// or wss://, not 'http://h'");
  EXPECT_EQ(error_of({"--shout"}), "unknown option '--shout'; see --help");
  EXPECT_EQ(error_of({"--say"}), "--say needs a value");
  EXPECT_EQ(error_of({"--calls", "0"}), "--calls must be a whole number from 1 to 10000, not '0'");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--say", "a.wav", "--do", "wait 1"}),
            "--say, --do and --script exclude each other");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--do", "wait"}),
            "--do: step 1, column 1: wait needs seconds, from 0 to 3600");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--calls", "2", "--heard", "a.wav"}),
            "--heard and --both keep one call: they do not go with --calls");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--script", "/nonexistent/x.json"}),
            "cannot read /nonexistent/x.json");
}

TEST(CallerOptions, ACarrierIsOneCallOfItsOwn) {
  const auto options = parse({"--carrier", "telnyx", "--server", "https://pbx.example/", "--codec",
                              "L16", "--byte-order", "big", "--say", "a.wav"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->carrier.name, "telnyx");
  EXPECT_EQ(options->carrier.server, "https://pbx.example");
  EXPECT_EQ(options->carrier.codec, "L16");
  EXPECT_TRUE(options->carrier.big_endian);
  EXPECT_FALSE(options->carrier.outbound);
  EXPECT_EQ(error_of({"--carrier", "acme"}), "--carrier must be twilio or telnyx, not 'acme'");
  EXPECT_EQ(error_of({"--stream", "ws://h", "--server", "http://h"}),
            "--server goes with --carrier");
  EXPECT_EQ(error_of({"--carrier", "twilio", "--codec", "PCMA"}),
            "--codec and --byte-order go with --carrier telnyx: Twilio has PCMU alone");
  EXPECT_EQ(error_of({"--carrier", "twilio", "--callee", "machine"}),
            "--callee, --voicemail and --message go with --outbound");
  EXPECT_EQ(error_of({"--carrier", "twilio", "--calls", "2"}),
            "--carrier carries one call: --calls and --server-pid do not go with it");
  g_unsetenv("ADMIN_API_KEY");
  EXPECT_EQ(error_of({"--carrier", "twilio", "--outbound"}),
            "--outbound needs ADMIN_API_KEY in the environment");
  g_setenv("ADMIN_API_KEY", "key", TRUE);
  EXPECT_EQ(error_of({"--carrier", "twilio", "--outbound", "--voicemail", "leave-message"}),
            "--message goes with --voicemail leave-message, and is needed there");
  g_unsetenv("ADMIN_API_KEY");
}

TEST(CallerOptions, HelpNamesEveryOption) {
  const auto options = parse({"--help"});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->help);
  for (const char* name :
       {"--webhook", "--signed-url", "--stream-at",    "--stream ", "--param",      "--simulator",
        "--agent",   "--from",       "--to",           "--say",     "--do",         "--script",
        "--noise",   "--timeout",    "--max-duration", "--heard",   "--both",       "--timeline",
        "--quiet",   "--calls",      "--ramp",         "--threads", "--server-pid", "Examples"})
    EXPECT_NE(help_text().find(name), std::string::npos) << name;
}

// `centralita doctor` beside a server and both carriers.
#include "tests/calls/carriers_world.h"

#include <sys/wait.h>

#include <algorithm>
#include <sstream>

using namespace centralita;
using namespace centralita::caller;

TEST(Serve, EndsWithTwoAtWhatWouldBeWrongTheNextTimeAsWellAndSaysAllOfIt) {
  const auto server =
      world().stack.another_program({"serve"}, {{"CENTRALITA_HOST", "localhost"},
                                                {"CENTRALITA_PIPELINES", "/proc/none"},
                                                {"CENTRALITA_DATA", "/proc/none"},
                                                {"AZURE_SPEECH_REGION", "East US"},
                                                {"PUBLIC_BASE_URL", "https://example.com?a=1"},
                                                {"SMTP_URL", "smtp://user:x@mail.example.com"}});
  EXPECT_EQ(WEXITSTATUS(server->wait()), 2);
  const auto output = server->output();
  for (const char* name : {"CENTRALITA_HOST", "CENTRALITA_PIPELINES", "CENTRALITA_DATA",
                           "AZURE_SPEECH_REGION", "PUBLIC_BASE_URL", "SMTP_URL"})
    EXPECT_NE(output.find("centralita: " + std::string(name)), std::string::npos) << output;
}

TEST(Doctor, SaysOfEachThingThatIsWrongThatItIsAndNothingElse) {
  auto& stack = world().stack;
  struct Case {
    const char* name;
    Program::Environment environment;
    std::vector<std::string> wrong;
    const char* call = nullptr;  // with --call: what is said of the trial call
  };
  // No certificate here, so the address is never quite right.
  const std::vector<Case> cases = {
      {"all is well", {}, {"Public address"}},
      {"all is well, with a call", {}, {"Public address"}, "ok     Trial call: The agent answered"},
      {"a call by the simulator",
       {{"TWILIO_AUTH_TOKEN", ""}},
       {"Twilio's keys", "Public address"},
       "ok     Trial call: The agent answered"},
      {"a call with another's token",
       {{"TWILIO_AUTH_TOKEN", "not-the-token-0001"}},
       {"Twilio's keys", "Public address", "Signatures", "Trial call"},
       "It failed: "},
      {"another account's token",
       {{"TWILIO_AUTH_TOKEN", "not-the-token-0001"}},
       {"Twilio's keys", "Public address", "Signatures"}},
      {"no token", {{"TWILIO_AUTH_TOKEN", ""}}, {"Twilio's keys", "Public address"}},
      {"a key that Telnyx does not know",
       {{"TELNYX_API_KEY", "KEY-not-the-key-0002"}},
       {"Telnyx' keys", "Public address"}},
      {"no application", {{"TELNYX_CONNECTION_ID", ""}}, {"Telnyx' keys", "Public address"}},
      {"no way out",
       {{"TELNYX_API_URL", "http://127.0.0.1:1"}},
       {"Telnyx' keys", "Public address"}},
      {"no database",
       {{"DATABASE_URL", "postgresql://user:not-the-password-0003@127.0.0.1:1/none"}},
       {"Database", "Public address"}},
      {"a disk that takes nothing", {{"CENTRALITA_DATA", "/proc/none"}}, {"Environment"}},
      {"nobody at the address",
       {{"PUBLIC_BASE_URL", "http://127.0.0.1:1"}},
       {"Public address", "Public address"}},
      {"no address", {{"PUBLIC_BASE_URL", ""}}, {"Public address"}},
      {"settings", {{"ADMIN_API_KEY", "short-0004"}}, {"Environment"}},
  };
  struct Doctor {
    const Case* of;
    std::unique_ptr<Program> program;
  };
  std::vector<Doctor> doctors;
  for (const auto& each : cases) {
    auto environment = each.environment;
    environment.emplace("PUBLIC_BASE_URL", stack.url());
    if (environment.at("PUBLIC_BASE_URL").empty())
      environment["CENTRALITA_PORT"] = stack.url().substr(stack.url().rfind(':') + 1);
    std::vector<std::string> arguments = {"doctor", "--lang", "en"};
    if (each.call)
      arguments.emplace_back("--call");
    doctors.push_back({&each, stack.another_program(arguments, environment)});
  }
  // The carriers are in this thread: they must answer while the doctors ask.
  do {
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
    g_usleep(2'000);
  } while (!std::all_of(doctors.begin(), doctors.end(),
                        [](Doctor& doctor) { return doctor.program->has_ended(); }));
  for (auto& doctor : doctors) {
    const auto& each = *doctor.of;
    SCOPED_TRACE(each.name);
    const auto output = doctor.program->output();
    std::vector<std::string> wrong;
    std::istringstream lines(output);
    std::string trial;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("WRONG"))
        wrong.push_back(line.substr(7, line.find(':') - 7));
      if (line.find("Trial call:") != std::string::npos)
        trial = line;
    }
    std::printf("%-32s %s %s\n", each.name, ::testing::PrintToString(wrong).c_str(), trial.c_str());
    EXPECT_EQ(wrong, each.wrong) << output;
    EXPECT_EQ(WEXITSTATUS(doctor.program->wait()), 1);
    if (each.call) {
      EXPECT_NE(trial.find(each.call), std::string::npos) << output;
    } else {
      EXPECT_EQ(trial, "");
    }
    for (const char* secret : {"not-the-token-0001", "not-the-key-0002", "not-the-password-0003",
                               "short-0004", SimulatedTelnyx::kApiKey, Stack::kAdminKey})
      EXPECT_EQ(output.find(secret), std::string::npos) << output;
  }
}

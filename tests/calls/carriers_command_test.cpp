// `centralita caller --carrier`: one command, and a server that runs with what it says.
#include "tests/calls/carriers_world.h"

#include <sys/wait.h>

#include <filesystem>
#include <sstream>

using namespace centralita;

namespace {

int free_port() {
  const caller::SimulatedTwilio here(world().io, "x");
  const auto url = here.url();
  return std::stoi(url.substr(url.rfind(':') + 1));
}

struct Outcome {
  int status = -1;
  std::string output;
};

// What the command says to its end, while the world's own carriers go on.
Outcome run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "caller");
  const auto program = world().stack.another_program(std::move(arguments), {});
  while (!program->has_ended()) {
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
    g_usleep(5'000);
  }
  return {WEXITSTATUS(program->wait()), program->output()};
}

}  // namespace

TEST(CallerCarrier, OneCommandPlacesAWholeCallEitherWayThroughEachCarrier) {
  TemporaryFolder folder;
  Program::Environment environment;
  std::map<std::string, std::string> ports;
  for (const char* carrier : {"twilio", "telnyx"}) {
    ports[carrier] = std::to_string(free_port());
    const auto printed =
        run({"--carrier", carrier, "--listen", ports[carrier], "--print-environment"});
    EXPECT_EQ(printed.status, 0) << printed.output;
    std::istringstream lines(printed.output);
    for (std::string line; std::getline(lines, line);)
      environment[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  }
  EXPECT_EQ(environment.size(), 7u);
  // A server that does not know of this carrier refuses it, and the command says so.
  const auto unknown = run({"--carrier", "twilio", "--listen", ports["twilio"], "--server",
                            "http://127.0.0.1:1", "--quiet"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_NE(unknown.output.find("no server answers at http://127.0.0.1:1"), std::string::npos)
      << unknown.output;

  const auto server = world().stack.server_beside(environment);
  for (const char* carrier : {"twilio", "telnyx"}) {
    SCOPED_TRACE(carrier);
    const auto heard = folder.path() + "/" + carrier + ".wav";
    const auto inbound = run({"--carrier", carrier, "--listen", ports[carrier], "--server",
                              server->url, "--do", "wait-greeting; hang-up", "--heard", heard});
    EXPECT_EQ(inbound.status, 0) << inbound.output << server->program->output();
    EXPECT_GT(std::filesystem::file_size(heard), 16'000u);
    EXPECT_NE(inbound.output.find("what a carrier would not like: none"), std::string::npos)
        << inbound.output;
    EXPECT_NE(inbound.output.find("completed, caller-hung-up"), std::string::npos)
        << inbound.output;
    const auto outbound =
        run({"--carrier", carrier, "--listen", ports[carrier], "--server", server->url,
             "--outbound", "--from", "+12125550101", "--to", "+525512345678", "--callee", "machine",
             "--do", "wait 1.5; wait-end", "--voicemail", "hang-up"});
    EXPECT_EQ(outbound.status, 0) << outbound.output << server->program->output();
    EXPECT_NE(outbound.output.find("voicemail"), std::string::npos) << outbound.output;
    const auto refused = run({"--carrier", carrier, "--listen", ports[carrier], "--server",
                              server->url, "--outbound", "--to", "+13105550100", "--quiet"});
    EXPECT_EQ(refused.status, 1);
    EXPECT_NE(refused.output.find("begins with none of OUTBOUND_ALLOWED_PREFIXES"),
              std::string::npos)
        << refused.output;
  }
}

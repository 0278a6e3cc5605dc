// centralita: one program, a sub-command for each thing it does.
#include "server/caller/caller.h"
#include "server/doctor/doctor.h"
#include "server/replay/replay_command.h"
#include "server/schema_command.h"
#include "server/serve.h"
#include "server/store/migrate.h"
#ifdef HAVE_SANDBOX
#include "server/sandbox/sandbox.h"
#endif

#include <csignal>
#include <cstdio>
#include <cstring>
#include <span>

namespace {

struct Command {
  const char* name;
  int (*run)(std::span<char*> args);
  const char* what;
};

constexpr Command kCommands[] = {
    {"serve", centralita::serve_main, "run the server"},
    {"migrate", centralita::migrate_main, "bring the database's schema up to date"},
    {"schema", centralita::schema_main, "print what describes the API, for generators"},
    {"doctor", centralita::doctor_main, "say what is wrong, and what to do"},
    {"caller", centralita::caller_main, "place calls from the command line"},
    {"replay", centralita::replay_main, "a recorded call again, with other settings"},
#ifdef HAVE_SANDBOX
    {"sandbox", centralita::sandbox_main, "stand in for the paid providers, offline"},
#endif
};

void help(std::FILE* to) {
  std::fputs("Usage: centralita COMMAND [OPTIONS]\n\n", to);
  for (const auto& command : kCommands) std::fprintf(to, "  %-9s %s\n", command.name, command.what);
  std::fputs("\ncentralita COMMAND --help says more of one.\n", to);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const char* name = argc > 1 ? argv[1] : "";
  for (const auto& command : kCommands)
    if (std::strcmp(command.name, name) == 0)
      return command.run(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
  if (std::strcmp(name, "--version") == 0) {
    std::puts("centralita " CENTRALITA_VERSION);
    return 0;
  }
  const bool asked = std::strcmp(name, "--help") == 0 || std::strcmp(name, "help") == 0;
  if (*name && !asked)
    std::fprintf(stderr, "centralita: there is no command \"%s\".\n\n", name);
  help(asked ? stdout : stderr);
  return asked ? 0 : 2;
}

#include "tests/calls/program.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

namespace centralita {
namespace {

void nap() { g_main_context_iteration(nullptr, FALSE), g_usleep(10'000); }

void end_with_parent(gpointer) noexcept { prctl(PR_SET_PDEATHSIG, SIGKILL); }

}  // namespace

Program::Program(std::vector<std::string> command, const Environment& environment) {
  char name[] = "/tmp/centralita-test-XXXXXX";
  const int log = g_mkstemp(name);
  log_ = name;
  std::vector<char*> argv;
  for (auto& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  char** env = g_get_environ();
  for (const auto& [key, value] : environment)
    env = g_environ_setenv(env, key.c_str(), value.c_str(), TRUE);
  GError* error = nullptr;
  if (!g_spawn_async_with_fds(nullptr, argv.data(), env,
                              GSpawnFlags(G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH),
                              end_with_parent, nullptr, &pid_, -1, log, log, &error))
    g_error("cannot start %s: %s", command.front().c_str(), error->message);
  g_strfreev(env);
  close(log);
}

Program::~Program() {
  if (!ended_) {
    signal(SIGTERM);
    for (int i = 0; i < 500 && waitpid(pid_, &status_, WNOHANG) == 0; ++i) nap();
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  unlink(log_.c_str());
}

std::string Program::output() const {
  std::ifstream file(log_);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Program::wait_for(const std::string& regex, int seconds) {
  const std::regex pattern(regex);
  for (int i = 0; i < seconds * 100; ++i) {
    const auto text = output();
    std::smatch match;
    if (std::regex_search(text, match, pattern))
      return match.size() > 1 ? match[1].str() : match[0].str();
    if (waitpid(pid_, &status_, WNOHANG) == pid_) {
      ended_ = true;
      break;
    }
    nap();
  }
  g_error("no line matches %s in what the program said:\n%s", regex.c_str(), output().c_str());
}

void Program::signal(int number) {
  if (!ended_)
    kill(pid_, number);
}

bool Program::has_ended() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_)
    ended_ = true;
  return ended_;
}

int Program::wait() {
  if (!ended_)
    waitpid(pid_, &status_, 0);
  ended_ = true;
  return status_;
}

}  // namespace centralita

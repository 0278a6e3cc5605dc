#include "tests/calls/program.h"

#include <gtest/gtest.h>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <utility>

namespace centralita {
namespace {

void nap() { g_main_context_iteration(nullptr, FALSE), g_usleep(10'000); }

// In the order of their start.
std::vector<Program*>& programs() {
  static std::vector<Program*> all;
  return all;
}

class EndOfAll final : public ::testing::Environment {
  void TearDown() override { Program::end_all(); }
};
[[maybe_unused]] const auto* const end_of_all = ::testing::AddGlobalTestEnvironment(new EndOfAll);

void end_with_parent(gpointer) noexcept { prctl(PR_SET_PDEATHSIG, SIGKILL); }

}  // namespace

Program::Program(std::vector<std::string> command, const Environment& environment)
    : command_(command.front()) {
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
  programs().push_back(this);
}

Program::~Program() {
  end();
  std::erase(programs(), this);
}

void Program::end_all() {
  const auto all = programs();
  for (auto program = all.rbegin(); program != all.rend(); ++program) (*program)->end();
}

void Program::end() {
  if (std::exchange(judged_, true))
    return;
  signal(SIGTERM);
  if (!ends_within(5))
    signal(SIGTERM);
  if (!ends_within(15)) {
    ADD_FAILURE() << command_ << " does not end:\n" << output();
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  judge();
  unlink(log_.c_str());
}

bool Program::ends_within(int seconds) {
  for (int i = 0; i < seconds * 100 && !has_ended(); ++i) nap();
  return has_ended();
}

void Program::judge() const {
  const int signal = WIFSIGNALED(status_) ? WTERMSIG(status_) : 0;
  if (signal != 0 && signal != SIGTERM && signal != SIGKILL)
    ADD_FAILURE() << command_ << " crashed (" << strsignal(signal) << "):\n" << output();
  const auto text = output();
  for (const char* found : {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
                            "WARNING: ThreadSanitizer", ": runtime error: "})
    if (const auto at = text.find(found); at != text.npos) {
      ADD_FAILURE() << command_ << ": a sanitizer says\n" << text.substr(at);
      break;
    }
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

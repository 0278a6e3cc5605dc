// A child process of a test: started with its environment, watched by what it prints, ended with
// the test however that ends.
#pragma once

#include "plugins/base/ref.h"

#include <map>
#include <string>
#include <vector>

namespace centralita {

class Program {
 public:
  using Environment = std::map<std::string, std::string>;  // on top of the test's own

  // Aborts the test when it cannot be started. Output (both streams) goes to a file of its own.
  Program(std::vector<std::string> command, const Environment& environment);
  // SIGTERM, again after five seconds, and SIGKILL after twenty. The test fails when the program
  // does not end by itself, when it crashed at any time, and when a sanitizer found something in
  // it.
  ~Program();
  // The same for all that are still there, the youngest first: those of worlds that tests share and
  // that nobody destroys. Called when all tests have run.
  static void end_all();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Waits until a line matches and gives the first group; aborts the test after `seconds` or when
  // the process has ended first, printing what it said.
  std::string wait_for(const std::string& regex, int seconds = 30);
  std::string output() const;
  int pid() const { return pid_; }
  void signal(int number);
  int wait();  // its exit status
  bool has_ended();

 private:
  void end();
  bool ends_within(int seconds);
  void judge() const;

  std::string command_, log_;
  int pid_ = -1;
  int status_ = -1;
  bool ended_ = false, judged_ = false;
};

}  // namespace centralita

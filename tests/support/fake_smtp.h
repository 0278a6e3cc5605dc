// A mail server of one connection at a time that says no to the first messages.
#pragma once

#include "tests/support/loopback_socket.h"

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace centralita::test {

class FakeSmtp {
 public:
  explicit FakeSmtp(int refusals = 0) : refusals_(refusals), thread_([this] { run(); }) {}
  ~FakeSmtp() {
    shutdown(listener_.descriptor, SHUT_RDWR);
    thread_.join();
    close(listener_.descriptor);
  }
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(listener_.port()); }
  // What it was told, once it has taken a mail; ten seconds at the most.
  std::string session() const {
    std::unique_lock lock(mutex_);
    taken_.wait_for(lock, std::chrono::seconds(10), [this] { return mails_ > 0; });
    return session_;
  }
  int connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  int mails() const {  // that it took
    const std::lock_guard lock(mutex_);
    return mails_;
  }

 private:
  void run() {
    for (int client; (client = accept(listener_.descriptor, nullptr, nullptr)) >= 0;
         close(client)) {
      {
        const std::lock_guard lock(mutex_);
        ++connections_;
      }
      serve(client);
    }
  }
  void serve(int client) {
    const auto say = [client](const std::string& line) {
      (void)!write(client, (line + "\r\n").data(), line.size() + 2);
    };
    say("220 test");
    bool in_data = false;
    std::string line;
    for (char c; read(client, &c, 1) == 1;) {
      line += c;
      if (c != '\n')
        continue;
      const auto command = std::exchange(line, {});
      const std::lock_guard lock(mutex_);
      session_ += command;
      if (in_data) {
        if (command != ".\r\n")
          continue;
        in_data = false;
        ++mails_;
        taken_.notify_all();
        say("250 taken");
      } else if (command.starts_with("MAIL") && refusals_-- > 0) {
        say("451 later");
      } else if (command.starts_with("DATA")) {
        in_data = true;
        say("354 go on");
      } else if (command.starts_with("QUIT")) {
        say("221 bye");
        return;
      } else {
        say("250 test");
      }
    }
  }

  const LoopbackSocket listener_;
  mutable std::mutex mutex_;  // guards what is below
  mutable std::condition_variable taken_;
  int refusals_;
  std::string session_;
  int connections_ = 0, mails_ = 0;
  std::thread thread_;  // last: uses all of it
};

}  // namespace centralita::test

// A mail server of one connection at a time that says no to the first messages.
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace centralita::test {

class FakeSmtp {
 public:
  explicit FakeSmtp(int refusals = 0) : refusals_(refusals) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    g_assert(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    g_assert(listen(listener_, 4) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~FakeSmtp() {
    shutdown(listener_, SHUT_RDWR);
    close(listener_);
    thread_.join();
  }
  std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
  std::string session() {
    thread_done_wait();
    return session_;
  }
  int connections() const { return connections_; }
  int mails() const { return mails_; }  // that it took

 private:
  void thread_done_wait() {
    for (int i = 0; i < 2'000 && !taken_; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  void run() {
    for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
      ++connections_;
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
      session_ += command;
      if (in_data) {
        if (command != ".\r\n")
          continue;
        in_data = false;
        taken_ = true;
        ++mails_;
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

  int listener_ = -1, port_ = 0;
  int refusals_;
  std::string session_;
  std::atomic<bool> taken_ = false;
  std::atomic<int> connections_ = 0, mails_ = 0;
  std::thread thread_;
};

}  // namespace centralita::test

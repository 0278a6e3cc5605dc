// E-mail by SMTP (libcurl), on a thread of its own that lives as long as there is something to
// send.
//
//   Mailer mailer({.url = "smtps://smtp.example.com", .user = "...", .password = "...",
//                  .from = "centralita@example.com", .to = {"ops@example.com"}});
//   mailer.send({.subject = "Calls stopped", .text = "..."});      // any thread; never waits
//
// A message that cannot be handed over is tried again, with pauses that grow to ten minutes, for
// two and a half hours; then the log says so. With smtp:// TLS is asked for, and required when a
// password would be sent.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace centralita::policy {

struct MailSettings {
  std::string url;  // empty: no mail
  std::string user, password;
  std::string from;
  std::vector<std::string> to;
  std::chrono::milliseconds first_retry{5'000};

  bool complete() const { return !url.empty() && !to.empty(); }
};

struct Mail {
  std::string subject;  // UTF-8
  std::string text;     // UTF-8, lines end with \n
  // Of its Message-ID, the same at every try: a mail of which only the server's answer was lost is
  // known as one that is there already. Empty: one is made.
  std::string id = {};
  // The mail server has it, or there is none to send by. Called on the mailer's thread or in
  // send().
  std::function<void()> on_sent = {};
};

// RFC 5322, with the headers that RFC 2045 and 2047 want for UTF-8.
std::string mail_document(const MailSettings& settings, const Mail& mail,
                          std::chrono::system_clock::time_point date);

class Mailer {
 public:
  explicit Mailer(MailSettings settings);
  ~Mailer();  // what has not gone out is given up

  void send(Mail mail);
  bool wait_idle(std::chrono::milliseconds timeout);  // nothing waits and nothing is under way

 private:
  void run();
  // Empty: it went out.
  std::string deliver(const Mail& mail);

  const MailSettings settings_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Mail> waiting_;
  bool sending_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace centralita::policy

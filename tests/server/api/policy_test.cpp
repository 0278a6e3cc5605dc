// The rules of the error policy, without a server around them.
#include "plugins/base/ref.h"
#include "server/policy/admin_webhook.h"
#include "server/policy/admission.h"
#include "server/policy/critical_errors.h"
#include "server/policy/lateness.h"
#include "server/policy/mail.h"
#include "server/policy/policy_settings.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace centralita::policy {
namespace {

using namespace std::chrono_literals;

CallEnded failed(const std::string& cause, const std::string& code = "") {
  return {.session_id = "s",
          .status = "failed",
          .end_cause = cause,
          .error = "x",
          .end_time = {},
          .fault = {.provider = "groq", .operation = "chat", .code = code}};
}

TEST(CriticalErrors, AProviderThatFailsForGoodIsOneAndABadRequestOfOneCallIsNot) {
  EXPECT_TRUE(is_critical(failed("provider-failed", "unavailable")));
  EXPECT_TRUE(is_critical(failed("provider-failed", "rate-limited")));
  EXPECT_TRUE(is_critical(failed("provider-failed", "bad-key")));
  EXPECT_TRUE(is_critical(failed("no-reply")));
  EXPECT_FALSE(is_critical(failed("no-answer"))) << "nobody at the other end is no outage";
  EXPECT_TRUE(is_critical(failed("pipeline-error")));
  EXPECT_FALSE(is_critical(failed("provider-failed", "bad-request")));
  EXPECT_FALSE(is_critical(failed("provider-failed", "model-retired")));
  EXPECT_FALSE(is_critical(failed("provider-failed", "too-large")));
}

TEST(CriticalErrors, CallersAndLinesAreNone) {
  EXPECT_FALSE(is_critical(failed("media-timeout")));
  EXPECT_FALSE(is_critical(failed("not-answered")));
  EXPECT_FALSE(is_critical(failed("malformed-stream")));
  auto hung_up = failed("caller-hung-up");
  hung_up.status = "completed";
  EXPECT_FALSE(is_critical(hung_up));
}

TEST(ErrorWindow, ThreeWithinTheWindowAreTooManyAndThreeInALongerTimeAreNot) {
  ErrorWindow window(3, 60s);
  EXPECT_FALSE(window.add(0s));
  EXPECT_FALSE(window.add(30s));
  EXPECT_FALSE(window.add(60s));  // the first one is just out
  EXPECT_EQ(window.count(60s), 2);
  EXPECT_TRUE(window.add(89s));
  EXPECT_EQ(window.count(200s), 0);
}

TEST(Admission, ACallTooManyAndALateServerAreRefusedAndAnIdleServerNever) {
  const AdmissionSettings settings{.max_calls = 3, .max_lateness = 100ms};
  EXPECT_EQ(room_for_one_more(settings, {.live = 2, .lateness = 5ms}), "");
  EXPECT_EQ(room_for_one_more(settings, {.live = 3, .lateness = 5ms}), "full");
  EXPECT_EQ(room_for_one_more(settings, {.live = 2, .lateness = 101ms}), "late");
  EXPECT_EQ(room_for_one_more(settings, {.live = 0, .lateness = 1s}), "");
  EXPECT_EQ(room_for_one_more({}, {.live = 100'000, .lateness = 1s}), "");
}

TEST(Admission, WhatACallerHearsIsInTheLanguageOfTheNumbersAgent) {
  EXPECT_NE(refusal_of("full", "en-GB").spoken.find("our lines are busy"), std::string::npos);
  EXPECT_EQ(refusal_of("full", "en-GB").language, "en-GB");
  EXPECT_NE(refusal_of("stopped", "es-AR").spoken.find("no podemos atender"), std::string::npos);
  EXPECT_EQ(refusal_of("stopped", "es-AR").language, "es-AR");
  EXPECT_EQ(refusal_of("stopped", "").language, "es-MX");
  EXPECT_EQ(refusal_of("stopped", "en").language, "en-US");
}

TEST(Lateness, OneHiccupInTenSecondsIsNoLatenessAndTenAre) {
  Lateness lateness;
  for (int i = 0; i < 500; ++i) lateness.note(1ms);
  EXPECT_EQ(lateness.p99(), 1ms);
  lateness.note(300ms);
  EXPECT_EQ(lateness.p99(), 1ms);
  for (int i = 0; i < 10; ++i) lateness.note(200ms);
  EXPECT_EQ(lateness.p99(), 200ms);
  for (int i = 0; i < 500; ++i) lateness.note(2ms);
  EXPECT_EQ(lateness.p99(), 2ms);
}

// The example of the specification (standardwebhooks.com, "Signature scheme").
TEST(WebhookSignature, IsThatOfStandardWebhooks) {
  EXPECT_EQ(
      webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        "1614265330", R"({"test": 2432232314})"),
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(MailDocument, NoTextOfOursCanAddAHeaderOrALine) {
  const MailSettings settings{.url = "smtp://x", .from = "a@example.com", .to = "b@example.com"};
  const auto document =
      mail_document(settings, {.subject = "caídas\r\nBcc: c@example.com", .text = "á\n.\nfin"},
                    std::chrono::system_clock::time_point(1'000'000s), "id");
  EXPECT_EQ(document.find("Bcc"), std::string::npos);
  EXPECT_NE(document.find("Date: Mon, 12 Jan 1970 13:46:40 +0000\r\n"), std::string::npos)
      << document;
  EXPECT_NE(document.find("\r\n\r\nw6EKLgpmaW4=\r\n"), std::string::npos) << document;
}

// A mail server of one connection at a time that says no to the first messages.
class SmtpServer {
 public:
  explicit SmtpServer(int refusals) : refusals_(refusals) {
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
  ~SmtpServer() {
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

 private:
  void thread_done_wait() {
    for (int i = 0; i < 2'000 && !taken_; ++i) std::this_thread::sleep_for(5ms);
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
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

TEST(Mailer, AMessageThatIsRefusedAtFirstIsTriedAgainAndArrives) {
  SmtpServer server(1);
  Mailer mailer({.url = server.url(),
                 .from = "centralita@example.com",
                 .to = "ops@example.com",
                 .first_retry = 1ms});
  mailer.send({.subject = "Llamadas detenidas", .text = "Motivo: prueba"});
  ASSERT_TRUE(mailer.wait_idle(30s));
  const auto session = server.session();
  EXPECT_EQ(server.connections(), 2);
  EXPECT_NE(session.find("MAIL FROM:<centralita@example.com>"), std::string::npos) << session;
  EXPECT_NE(session.find("RCPT TO:<ops@example.com>"), std::string::npos) << session;
  EXPECT_NE(session.find("TW90aXZvOiBwcnVlYmE="), std::string::npos) << session;
}

TEST(PolicySettings, EveryMistakeIsToldWithWhatItMustBe) {
  const std::pair<const char*, const char*> kWrong[] = {
      {"GLOBAL_STOP_MAX_ERRORS_IN_WINDOW", "many"},
      {"GLOBAL_STOP_WINDOW_SECONDS", "0"},
      {"ADMIN_NOTIFICATION_WEBHOOK_URL", "ftp://x"},
      {"ADMIN_NOTIFICATION_EMAIL", "ops@example.com"}};
  for (const auto& [name, value] : kWrong) g_setenv(name, value, TRUE);
  std::vector<std::string> mistakes;
  (void)read_policy_settings(mistakes);
  for (const auto& [name, value] : kWrong) g_unsetenv(name);
  std::string all;
  for (const auto& mistake : mistakes) all += mistake + "\n";
  EXPECT_EQ(mistakes.size(), 4u) << all;
  for (const auto& [name, value] : kWrong) EXPECT_NE(all.find(name), std::string::npos) << all;
}

}  // namespace
}  // namespace centralita::policy

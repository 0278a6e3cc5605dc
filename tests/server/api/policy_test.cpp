// The rules of the error policy, without a server around them.
#include "plugins/base/ref.h"
#include "server/policy/admin_webhook.h"
#include "server/policy/admission.h"
#include "server/policy/critical_errors.h"
#include "server/policy/lateness.h"
#include "server/policy/mail.h"
#include "server/policy/policy_settings.h"
#include "server/webhooks/webhook_signature.h"
#include "tests/support/fake_http.h"
#include "tests/support/fake_smtp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>

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
  Admission admission({.max_calls = 3, .max_lateness = 100ms});
  EXPECT_EQ(admission.room_for_one_more({.live = 2, .lateness = 5ms}), "");
  EXPECT_EQ(admission.room_for_one_more({.live = 3, .lateness = 5ms}), "full");
  EXPECT_EQ(admission.room_for_one_more({.live = 2, .lateness = 101ms}), "late");
  EXPECT_EQ(admission.room_for_one_more({.live = 0, .lateness = 1s}), "");
  EXPECT_EQ(Admission({}).room_for_one_more({.live = 100'000, .lateness = 1s}), "");
}

TEST(Admission, AServerThatWasLateTakesCallsAgainWellBelowTheBoundAndNotAtIt) {
  Admission admission({.max_calls = 0, .max_lateness = 100ms});
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 99ms}), "");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 101ms}), "late");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 99ms}), "late");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 51ms}), "late");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 50ms}), "");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 99ms}), "");
  EXPECT_EQ(admission.room_for_one_more({.live = 9, .lateness = 101ms}), "late");
  EXPECT_EQ(admission.room_for_one_more({.live = 0, .lateness = 101ms}), "") << "nothing goes on";
  EXPECT_EQ(admission.room_for_one_more({.live = 1, .lateness = 60ms}), "");
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

TEST(MailDocument, NoTextOfOursCanAddAHeaderOrALine) {
  const MailSettings settings{.url = "smtp://x", .from = "a@example.com", .to = {"b@example.com"}};
  const auto document = mail_document(
      settings, {.subject = "caídas\r\nBcc: c@example.com", .text = "á\n.\nfin", .id = "id"},
      std::chrono::system_clock::time_point(1'000'000s));
  EXPECT_EQ(document.find("Bcc"), std::string::npos);
  EXPECT_NE(document.find("Date: Mon, 12 Jan 1970 13:46:40 +0000\r\n"), std::string::npos)
      << document;
  EXPECT_NE(document.find("\r\n\r\nw6EKLgpmaW4=\r\n"), std::string::npos) << document;
}

TEST(Mailer, AMessageThatIsRefusedAtFirstIsTriedAgainAndArrives) {
  test::FakeSmtp server(1);
  Mailer mailer({.url = server.url(),
                 .from = "centralita@example.com",
                 .to = {"ops@example.com", "night@example.com"},
                 .first_retry = 1ms});
  std::atomic<bool> sent = false;
  mailer.send(
      {.subject = "Llamadas detenidas", .text = "Motivo: prueba", .id = "n1", .on_sent = [&] {
         sent = true;
       }});
  ASSERT_TRUE(mailer.wait_idle(30s));
  const auto session = server.session();
  EXPECT_TRUE(sent);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_NE(session.find("Message-ID: <n1@centralita>"), std::string::npos) << session;
  EXPECT_NE(session.find("MAIL FROM:<centralita@example.com>"), std::string::npos) << session;
  EXPECT_NE(session.find("RCPT TO:<ops@example.com>"), std::string::npos) << session;
  EXPECT_NE(session.find("RCPT TO:<night@example.com>"), std::string::npos) << session;
  EXPECT_NE(session.find("To: ops@example.com, night@example.com\r\n"), std::string::npos)
      << session;
  EXPECT_NE(session.find("TW90aXZvOiBwcnVlYmE="), std::string::npos) << session;
}

// A receiver that is broken, then not there at all, and back at the very last try.
TEST(AdminWebhook, IsTriedAgainWithGrowingPausesForAQuarterOfAnHourAsTheSameNotice) {
  test::FakeHttp receiver;
  FakeClock clock;
  const auto context = Ref<GMainContext>::adopt(g_main_context_new());
  const auto timers = TimerQueue::manual(clock, context.get());
  g_main_context_push_thread_default(context.get());
  {
    AdminWebhook webhook(IoContext(context, IoContext::make_session()), receiver.url(), "secreto");
    const auto until = [&](const std::function<bool()>& so) {
      const auto end = std::chrono::steady_clock::now() + 20s;
      while (!so() && std::chrono::steady_clock::now() < end)
        g_main_context_iteration(context.get(), FALSE);
      return so();
    };
    for (int i = 0; i < 6; ++i)
      receiver.answer(
          {.status = 500,
           .end = i % 2 ? test::FakeAnswer::End::kCut : test::FakeAnswer::End::kComplete});
    bool told = false;
    webhook.send("n1", json::Object().set("event", "global_call_stop_activated"),
                 [&] { told = true; });
    std::size_t tries = 0;
    for (const auto pause : {1s, 5s, 20s, 60s, 200s, 600s}) {
      ++tries;
      EXPECT_FALSE(told);
      ASSERT_TRUE(until([&] {
        return receiver.requests() == tries && timers->next_deadline() == clock.now() + pause;
      })) << "try "
          << tries;
      clock.advance(pause, *timers);
    }
    ASSERT_TRUE(until([&] { return webhook.idle(); }));
    EXPECT_TRUE(told);
    EXPECT_EQ(receiver.requests(), 7u);
    for (std::size_t n = 0; n < 7; ++n) {
      const auto notice = receiver.request(n);
      EXPECT_EQ(notice.header("webhook-id"), "msg_n1");
      EXPECT_EQ(notice.header("webhook-signature"),
                webhook_signature("secreto", notice.header("webhook-id"),
                                  std::stoll(notice.header("webhook-timestamp")), notice.body));
    }
  }
  g_main_context_pop_thread_default(context.get());
}

// What is said of an environment that holds these beside nothing else of the policy's.
std::string mistakes_of(const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) g_setenv(name.c_str(), value.c_str(), TRUE);
  std::vector<std::string> mistakes;
  (void)read_policy_settings(mistakes);
  for (const auto& [name, value] : environment) g_unsetenv(name.c_str());
  std::string all;
  for (const auto& mistake : mistakes) all += mistake + "\n";
  return all;
}

TEST(PolicySettings, EveryMistakeIsToldWithWhatItMustBe) {
  const std::map<std::string, std::string> wrong = {
      {"GLOBAL_STOP_MAX_ERRORS_IN_WINDOW", "many"},
      {"GLOBAL_STOP_WINDOW_SECONDS", "0"},
      {"ADMIN_NOTIFICATION_WEBHOOK_URL", "ftp://x"},
      {"ADMIN_NOTIFICATION_WEBHOOK_SECRET", "whsec_no base64"},
      {"ADMIN_NOTIFICATION_EMAIL", "ops@example.com; night@example.com"},
      {"SMTP_URL", "mail.example.com:587"},
      {"SMTP_FROM", "Centralita <a@example.com>"},
      {"SMTP_PASSWORD", "hunter2"}};
  const auto all = mistakes_of(wrong);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), std::ssize(wrong)) << all;
  for (const auto& [name, value] : wrong) EXPECT_NE(all.find(name), std::string::npos) << all;
}

TEST(PolicySettings, WhatWouldSendNoMailOrAPasswordInTheOpenIsRefusedAtStart) {
  const std::pair<const char*, const char*> to{"ADMIN_NOTIFICATION_EMAIL", "ops@example.com"};
  EXPECT_NE(mistakes_of({to}), "");
  EXPECT_NE(mistakes_of({{"SMTP_URL", "smtps://mail.example.com"}}), "");
  const auto said = mistakes_of({to, {"SMTP_URL", "smtp://user:hunter2@mail.example.com"}});
  EXPECT_NE(said.find("SMTP_PASSWORD"), said.npos) << said;
  EXPECT_EQ(said.find("hunter2"), said.npos) << said;
  EXPECT_EQ(mistakes_of({to, {"SMTP_URL", "smtp://[::1]:2525"}}), "");
}

TEST(PolicySettings, SeveralRecipientsAreThoseOfTheMailAndTheFirstItsSender) {
  g_setenv("ADMIN_NOTIFICATION_EMAIL", "a@example.com, b@example.com", TRUE);
  g_setenv("SMTP_URL", "smtp://mail.example.com", TRUE);
  std::vector<std::string> mistakes;
  const auto mail = read_policy_settings(mistakes).mail;
  g_unsetenv("ADMIN_NOTIFICATION_EMAIL");
  g_unsetenv("SMTP_URL");
  EXPECT_TRUE(mistakes.empty());
  EXPECT_EQ(mail.to, (std::vector<std::string>{"a@example.com", "b@example.com"}));
  EXPECT_EQ(mail.from, "a@example.com");
}

}  // namespace
}  // namespace centralita::policy

// Three servers behind HAProxy with the configuration of docs/haproxy.cfg: one is killed and one
// drained while calls go on.
#include "server/telephony/twilio_signature.h"
#include "server/webhooks/webhook_signature.h"
#include "tests/calls/stack.h"
#include "tests/support/fake_http.h"
#include "tests/support/fake_smtp.h"

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

// A port that nobody has at the moment: HAProxy must be told one, and the servers its address.
int free_port() {
  GSocketListener* listener = g_socket_listener_new();
  const int port = g_socket_listener_add_any_inet_port(listener, nullptr, nullptr);
  g_socket_listener_close(listener);
  g_object_unref(listener);
  return port;
}

std::string configuration(int port, const std::vector<std::string>& servers) {
  std::ifstream file(std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/docs/haproxy.cfg");
  std::ostringstream text;
  text << file.rdbuf();
  auto result = std::regex_replace(text.str(), std::regex("bind :443[^\n]*"),
                                   "bind 127.0.0.1:" + std::to_string(port));
  const char* names[] = {"a", "b", "c"};
  for (int n = 0; n < 3; ++n)
    result = std::regex_replace(
        result, std::regex(std::string("server ") + names[n] + " 10\\.0\\.0\\.[0-9]:8000"),
        std::string("server ") + names[n] + " " + servers.at(static_cast<std::size_t>(n)));
  return result;
}

}  // namespace

TEST(Instances, OneIsKilledAndOneDrainedWhileCallsGoOnBehindHaproxy) {
  const auto found = g_find_program_in_path("haproxy");
  const std::string haproxy = found ? found : "/usr/sbin/haproxy";
  g_free(found);
  if (!g_file_test(haproxy.c_str(), G_FILE_TEST_IS_EXECUTABLE))
    GTEST_FAIL() << "haproxy is not installed (./dev test installs it)";
  const int port = free_port();
  const auto url = "http://127.0.0.1:" + std::to_string(port);
  const auto environment = [&](const char* name) {
    return Program::Environment{{"PUBLIC_BASE_URL", url},
                                {"CENTRALITA_INSTANCE", name},
                                {"TRUSTED_PROXIES", "127.0.0.1"},
                                {"DRAIN_SECONDS", "60"}};
  };
  Stack stack(environment("a"));
  const auto b = stack.server_beside(environment("b"));
  const auto c = stack.server_beside(environment("c"));
  const auto address = [](const std::string& url) { return url.substr(7); };
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/haproxy.cfg")
      << configuration(port, {address(stack.url()), address(b->url), address(c->url)});
  Program balancer({haproxy, "-db", "-f", folder.path() + "/haproxy.cfg"}, {});
  for (int i = 0; i < 500 && stack.get_url(url + "/ready").status != 200; ++i) g_usleep(20'000);
  for (int i = 0; i < 500; ++i, g_usleep(20'000))
    if (const auto list = json::parse(stack.get("/api/v1/instances").body);
        list && list->object().objects("instances").size() == 3)
      break;
  stack.call_through(url);

  // Twelve calls of some length over all three; b is told to stop and c is killed meanwhile.
  const Slot drain = stack.io().after(6s, [&] { b->program->signal(SIGTERM); });
  const Slot kill = stack.io().after(7s, [&] { c->program->signal(SIGKILL); });
  std::vector<caller::CallReport> later;
  const auto reports = stack.calls("wait-greeting; wait 8; hang-up", 12);
  // New calls go to whom is left.
  for (const auto& report : stack.calls("wait-greeting; hang-up", 4))
    EXPECT_TRUE(report.ok()) << to_text(report);
  EXPECT_EQ(b->program->wait(), 0);  // it has ended by itself, when its last call had

  auto& postgres = PostgresFixture::shared();
  const auto sql = [&](const std::string& text) {
    return postgres.execute(stack.database(), text);
  };
  for (int i = 0; i < 1'500 && sql("select count(*) from calls where end_time is null") != "0"; ++i)
    g_usleep(20'000);
  int whole = 0, cut = 0;
  for (const auto& report : reports) {
    whole += report.ok();
    cut += !report.ok() && report.answered;
  }
  const auto of = [&](const char* host) {
    return std::stoi(sql(std::string("select count(*) from calls c join instances i on i.id ="
                                     " c.instance where i.host = '") +
                         host + "' and c.start_time < now() - interval '1 second'"));
  };
  const int lost = std::stoi(sql("select count(*) from calls where end_cause = 'instance-lost'"));
  std::printf(
      "three instances: calls on a %d, b (drained) %d, c (killed) %d; of 12, %d went to their end, "
      "%d were cut off with c and %d closed by the others; 4 later ones answered\n",
      of("a"), of("b"), of("c"), whole, cut, lost);
  EXPECT_GE(of("b"), 1);
  EXPECT_GE(of("c"), 1);
  EXPECT_EQ(whole + cut, 12);
  EXPECT_EQ(lost, cut);
  EXPECT_EQ(std::stoi(sql("select count(*) from calls c join instances i on i.id = c.instance"
                          " where i.host = 'b' and c.status <> 'completed'")),
            0);
  int gone = 0;
  for (int i = 0; i < 500 && gone != 2; ++i, g_usleep(20'000)) {
    const auto list = json::parse(stack.get("/api/v1/instances").body);
    gone = 0;
    if (list)
      for (const auto& instance : list->object().objects("instances"))
        gone += instance.string("state") == "gone";
  }
  EXPECT_EQ(gone, 2);
}

TEST(Drain, LongCallsHearTheApologyAndASecondSignalIsAtOnce) {
  Stack stack(Program::Environment{{"DRAIN_SECONDS", "1"}});
  const Slot drain = stack.io().after(3s, [&] { stack.server().signal(SIGTERM); });
  int ready = 0;
  std::string says;
  const Slot ask = stack.io().after(3300ms, [&] {
    const auto reply = stack.get_url(stack.url() + "/ready");
    ready = reply.status;
    says = reply.body;
  });
  const auto report = stack.call("wait-greeting; wait 60");
  EXPECT_TRUE(report.ended_by_agent) << to_text(report);
  EXPECT_EQ(stack.server().wait(), 0);
  stack.server().wait_for("ended with an apology", 1);
  stack.restart_server();
  const auto call = *stack.history(report.call_sid).object("call");
  EXPECT_EQ(call.string("end_cause"), "server-stopping");
  EXPECT_EQ(call.string("status"), "failed");
  EXPECT_EQ(ready, 503);
  EXPECT_NE(says.find("\"draining\""), std::string::npos) << says;

  const Slot first = stack.io().after(2s, [&] { stack.server().signal(SIGTERM); });
  const Slot second = stack.io().after(2500ms, [&] { stack.server().signal(SIGTERM); });
  const auto cut = stack.call("wait-greeting; wait 60");
  EXPECT_TRUE(cut.answered);
  EXPECT_EQ(stack.server().wait(), 0);
}

namespace {

// Three servers, each with notices to one administrator, and how soon all of them know of a stop.
class ThreeServers {
 public:
  ThreeServers()
      : stack_(environment("a")),
        b_(stack_.server_beside(environment("b"))),
        c_(stack_.server_beside(environment("c"))) {
    urls_ = {stack_.url(), b_->url, c_->url};
  }

  Stack& stack() { return stack_; }
  test::FakeHttp& administrator() { return administrator_; }
  test::FakeSmtp& mail() { return mail_; }
  const std::string& url(std::size_t server) const { return urls_.at(server); }
  std::string output() { return b_->program->output() + c_->program->output(); }

  void post(std::size_t server, const std::string& action) {
    const auto reply =
        stack_.post(url(server) + "/api/v1/system/" + action, R"({"reason": "prueba"})", key());
    EXPECT_EQ(reply.status, 200) << reply.body;
  }

  // From now until no server takes calls any more, or all do again; in ms, at most 20 s. A server
  // counts as soon as the simulator is refused and the very next of Twilio's webhooks is.
  // `from_first`: from when the first of them does.
  double until_all(bool stopped, bool from_first = false) {
    const auto now = [] { return static_cast<double>(g_get_monotonic_time()) / 1000; };
    double began = now(), last = began;
    bool none = true;
    std::vector<bool> known(urls_.size());
    while (std::count(known.begin(), known.end(), false) > 0 && now() < began + 20'000)
      for (std::size_t n = 0; n < urls_.size(); ++n) {
        if (known[n] || refuses(url(n)) != stopped)
          continue;
        known[n] = true;
        EXPECT_EQ(refuses_twilio(url(n)), stopped);
        last = now();
        if (std::exchange(none, false) && from_first)
          began = last;
      }
    EXPECT_EQ(std::count(known.begin(), known.end(), true), 3) << output();
    return last - began;
  }

  // PostgreSQL's processes of the sessions that listen.
  std::vector<int> listeners() {
    std::istringstream text(PostgresFixture::shared().execute(
        stack_.database(),
        "select string_agg(pid::text, ' ') from pg_stat_activity where datname ="
        " current_database() and application_name = 'centralita-listener'"));
    return {std::istream_iterator<int>(text), {}};
  }

 private:
  Program::Environment environment(const char* name) {
    return {{"CENTRALITA_INSTANCE", name},
            {"DRAIN_SECONDS", "0"},
            {"GLOBAL_STOP_MAX_ERRORS_IN_WINDOW", "1"},
            {"ADMIN_NOTIFICATION_WEBHOOK_URL", administrator_.url() + "/stop"},
            {"ADMIN_NOTIFICATION_WEBHOOK_SECRET", "secreto-de-pruebas"},
            {"SMTP_URL", mail_.url()},
            {"SMTP_FROM", "centralita@example.com"},
            {"ADMIN_NOTIFICATION_EMAIL", "guardia@example.com"}};
  }
  static std::vector<std::pair<std::string, std::string>> key() {
    return {{"X-API-Key", Stack::kAdminKey}};
  }
  bool refuses(const std::string& url) {
    const auto reply = stack_.post(url + "/ws/simulator/v2/start", "", key());
    EXPECT_TRUE(reply.status == 200 ||
                (reply.status == 503 && reply.body.find("calls-stopped") != std::string::npos))
        << reply.status << reply.body;
    return reply.status == 503;
  }
  bool refuses_twilio(const std::string& url) {
    const auto id = "CA" + std::to_string(++calls_);
    const auto webhook = url + "/api/v1/twilio/incoming-call";
    const auto reply = stack_.post(
        webhook, "CallSid=" + id,
        {{"X-Twilio-Signature", twilio_signature(Stack::kTwilioToken, webhook, {{"CallSid", id}})}},
        "application/x-www-form-urlencoded");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return reply.body.find("no podemos atender su llamada") != std::string::npos &&
           reply.body.find("<Stream") == std::string::npos;
  }

  test::FakeHttp administrator_;
  test::FakeSmtp mail_;
  Stack stack_;
  std::unique_ptr<Stack::Another> b_, c_;
  std::vector<std::string> urls_;
  int calls_ = 0;
};

// Shared by the tests below.
ThreeServers& three_servers() {
  static auto* const shared = new ThreeServers;
  return *shared;
}

}  // namespace

// Without a load balancer: who is asked need not be who has the call.
TEST(Instances, ACallIsToldAndHungUpThroughWhicheverServerIsAsked) {
  auto& stack = three_servers().stack();
  stack.call_through(three_servers().url(1));
  const std::vector<std::pair<std::string, std::string>> key = {{"X-API-Key", Stack::kAdminKey}};
  HttpReply told, hung_up;
  const Slot steer = stack.io().after(2s, [&] {
    const auto live = json::parse(stack.get("/api/v1/live-calls").body)->object().objects("calls");
    ASSERT_EQ(live.size(), 1u);
    EXPECT_EQ(live[0].boolean("elsewhere"), true);
    const auto id = *live[0].string("session_id");
    told =
        stack.post(stack.url() + "/api/v1/calls/" + id + "/context", R"({"note": "Es Ana."})", key);
    hung_up = stack.post(stack.url() + "/api/v1/live-calls/" + id, R"({"action": "hang-up"})", key);
  });
  const auto report = stack.call("wait-greeting; wait 30");
  EXPECT_EQ(told.status, 202) << told.body << three_servers().output();
  EXPECT_EQ(hung_up.status, 200) << hung_up.body;
  EXPECT_TRUE(report.ended_by_agent) << to_text(report);
  EXPECT_EQ(stack.history(report.call_sid).object("call")->string("end_cause"), "operator-hung-up");
}

TEST(Instances, AStopIsKnownOnEveryServerWithinASecondHoweverTheyHearOfIt) {
  auto& servers = three_servers();
  servers.stack().call_through(servers.url(0));
  const auto show = [](const char* what, double ms) {
    std::printf("three servers: %-58s %4.0f ms\n", what, ms);
    EXPECT_LT(ms, 1'000) << what;
  };
  // The first tries fail: a service that is being restarted.
  servers.administrator().answer({.status = 503});
  const auto began = g_get_monotonic_time();
  servers.post(0, "stop");
  show("stopped at one, refused by all", servers.until_all(true));
  servers.administrator().request(0);
  show("the administrator's webhook, from the command",
       static_cast<double>(g_get_monotonic_time() - began) / 1000);
  while (servers.mail().mails() == 0 && g_get_monotonic_time() < began + 5'000'000) g_usleep(500);
  show("the administrator's e-mail, from the command",
       static_cast<double>(g_get_monotonic_time() - began) / 1000);
  servers.post(1, "resume");
  show("resumed at another, taken by all", servers.until_all(false));

  ASSERT_EQ(servers.listeners().size(), 3u);
  PostgresFixture::shared().execute(
      servers.stack().database(),
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
      " and application_name = 'centralita-listener'");
  servers.post(0, "stop");
  show("stopped, every LISTEN cut just before", servers.until_all(true));
  for (int i = 0; i < 500 && servers.listeners().size() != 3; ++i) g_usleep(10'000);

  // As behind a firewall that has forgotten the connection: it is open and silent.
  const auto silent = servers.listeners();
  ASSERT_EQ(silent.size(), 3u);
  for (const int pid : silent) kill(pid, SIGSTOP);
  servers.post(2, "resume");
  show("resumed, every LISTEN silent", servers.until_all(false));
  for (const int pid : silent) kill(pid, SIGCONT);

  // One call whose greeting cannot be spoken.
  servers.stack().set_fault(R"({"operation":"synthesis","fault":"status","status":401,"times":9})");
  const auto report = servers.stack().call("wait-end");
  EXPECT_TRUE(report.ended_by_agent) << to_text(report);
  show("a critical error at one, the others after it", servers.until_all(true, true));

  // Of three incidents three notices, the first of them twice.
  std::set<std::string> ids;
  for (std::size_t n = 0; n < 4; ++n) {
    const auto notice = servers.administrator().request(n);
    ids.insert(notice.header("webhook-id"));
    EXPECT_EQ(notice.header("webhook-signature"),
              webhook_signature("secreto-de-pruebas", notice.header("webhook-id"),
                                std::stoll(notice.header("webhook-timestamp")), notice.body));
  }
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_EQ(servers.administrator().requests(), 4u);
  for (int i = 0; i < 500 && servers.mail().mails() < 3; ++i) g_usleep(20'000);
  EXPECT_EQ(servers.mail().mails(), 3) << "one for each incident";
  servers.post(0, "resume");
}

// Three servers behind HAProxy with the configuration of docs/haproxy.cfg: one is killed and one
// drained while calls go on.
#include "tests/calls/stack.h"

#include <gio/gio.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <regex>
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

// The same two servers without a load balancer: who is asked need not be who has the call.
TEST(Instances, ACallIsToldAndHungUpThroughWhicheverServerIsAsked) {
  Stack stack({{"CENTRALITA_INSTANCE", "a"}});
  const auto b = stack.server_beside({{"CENTRALITA_INSTANCE", "b"}});
  stack.call_through(b->url);
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
  EXPECT_EQ(told.status, 202) << told.body << b->program->output();
  EXPECT_EQ(hung_up.status, 200) << hung_up.body;
  EXPECT_TRUE(report.ended_by_agent) << to_text(report);
  EXPECT_EQ(stack.history(report.call_sid).object("call")->string("end_cause"), "operator-hung-up");
}

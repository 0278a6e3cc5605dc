#include "server/store/listener.h"
#include "server/store/incidents.h"
#include "tests/server/store/support.h"

#include <thread>

namespace centralita::store {
namespace {

// What a subscriber has heard, on a context of its own.
class Ear {
 public:
  Ear(Listener& listener, const std::string& topic)
      : slot_(listener.subscribe(topic, context_.get(),
                                 [this](const auto& what) { heard.push_back(what); })) {}

  // Until so many things have been heard, or the test gives up.
  bool wait(std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + kSoon;
    while (heard.size() < count && std::chrono::steady_clock::now() < until) {
      if (!g_main_context_iteration(context_.get(), FALSE))
        std::this_thread::yield();
    }
    return heard.size() >= count;
  }
  void settle() {
    while (g_main_context_iteration(context_.get(), FALSE)) continue;
  }
  void stop() { slot_.reset(); }

  std::vector<std::optional<std::string>> heard;

 private:
  Ref<GMainContext> context_ = Ref<GMainContext>::adopt(g_main_context_new());
  Slot slot_;
};

class ListenerTest : public StoreTest {};

TEST_F(ListenerTest, WhatAnotherSessionSaysIsHeardByItsTopic) {
  const auto store = open();
  Ear agents(store->listener(), "agents"), incidents(store->listener(), "incidents");
  ASSERT_TRUE(agents.wait(1));
  EXPECT_EQ(agents.heard[0], std::nullopt);  // anything may have been said before
  ASSERT_TRUE(incidents.wait(1));

  sql("select pg_notify('centralita', 'agents 7')");
  ASSERT_TRUE(agents.wait(2));
  EXPECT_EQ(agents.heard[1], "7");
  sql("select pg_notify('centralita', 'incidents')");
  ASSERT_TRUE(incidents.wait(2));
  EXPECT_EQ(incidents.heard[1], "");
  agents.settle();
  EXPECT_EQ(agents.heard.size(), 2u);
}

TEST_F(ListenerTest, AChangeOfAnAgentIsSaidByTheDatabaseItself) {
  const auto store = open();
  Ear agents(store->listener(), "agents");
  ASSERT_TRUE(agents.wait(1));
  sql("update agents set name = 'recepción' where name = 'default'");
  ASSERT_TRUE(agents.wait(2));
  EXPECT_EQ(agents.heard[1], "1");
  sql("insert into agent_numbers (number, agent_id) values ('+525512345678', 1)");
  ASSERT_TRUE(agents.wait(3));
  EXPECT_EQ(agents.heard[2], "numbers");
}

TEST_F(ListenerTest, AfterAnOutageEverybodyIsToldToLookForThemselves) {
  const auto store = open();
  Ear agents(store->listener(), "agents");
  ASSERT_TRUE(agents.wait(1));
  postgres_.stop();
  postgres_.start();
  ASSERT_TRUE(agents.wait(2));
  EXPECT_EQ(agents.heard.back(), std::nullopt);
  sql("select pg_notify('centralita', 'agents 3')");
  while (agents.heard.back() != "3") ASSERT_TRUE(agents.wait(agents.heard.size() + 1));
}

TEST_F(ListenerTest, WhoHasLeftHearsNothingMore) {
  const auto store = open();
  Ear gone(store->listener(), "agents"), there(store->listener(), "agents");
  ASSERT_TRUE(gone.wait(1));
  gone.stop();
  sql("select pg_notify('centralita', 'agents 7')");
  while (there.heard.empty() || there.heard.back() != "7")
    ASSERT_TRUE(there.wait(there.heard.size() + 1));
  gone.settle();
  EXPECT_EQ(gone.heard.size(), 1u);
}

class IncidentsTest : public StoreTest {
 protected:
  std::unique_ptr<Store> store_ = open();
  Incident stop_{.kind = kGlobalStop,
                 .began = at(0),
                 .reason = "tres fallos",
                 .raised_by = "errors",
                 .errors = R"([{"text":"groq"}])"};

  std::int64_t raise() {
    const auto id = answer_of<std::int64_t>([&](auto* context, auto answer) {
      store_->change<std::int64_t>(
          [this](Connection& connection) {
            return raise_incident(connection, stop_, {.name = "errors", .address = ""});
          },
          context, answer);
    });
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : -1;
  }
  bool end() {
    const auto ended = answer_of<bool>([&](auto* context, auto answer) {
      store_->change<bool>(
          [](Connection& connection) {
            return end_incident(connection, kGlobalStop, "", {"ana", "10.0.0.1"});
          },
          context, answer);
    });
    EXPECT_TRUE(ended) << ended.error().message;
    return ended && *ended;
  }
  std::vector<Incident> list() {
    return *answer_of<std::vector<Incident>>([&](auto* context, auto answer) {
      store_->read<std::vector<Incident>>(
          [](Connection& connection) { return list_incidents(connection, std::nullopt, 10); },
          context, answer);
    });
  }
};

TEST_F(IncidentsTest, OneStandsUntilItIsEndedWhoeverElseRaisesIt) {
  Ear ear(store_->listener(), "incidents");
  ASSERT_TRUE(ear.wait(1));
  const auto first = raise();
  EXPECT_GT(first, 0);
  ASSERT_TRUE(ear.wait(2));
  EXPECT_EQ(raise(), 0);
  EXPECT_TRUE(end());
  EXPECT_FALSE(end());
  EXPECT_EQ(raise(), 0);  // the very same, by a server that has not heard of its end
  stop_.began = at(1);
  EXPECT_GT(raise(), first);
  const auto all = list();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_FALSE(all[0].ended);
  EXPECT_TRUE(all[1].ended);
  EXPECT_EQ(all[1].cleared_by, "ana");
  EXPECT_EQ(all[1].began, at(0));
  EXPECT_EQ(all[1].errors, R"([{"text": "groq"}])");
}

TEST_F(IncidentsTest, WhoRaisedAndWhoEndedItIsInTheAuditLog) {
  raise();
  end();
  EXPECT_EQ(sql("select string_agg(actor || ' ' || action || ' ' || coalesce(address, '-') || ' ' "
                "|| (details ->> 'reason'), ', ' order by id) from audit_log"),
            "errors global_stop.activated - tres fallos, ana global_stop.cleared 10.0.0.1 tres "
            "fallos");
}

}  // namespace
}  // namespace centralita::store

#include "server/store/call_deletion.h"
#include "tests/server/store/support.h"

#include <set>

namespace centralita::store {
namespace {

class CallListsTest : public StoreTest {
 protected:
  template <typename T, typename Query>
  Result<T, StoreError> asked(Query query) {
    return answer_of<T>([&](auto* context, auto answer) {
      store_->change<T>([query](Connection& connection) { return query(connection); }, context,
                        answer);
    });
  }
  std::vector<std::string> found(CallFilter filter) {
    const auto page = list_calls(*store_, {.limit = 50, .filter = std::move(filter)});
    EXPECT_TRUE(page) << page.error().message;
    std::vector<std::string> sessions;
    if (page)
      for (const auto& call : page->calls) sessions.push_back(call.session_id);
    return sessions;
  }
  Deletion deleted(const CallFilter& filter) {
    const auto deletion = asked<Deletion>([&](Connection& connection) {
      return delete_calls(connection, filter, {.name = "admin", .address = "127.0.0.1"});
    });
    EXPECT_TRUE(deletion) << deletion.error().message;
    return deletion ? *deletion : Deletion{};
  }
  Result<std::int64_t, StoreError> restored(const std::string& name) {
    return asked<std::int64_t>([&](Connection& connection) {
      return restore_calls(connection, name, {.name = "admin", .address = "127.0.0.1"});
    });
  }
  std::int64_t counted(const CallFilter& filter, const std::string& since = "", int most = 1'000) {
    const auto count = asked<std::int64_t>(
        [&](Connection& connection) { return count_calls(connection, filter, since, most); });
    EXPECT_TRUE(count) << count.error().message;
    return count ? *count : -1;
  }
  void say(const std::string& session_id, int number, const std::string& words) {
    store_->turn_finished(turn(session_id, number, words));
  }
  void stored() { ASSERT_TRUE(store_->flush(kSoon)); }

  std::unique_ptr<Store> store_ = open();
};

using Sessions = std::vector<std::string>;

TEST_F(CallListsTest, EachMemberOfAFilterChoosesByItself) {
  auto browser = started("browser", 0);
  browser.client_type = "browser";
  browser.from_number = browser.to_number = "";
  store_->call_started(browser);
  auto outbound = started("outbound", 1'000);
  outbound.direction = "outbound";
  outbound.to_number = "+1 (415) 555-0100";
  outbound.agent_name = "Ventas";
  store_->call_started(outbound);
  store_->call_started(started("plain", 2'000));
  for (const char* session : {"browser", "plain"}) store_->call_ended(ended(session));
  auto failure = ended("outbound");
  failure.status = "failed";
  failure.end_cause = "provider-failed";
  store_->call_ended(failure);
  stored();
  sql(R"(update calls set extracted_data = '{"intent": "agendar_cita", "sentiment": "positive"}'
          where session_id = 'plain')");

  EXPECT_EQ(found({}), (Sessions{"plain", "outbound", "browser"}));
  EXPECT_EQ(found({.from = at(1'000)}), (Sessions{"plain", "outbound"}));
  EXPECT_EQ(found({.to = at(1'000)}), (Sessions{"browser"}));
  EXPECT_EQ(found({.client_types = {"browser", "telnyx"}}), (Sessions{"browser"}));
  EXPECT_EQ(found({.statuses = {"failed"}}), (Sessions{"outbound"}));
  EXPECT_EQ(found({.directions = {"outbound"}}), (Sessions{"outbound"}));
  EXPECT_EQ(found({.agents = {"Ventas"}}), (Sessions{"outbound"}));
  EXPECT_EQ(found({.end_causes = {"provider-failed"}}), (Sessions{"outbound"}));
  EXPECT_EQ(found({.intents = {"agendar_cita"}}), (Sessions{"plain"}));
  EXPECT_EQ(found({.sentiments = {"negative"}}), (Sessions{}));
  EXPECT_EQ(found({.number = "4155550100"}), (Sessions{"outbound"}));
  EXPECT_EQ(found({.number = "5512345678"}), (Sessions{"plain", "outbound"}));
  EXPECT_EQ(found({.statuses = {"completed"}, .number = "5512345678"}), (Sessions{"plain"}));
  const auto id = list_calls(*store_, {})->calls.front().id;
  EXPECT_EQ(found({.ids = {id}}), (Sessions{"plain"}));
  EXPECT_EQ(found({.agents = {"x'); drop table calls; --"}}), (Sessions{}));
}

TEST_F(CallListsTest, TextIsFoundByItsStemsWithoutAccentsAndWhileItIsTyped) {
  store_->call_started(started("es"));
  say("es", 1, "Necesito unas cotizaciones para mañana, ¿no?");
  store_->call_started(started("en", 1));
  say("en", 1, "I would like to cancel my appointments");
  store_->call_started(started("it's", 2));
  say("it's", 0, "Buenas, gracias por llamar");
  stored();
  EXPECT_EQ(found({.text = "cotización"}), (Sessions{"es"}));
  EXPECT_EQ(found({.text = "COTIZACION manana"}), (Sessions{"es"}));
  EXPECT_EQ(found({.text = "cotiz"}), (Sessions{"es"}));
  EXPECT_EQ(found({.text = "appointment"}), (Sessions{"en"}));
  EXPECT_EQ(found({.text = "no"}), (Sessions{"es"})) << "a common word is a word";
  EXPECT_EQ(found({.text = "\"gracias por llamar\""}), (Sessions{"it's"}));
  EXPECT_EQ(found({.text = "\"llamar por gracias\""}), (Sessions{}));
  EXPECT_EQ(found({.text = "appointment or cotización"}), (Sessions{"en", "es"}));
  EXPECT_EQ(found({.text = "' | & !( :* \\"}), (Sessions{}));
}

TEST_F(CallListsTest, SearchInTheTranscriptsUsesItsIndex) {
  store_->call_started(started("s"));
  say("s", 0, "hola");
  stored();
  const auto plan =
      sql("set enable_seqscan = off; explain (format json) select 1 from calls_matching('{\"q\": "
          "\"hola\"}') c");
  EXPECT_NE(plan.find("transcripts_words"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("Function Scan"), std::string::npos)
      << "the filter is planned apart: " << plan;
}

TEST_F(CallListsTest, PagesOfAFilterShowEveryCallOnceWhileNewOnesBegin) {
  for (int n = 0; n < 20; ++n) {
    auto call = started("old-" + std::to_string(n), n / 3);
    call.agent_name = n % 2 ? "Ventas" : "Soporte";
    store_->call_started(call);
  }
  stored();
  const CallFilter filter{.agents = {"Ventas"}};
  CallQuery query{.limit = 3, .filter = filter};
  std::set<std::string> seen;
  std::string newest;
  int pages = 0;
  do {
    const auto page = list_calls(*store_, query);
    ASSERT_TRUE(page) << page.error().message;
    if (newest.empty())
      newest = page->newest;
    for (const auto& call : page->calls) {
      EXPECT_EQ(call.agent_name, "Ventas");
      EXPECT_TRUE(seen.insert(call.session_id).second) << call.session_id;
    }
    query.cursor = page->next_cursor;
    auto call = started("new-" + std::to_string(pages++), 10'000);
    call.agent_name = "Ventas";
    store_->call_started(call);
    store_->call_started(started("other-" + std::to_string(pages), 10'000));
    stored();
  } while (!query.cursor.empty());
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(seen.size(), 10u);

  EXPECT_EQ(counted(filter, newest), 4);
  EXPECT_EQ(counted(filter), 14);
  EXPECT_EQ(counted({}, "", 7), 7) << "counting stops";
}

TEST_F(CallListsTest, CursorOfAnotherFilterIsRefused) {
  for (int n = 0; n < 4; ++n) store_->call_started(started(std::to_string(n), n));
  stored();
  const auto page = list_calls(*store_, {.limit = 2, .filter = {.agents = {"default"}}});
  ASSERT_TRUE(page);
  ASSERT_NE(page->next_cursor, "");
  const auto plain = list_calls(*store_, {.cursor = page->next_cursor});
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, kBadCursor);
  EXPECT_TRUE(
      list_calls(*store_, {.cursor = page->next_cursor, .filter = {.agents = {"default"}}}));
}

TEST_F(CallListsTest, WhatWasDeletedIsGoneAtOnceAndComesBackAsAWhole) {
  for (const char* session : {"a", "b", "c"}) {
    store_->call_started(started(session));
    say(session, 0, "hola");
    store_->call_ended(ended(session));
  }
  stored();
  const auto page = list_calls(*store_, {});
  const auto id = page->calls[0].id;
  const auto first = deleted({.ids = {id}});
  EXPECT_EQ(first.deleted, 1);
  EXPECT_EQ(found({}).size(), 2u);
  EXPECT_EQ(found({.text = "hola"}).size(), 2u);
  EXPECT_EQ(counted({}), 2);
  EXPECT_EQ(get_call(*store_, id).error().code, kNotFound);
  const auto rest = deleted({});
  EXPECT_EQ(rest.deleted, 2);
  EXPECT_EQ(found({}), Sessions{});

  EXPECT_EQ(*restored(rest.name), 2);
  EXPECT_EQ(found({}).size(), 2u);
  EXPECT_EQ(*restored(first.name), 1);
  EXPECT_EQ(get_call(*store_, id)->turns.size(), 1u);
  EXPECT_EQ(restored(first.name).error().code, kNotFound);
  EXPECT_EQ(sql("select string_agg(action || ' ' || subject, ', ' order by id) from audit_log"
                " where action like 'call.%'"),
            "call.deleted call:" + std::to_string(id) +
                ", call.deleted calls, call.restored calls, call.restored calls");
}

TEST_F(CallListsTest, TheLogOfADeletionForgetsWhomItWasAbout) {
  store_->call_started(started("a"));
  say("a", 0, "soy Remedios Varo");
  store_->call_ended(ended("a"));
  stored();
  EXPECT_EQ(
      deleted({.agents = {"default"}, .number = "5512345678", .text = "Remedios Varo"}).deleted, 1);
  EXPECT_EQ(sql("select details -> 'filter' from audit_log where action = 'call.deleted'"),
            R"({"q": "…", "agent": ["default"], "number": "…78"})");
}

TEST_F(CallListsTest, CallThatGoesOnIsNotDeletedAndIsCounted) {
  auto live = started("live");
  live.start_time = std::chrono::system_clock::now();
  store_->call_started(live);
  store_->call_started(started("done"));
  store_->call_ended(ended("done"));
  store_->call_started(started("crashed"));  // long ago
  stored();
  const auto deletion = deleted({});
  EXPECT_EQ(deletion.deleted, 2);
  EXPECT_EQ(deletion.going_on, 1);
  EXPECT_EQ(found({}), Sessions{"live"});
  const auto again = deleted({.statuses = {"active"}});
  EXPECT_EQ(again.deleted, 0);
  EXPECT_EQ(again.name, "");
}

TEST_F(CallListsTest, DeletedCallsAreGoneForGoodWhenTheTimeToUndoIsOver) {
  sql("insert into webhooks (url, events) values ('http://x/', '{call.started,call.ended}')");
  for (const char* session : {"old", "fresh"}) {
    store_->call_started(started(session));
    say(session, 0, "hola");
    store_->call_ended(ended(session));
  }
  stored();
  const auto deletion = deleted({});
  sql("update calls set deleted_at = now() - interval '31 minutes' where session_id = 'old'");
  const auto purged =
      asked<Purged>([](Connection& connection) { return purge_deleted_calls(connection); });
  ASSERT_TRUE(purged);
  EXPECT_EQ(purged->calls, 1);
  EXPECT_EQ(purged->untold, 2) << "of the fresh one they wait";
  EXPECT_EQ(sql("select count(*) from transcripts"), "1");
  EXPECT_EQ(*restored(deletion.name), 1);
  EXPECT_EQ(found({}), Sessions{"fresh"});
}

TEST_F(CallListsTest, FacetsNameWhatThereIsTheMostFrequentFirst) {
  for (int n = 0; n < 5; ++n) {
    auto call = started(std::to_string(n));
    call.agent_name = n < 2 ? "Soporte" : "Ventas";
    store_->call_started(call);
  }
  stored();
  sql(R"(update calls set extracted_data = '{"intent": "queja"}' where session_id = '0')");
  sql(R"(update calls set extracted_data = '"not an object"' where session_id = '1')");
  const auto facets = asked<std::vector<CallFacet>>(
      [](Connection& connection) { return list_call_facets(connection); });
  ASSERT_TRUE(facets) << facets.error().message;
  std::string text;
  for (const auto& facet : *facets)
    text += facet.name + "=" + facet.value + ":" + std::to_string(facet.calls) + " ";
  EXPECT_EQ(text,
            "agent=Ventas:3 agent=Soporte:2 client_type=twilio:5 direction=inbound:5 "
            "intent=queja:1 status=active:5 ");
}

TEST_F(CallListsTest, DetailedPageHasTheTurnsOfEachCallInTheirOrder) {
  for (const char* session : {"a", "b"}) {
    store_->call_started(started(session));
    for (int n = 0; n < 3; ++n) say(session, n, session + std::to_string(n));
  }
  stored();
  const auto page = asked<DetailedPage>(
      [](Connection& connection) { return list_detailed_calls(connection, {.limit = 1}); });
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->calls.size(), 1u);
  ASSERT_EQ(page->calls[0].turns.size(), 3u);
  EXPECT_EQ(page->calls[0].turns[2].content, page->calls[0].call.session_id + "2");
  EXPECT_NE(page->next_cursor, "");
}

}  // namespace
}  // namespace centralita::store

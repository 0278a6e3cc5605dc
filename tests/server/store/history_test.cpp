#include "tests/server/store/support.h"

#include <algorithm>
#include <random>
#include <set>
#include <thread>

namespace centralita::store {
namespace {

using HistoryTest = StoreTest;

TEST_F(HistoryTest, CallIsKeptWithAllThatIsKnownOfIt) {
  const auto store = open();
  store->call_started(started("MZ1"));
  auto greeting = turn("MZ1", 0, "Buenas");
  greeting.generated = "Buenas, gracias por llamar";
  greeting.interrupted = true;
  greeting.timings = {.response = 640, .stt = 120, .tts_first_byte = 0};
  store->turn_finished(greeting);
  store->turn_finished(turn("MZ1", 1, "¿Bueno?"));
  store->call_ended(ended("MZ1"));
  ASSERT_TRUE(store->flush(kSoon));

  const auto detail = get_call(*store, std::string("MZ1"));
  ASSERT_TRUE(detail) << detail.error().message;
  const auto& call = detail->call;
  EXPECT_EQ(call.session_id, "MZ1");
  EXPECT_EQ(call.client_type, "twilio");
  EXPECT_EQ(call.direction, "inbound");
  EXPECT_EQ(call.provider_call_id, "CAMZ1");
  EXPECT_EQ(call.from_number, "+525512345678");
  EXPECT_EQ(call.to_number, "+525587654321");
  EXPECT_EQ(call.agent_id, 1);
  EXPECT_EQ(call.agent_name, "default");
  EXPECT_EQ(call.status, "completed");
  EXPECT_EQ(call.end_cause, "caller-hung-up");
  EXPECT_EQ(call.error, "");
  EXPECT_EQ(call.start_time, at(0));
  EXPECT_EQ(call.end_time, at(60'000));

  ASSERT_EQ(detail->turns.size(), 2u);
  const auto& first = detail->turns[0];
  EXPECT_EQ(first.number, 0);
  EXPECT_EQ(first.role, "assistant");
  EXPECT_EQ(first.content, "Buenas");
  EXPECT_EQ(first.generated, "Buenas, gracias por llamar");
  EXPECT_TRUE(first.interrupted);
  EXPECT_EQ(first.timestamp, at(0));
  EXPECT_EQ(first.duration, 800ms);
  EXPECT_EQ(first.timings.response, 640);
  EXPECT_EQ(first.timings.stt, 120);
  EXPECT_EQ(first.timings.tts_first_byte, 0);
  EXPECT_FALSE(first.timings.llm_first_token);
  EXPECT_EQ(detail->turns[1].role, "user");

  const auto by_id = get_call(*store, call.id);
  ASSERT_TRUE(by_id);
  EXPECT_EQ(by_id->call.session_id, "MZ1");
}

TEST_F(HistoryTest, EventsAndToolCallsAreKeptOnceAndInTheirOrder) {
  const auto store = open();
  store->call_started(started("s"));
  const CallEvent late{"s", "barge-in", "words", at(2'000), 2'000ms};
  const CallEvent early{"s", "state", "idle -> speaking", at(100), 100ms};
  ToolFinished tool{.session_id = "s",
                    .number = 0,
                    .reply = 3,
                    .id = "call_1",
                    .name = "find_slot",
                    .arguments = R"({"day":"martes"})",
                    .result = std::string(40'000, 'x'),
                    .ok = true,
                    .time = at(1'500),
                    .since_start = 1'500ms,
                    .duration = 620ms};
  for (int again = 0; again < 2; ++again) {
    store->call_event(late);
    store->call_event(early);
    store->tool_finished(tool);
  }
  auto end = ended("s");
  end.usage = CallUsage{.stt_audio = 12'340ms,
                        .stt_requests = 3,
                        .stt_model = "whisper",
                        .llm_input_tokens = 900,
                        .llm_output_tokens = 80,
                        .llm_estimated = true,
                        .tts_characters = 210,
                        .carrier = "twilio",
                        .direction = "inbound",
                        .line = 60'000ms};
  end.cost = R"({"amount": 0.25})";
  store->call_ended(end);
  ASSERT_TRUE(store->flush(kSoon));

  const auto detail = get_call(*store, std::string("s"));
  ASSERT_TRUE(detail) << detail.error().message;
  ASSERT_EQ(detail->events.size(), 2u);
  EXPECT_EQ(detail->events[0].name, "state");
  EXPECT_EQ(detail->events[1].detail, "words");
  EXPECT_EQ(detail->events[1].time, at(2'000));
  EXPECT_EQ(detail->events[1].since_start, 2'000ms);
  ASSERT_EQ(detail->tools.size(), 1u);
  EXPECT_EQ(detail->tools[0].arguments, tool.arguments);
  EXPECT_EQ(detail->tools[0].result, tool.result);
  EXPECT_TRUE(detail->tools[0].ok);
  EXPECT_EQ(detail->tools[0].duration, 620ms);
  EXPECT_EQ(detail->call.extraction_state, "waiting");
  const auto usage = json::parse(detail->call.usage);
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage_of(usage->object()), *end.usage);
  EXPECT_EQ(json::parse(detail->call.cost)->object().number("amount"), 0.25);
}

TEST_F(HistoryTest, AnEventOfACallThatNobodyKnowsIsNoFailure) {
  const auto store = open();
  store->call_event({"nobody", "state", "idle -> speaking", at(0), 0ms});
  store->tool_finished({.session_id = "nobody"});
  EXPECT_TRUE(store->flush(kSoon));
  EXPECT_EQ(store->status().rejected, 0u);
}

TEST_F(HistoryTest, TurnsAreStoredAsTheyFinishAndNotWhenTheCallEnds) {
  const auto store = open();
  store->call_started(started("s"));
  for (int n = 0; n < 3; ++n) {
    store->turn_finished(turn("s", n));
    ASSERT_TRUE(store->flush(kSoon));
    const auto detail = get_call(*store, std::string("s"));
    ASSERT_TRUE(detail);
    EXPECT_EQ(detail->call.status, "active");
    EXPECT_EQ(detail->turns.size(), static_cast<std::size_t>(n) + 1);
  }
}

TEST_F(HistoryTest, SameRecordsTwiceAreStoredOnceAndAnEndedCallStaysEnded) {
  const auto store = open();
  for (int again = 0; again < 2; ++again) {
    store->call_started(started("s"));
    for (int n = 0; n < 4; ++n) store->turn_finished(turn("s", n));
    if (again == 0)
      store->call_ended(ended("s"));
    ASSERT_TRUE(store->flush(kSoon));
  }
  EXPECT_EQ(list_calls(*store, {})->calls.size(), 1u);
  const auto detail = get_call(*store, std::string("s"));
  EXPECT_EQ(detail->turns.size(), 4u);
  EXPECT_EQ(detail->call.status, "completed");
  EXPECT_EQ(detail->call.end_time, at(60'000));
}

TEST_F(HistoryTest, TurnsOfManyCallsFromManyThreadsKeepTheirOrder) {
  const auto store = open();
  std::vector<std::thread> shards;
  for (int c = 0; c < 8; ++c)
    shards.emplace_back([&, session_id = "call-" + std::to_string(c)] {
      store->call_started(started(session_id));
      for (int n = 0; n < 50; ++n) store->turn_finished(turn(session_id, n, std::to_string(n)));
      store->call_ended(ended(session_id));
    });
  for (auto& shard : shards) shard.join();
  ASSERT_TRUE(store->flush(kSoon));
  for (int c = 0; c < 8; ++c) {
    const auto detail = get_call(*store, "call-" + std::to_string(c));
    ASSERT_TRUE(detail);
    EXPECT_EQ(detail->call.status, "completed");
    ASSERT_EQ(detail->turns.size(), 50u);
    for (int n = 0; n < 50; ++n) EXPECT_EQ(detail->turns[n].content, std::to_string(n));
  }
  // What was stored first has the lower number, also within one transaction.
  EXPECT_EQ(sql("select count(*) from transcripts a join transcripts b on b.call_id = a.call_id"
                " and b.turn_number = a.turn_number + 1 where b.id < a.id"),
            "0");
}

TEST_F(HistoryTest, PagesShowEveryCallOnceWhileNewOnesBegin) {
  const auto store = open();
  // Calls that begin at the same moment: there the id decides.
  for (int n = 0; n < 25; ++n) store->call_started(started("old-" + std::to_string(n), n / 5));
  ASSERT_TRUE(store->flush(kSoon));

  std::vector<std::string> seen;
  CallQuery query{.limit = 4};
  int pages = 0;
  do {
    const auto page = list_calls(*store, query);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_LE(page->calls.size(), 4u);
    for (const auto& call : page->calls) seen.push_back(call.session_id);
    query.cursor = page->next_cursor;
    for (int k = 0; k < 3; ++k)
      store->call_started(
          started("new-" + std::to_string(pages) + "-" + std::to_string(k), 10'000));
    ASSERT_TRUE(store->flush(kSoon));
    ++pages;
  } while (!query.cursor.empty());

  EXPECT_EQ(pages, 7);
  EXPECT_EQ(seen.size(), 25u);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 25u);
  EXPECT_EQ(seen.front(), "old-24");
  EXPECT_EQ(seen.back(), "old-0");
}

TEST_F(HistoryTest, LastFullPageHasNoNextOne) {
  const auto store = open();
  for (int n = 0; n < 4; ++n) store->call_started(started(std::to_string(n), n));
  ASSERT_TRUE(store->flush(kSoon));
  const auto page = list_calls(*store, {.limit = 4});
  EXPECT_EQ(page->calls.size(), 4u);
  EXPECT_EQ(page->next_cursor, "");
  EXPECT_EQ(list_calls(*store, {.limit = -3})->calls.size(), 1u);
  EXPECT_EQ(list_calls(*store, {.limit = 1'000'000})->calls.size(), 4u);
}

TEST_F(HistoryTest, CursorsThatAreNoneAreRefused) {
  const auto store = open();
  for (const std::string cursor : {"x", "' or 1=1 --", "MTo1OjY", "\xFF\xFE"}) {
    const auto page = list_calls(*store, {.cursor = cursor});
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().code, kBadCursor);
  }
}

TEST_F(HistoryTest, WhatIsNotThereIsNotFound) {
  const auto store = open();
  EXPECT_EQ(get_call(*store, std::int64_t{404}).error().code, kNotFound);
  EXPECT_EQ(get_call(*store, std::int64_t{99'999'999'999'999}).error().code, kNotFound);
  EXPECT_EQ(get_call(*store, std::string("no'body")).error().code, kNotFound);
  EXPECT_EQ(get_call(*store, std::string("\0\xFF", 2)).error().code, kNotFound);
  EXPECT_EQ(load_agent(*store, std::string("nobody")).error().code, kNotFound);
  EXPECT_EQ(load_agent(*store, std::int64_t{404}).error().code, kNotFound);
}

TEST_F(HistoryTest, TextWithSqlInItIsText) {
  const auto store = open();
  const std::string nasty = "Robert'); drop table calls; -- $1 %s \\' \" \u0001 ñ";
  auto call = started(nasty);
  call.from_number = nasty;
  store->call_started(call);
  store->turn_finished(turn(nasty, 0, nasty));
  ASSERT_TRUE(store->flush(kSoon));
  const auto detail = get_call(*store, nasty);
  ASSERT_TRUE(detail) << detail.error().message;
  EXPECT_EQ(detail->call.from_number, nasty);
  EXPECT_EQ(detail->turns.at(0).content, nasty);
}

TEST_F(HistoryTest, BytesThatPostgresqlCannotHoldAreReplacedAndLogged) {
  const LogCapture log;
  const auto store = open();
  const std::string session_id("s\xFF", 2);
  store->call_started(started(session_id));
  store->turn_finished(turn(session_id, 0, std::string("uno\0dos\xC3", 8)));
  store->turn_finished(turn(session_id, 1, "tres"));
  ASSERT_TRUE(store->flush(kSoon));
  const auto detail = get_call(*store, session_id);
  ASSERT_TRUE(detail) << detail.error().message;
  ASSERT_EQ(detail->turns.size(), 2u);
  EXPECT_EQ(detail->turns[0].content, "uno\uFFFDdos\uFFFD");
  EXPECT_EQ(store->status().rejected, 0u);
  EXPECT_GE(log.lines_with("not UTF-8"), 1);
}

TEST_F(HistoryTest, RecordThatTheDatabaseRefusesDoesNotHoldUpTheOthers) {
  const LogCapture log;
  const auto store = open();
  sql("alter table transcripts add constraint no_swearing check (content <> 'carajo')");
  store->call_started(started("s"));
  for (const char* said : {"uno", "carajo", "tres"})
    store->turn_finished(turn("s", said[0] == 'u' ? 0 : said[0] == 'c' ? 1 : 2, said));
  store->call_ended(ended("s"));
  ASSERT_TRUE(store->flush(kSoon));
  const auto detail = get_call(*store, std::string("s"));
  ASSERT_EQ(detail->turns.size(), 2u);
  EXPECT_EQ(detail->call.status, "completed");
  EXPECT_EQ(store->status().rejected, 1u);
  EXPECT_TRUE(store->status().healthy);
  EXPECT_EQ(log.lines_with("turn-finished 1 of call s is given up"), 1);
}

TEST_F(HistoryTest, TurnOfACallThatWasDeletedMeanwhileIsLeftOutAndLogged) {
  const LogCapture log;
  const auto store = open();
  store->call_started(started("s"));
  ASSERT_TRUE(store->flush(kSoon));
  sql("delete from calls");
  store->turn_finished(turn("s", 0));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(sql("select count(*) from transcripts"), "0");
  EXPECT_EQ(log.lines_with("turn-finished 0 of call s is not kept"), 1);
}

TEST_F(HistoryTest, CallsLeftOpenByAPreviousRunAreClosedByTheNextOne) {
  const TemporaryFolder folder;
  auto options = quick(conninfo_);
  options.journal.folder = folder.path();
  {
    const auto store = open(options);
    store->call_started(started("cut-off"));
    store->turn_finished(turn("cut-off", 2));
    store->call_started(started("done"));
    store->call_ended(ended("done"));
    ASSERT_TRUE(store->flush(kSoon));
  }
  EXPECT_EQ(get_call(*open(), std::string("cut-off"))->call.status, "active");

  const auto store = open(options);
  store->call_started(started("of-this-run"));
  ASSERT_TRUE(store->flush(kSoon));
  const auto closed = get_call(*store, std::string("cut-off"))->call;
  EXPECT_EQ(closed.status, "failed");
  EXPECT_EQ(closed.end_cause, "server-restarted");
  EXPECT_FALSE(closed.error.empty());
  // When its last turn was kept, which is now and not when the call says it was.
  EXPECT_LT(std::chrono::system_clock::now() - *closed.end_time, 60s);
  EXPECT_EQ(get_call(*store, std::string("done"))->call.status, "completed");
  EXPECT_EQ(get_call(*store, std::string("of-this-run"))->call.status, "active");
}

TEST_F(HistoryTest, ARecordThatFailsOnItsOwnHoldsUpNothingWhateverTheDatabaseCallsIt) {
  const auto store = open();
  sql("create function no_swearing() returns trigger language plpgsql as $$ begin"
      "  if new.content = 'carajo' then raise exception 'no swearing'; end if; return new; end $$;"
      "create trigger no_swearing before insert on transcripts"
      "  for each row execute function no_swearing()");
  // Too long for the index, and PostgreSQL cannot compress it: class 54.
  auto endless = started("endless");
  std::mt19937 random(7);
  while (endless.provider_call_id.size() < 20'000)
    endless.provider_call_id += static_cast<char>('a' + random() % 26);
  store->call_started(endless);
  store->call_started(started("s"));
  store->turn_finished(turn("s", 0, "carajo"));
  store->turn_finished(turn("s", 1, "dos"));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(store->status().rejected, 2u);
  EXPECT_EQ(sql("select string_agg(session_id, ' ') from calls"), "s");
  EXPECT_EQ(sql("select string_agg(content, ' ') from transcripts"), "dos");
}

TEST_F(HistoryTest, ATableThatSomebodyHasChangedIsAnOutageAndNoRecordsFault) {
  const auto store = open();
  store->call_started(started("s"));
  ASSERT_TRUE(store->flush(kSoon));
  sql("alter table transcripts rename column content to words");
  store->turn_finished(turn("s", 0));
  ASSERT_TRUE(store->wait_until_healthy(false, kSoon));
  EXPECT_NE(store->status().last_error.find("content"), std::string::npos);
  sql("alter table transcripts rename column words to content");
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(store->status().rejected, 0u);
  EXPECT_EQ(sql("select count(*) from transcripts"), "1");
}

TEST_F(HistoryTest, WhatTheDatabaseRefusedIsKeptInTheJournal) {
  const TemporaryFolder folder;
  auto options = quick(conninfo_);
  options.journal.folder = folder.path();
  {
    const auto store = open(options);
    sql("alter table transcripts add constraint no_swearing check (content <> 'carajo')");
    store->call_started(started("s"));
    store->turn_finished(turn("s", 0, "carajo"));
    ASSERT_TRUE(store->flush(kSoon));
  }
  auto file = journal::Sqlite::open(folder.path() + "/0.db");
  ASSERT_TRUE(file);
  std::string refused;
  ASSERT_FALSE(file->query("select body || reason from refused", {},
                           [&](const auto& row) { refused += row.text(0); }));
  EXPECT_NE(refused.find("carajo"), std::string::npos) << refused;
  EXPECT_NE(refused.find("no_swearing"), std::string::npos) << refused;
}

TEST_F(HistoryTest, AgentIsReadAnewForEveryCall) {
  const LogCapture log;
  const auto store = open();
  const auto agent = load_agent(*store, std::string("default"));
  ASSERT_TRUE(agent) << agent.error().message;
  sql("update agents set config = jsonb_set(config, '{shared}', config -> 'shared' ||"
      " '{\"first_message\": \"Hola\", \"temperature\": 9, \"colour\": 1}')");
  for (int again = 0; again < 3; ++again) {
    const auto changed = load_agent(*store, agent->id);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->first_message, "Hola");
    EXPECT_EQ(changed->temperature, 2);
  }
  EXPECT_EQ(log.lines_with("temperature 9 is out of 0-2"), 1);
  EXPECT_EQ(log.lines_with("colour is not known"), 1);
}

TEST_F(HistoryTest, QuestionsThatWaitWhenTheStoreGoesAreAnswered) {
  const auto context = Ref<GMainContext>::adopt(g_main_context_new());
  int answers = 0;
  {
    const auto store = open();
    for (int n = 0; n < 50; ++n)
      store->list_calls({}, context.get(), [&](Result<CallPage, StoreError>) { ++answers; });
  }
  while (g_main_context_iteration(context.get(), FALSE)) {
  }
  EXPECT_EQ(answers, 50);
}

}  // namespace
}  // namespace centralita::store

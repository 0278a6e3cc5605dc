#include "server/store/migrate.h"

#include "tests/server/store/support.h"

#include <thread>

namespace centralita::store {
namespace {

using MigrateTest = StoreTest;

std::vector<Migration> with_another(std::string script) {
  auto migrations = embedded_migrations();
  const int version = static_cast<int>(migrations.size()) + 1;
  char file_name[32];
  std::snprintf(file_name, sizeof file_name, "%04d_another.sql", version);
  migrations.push_back(make_migration(file_name, std::move(script)));
  return migrations;
}

TEST_F(MigrateTest, FreshDatabaseGetsTheSchemaAndAnAgentThatWorksInSpanish) {
  const auto count = migrate(conninfo_);
  ASSERT_TRUE(count) << count.error();
  EXPECT_EQ(*count, static_cast<int>(embedded_migrations().size()));
  EXPECT_EQ(sql("select to_regclass('agent_configs') is null"), "t");

  const LogCapture log;
  const auto agent = load_agent(*open(), std::string("default"));
  ASSERT_TRUE(agent) << agent.error().message;
  EXPECT_EQ(log.lines_with("agent default:"), 0);
  EXPECT_EQ(agent->voice_name, "es-MX-DaliaNeural");
  EXPECT_EQ(agent->voice_language, "es-MX");
  EXPECT_EQ(agent->llm_model, "openai/gpt-oss-120b");
  EXPECT_GT(agent->instructions.size(), 500u);
  EXPECT_NE(agent->first_message.find("ayudar"), std::string::npos);
  EXPECT_FALSE(agent->idle_message.empty());
  EXPECT_FALSE(agent->apology_message.empty());
}

TEST_F(MigrateTest, RunningItAgainDoesNothing) {
  ASSERT_TRUE(migrate(conninfo_));
  const auto before = sql("select string_agg(m::text, ' ') from schema_migrations m");
  const auto again = migrate(conninfo_);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, 0);
  EXPECT_EQ(sql("select string_agg(m::text, ' ') from schema_migrations m"), before);
  EXPECT_EQ(sql("select count(*) from agents"), "1");
}

TEST_F(MigrateTest, ManyAtOnceRunEachMigrationOnce) {
  std::vector<Result<int>> counts(6, 0);
  std::vector<std::thread> threads;
  for (auto& count : counts) threads.emplace_back([&] { count = migrate(conninfo_); });
  for (auto& thread : threads) thread.join();
  int sum = 0;
  for (const auto& count : counts) {
    ASSERT_TRUE(count) << count.error();
    sum += *count;
  }
  EXPECT_EQ(sum, static_cast<int>(embedded_migrations().size()));
  EXPECT_EQ(sql("select count(*) from schema_migrations"),
            std::to_string(embedded_migrations().size()));
}

TEST_F(MigrateTest, MigrationChangedAfterItWasRunIsRefused) {
  ASSERT_TRUE(migrate(conninfo_));
  sql("update schema_migrations set checksum = 'another' where version = 2");
  const auto again = migrate(conninfo_);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().find("0002_call_details was changed"), std::string::npos)
      << again.error();
}

TEST_F(MigrateTest, DatabaseThatANewerProgramHasBroughtFurtherIsUsedUnlessThatBreaksThisOne) {
  ASSERT_TRUE(migrate(conninfo_));
  sql("insert into schema_migrations (version, name, checksum) values (98, 'from_the_future', "
      "'x')");
  const auto again = migrate(conninfo_);
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, 0);
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  EXPECT_TRUE(check_schema(*connection));

  sql("insert into schema_migrations (version, name, checksum) values (99, 'breaking_renames', "
      "'x')");
  const auto broken = migrate(conninfo_);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().find("newer than this program"), std::string::npos) << broken.error();
  EXPECT_NE(broken.error().find("0099_breaking_renames"), std::string::npos) << broken.error();
}

TEST_F(MigrateTest, MigrationThatThisProgramDoesNotKnowIsRefused) {
  ASSERT_TRUE(migrate(conninfo_));
  sql("update schema_migrations set name = 'of_somebody_else' where version = 1");
  const auto again = migrate(conninfo_);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().find("0001_of_somebody_else"), std::string::npos) << again.error();
}

TEST_F(MigrateTest, FailingMigrationLeavesNothingBehind) {
  ASSERT_TRUE(migrate(conninfo_));
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const auto broken = with_another("create table half (id integer); select 1 / 0;");
  const auto count = migrate(*connection, broken);
  ASSERT_FALSE(count);
  EXPECT_NE(count.error().message.find("_another: division by zero"), std::string::npos)
      << count.error().message;
  EXPECT_EQ(count.error().sqlstate, "22012");
  EXPECT_EQ(sql("select to_regclass('half') is null"), "t");

  const auto mended = with_another("create table whole (id integer);");
  const auto after = migrate(*connection, mended);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(*after, 1);
}

TEST_F(MigrateTest, SchemaBehindTheProgramIsSaidToNeedMigration) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const auto fresh = check_schema(*connection);
  ASSERT_FALSE(fresh);
  EXPECT_NE(fresh.error().message.find("centralita migrate"), std::string::npos);
  ASSERT_TRUE(migrate(*connection));
  EXPECT_TRUE(check_schema(*connection));
  EXPECT_FALSE(check_schema(*connection, with_another("select 1")));
}

TEST_F(MigrateTest, PredecessorsCallsAreShownWithTheirTimesReadAsUtc) {
  sql(file_text("tests/server/store/predecessor.sql"));
  ASSERT_EQ(sql("show timezone"), "America/Mexico_City");
  const auto store = open();

  const auto page = list_calls(*store, {});
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->calls.size(), 3u);
  EXPECT_EQ(page->calls[0].session_id, "v3:telnyx-stream");
  EXPECT_EQ(page->calls[0].status, "failed");  // nobody has it any more
  EXPECT_EQ(page->calls[0].end_cause, "server-restarted");
  EXPECT_TRUE(page->calls[0].end_time);
  // 02:30 on the night when clocks in Europe skip that hour, which UTC knows nothing of.
  EXPECT_EQ(page->calls[1].start_time, WallTime(1'774'751'400s));
  const auto& oldest = page->calls[2];
  EXPECT_EQ(oldest.start_time, WallTime(1'762'106'645'123'456us));
  EXPECT_EQ(oldest.end_time, WallTime(1'762'106'770s));
  EXPECT_EQ(oldest.client_type, "browser");
  EXPECT_NE(oldest.extracted_data.find("Íñigo"), std::string::npos);
  EXPECT_EQ(oldest.direction, "");
  EXPECT_FALSE(oldest.agent_id);

  const auto detail = get_call(*store, oldest.id);
  ASSERT_TRUE(detail) << detail.error().message;
  std::vector<std::string> said;
  for (const auto& turn : detail->turns) said.push_back(turn.role + ": " + turn.content);
  EXPECT_EQ(said, (std::vector<std::string>{
                      "assistant: Hola, ¿en qué le ayudo?", "user: Quiero una cita",
                      "assistant: Con gusto. ¿Para cuándo?", "system: Fin de la llamada"}));
  EXPECT_EQ(detail->turns[3].number, 3);
  EXPECT_EQ(detail->turns[0].timestamp, WallTime(1'762'106'770s));
}

TEST_F(MigrateTest, PredecessorsDatabaseTakesNewCallsAndLosesTurnsWithTheirCall) {
  sql(file_text("tests/server/store/predecessor.sql"));
  const auto store = open();
  store->call_started(started("new"));
  store->turn_finished(turn("new", 0));
  store->call_ended(ended("new"));
  ASSERT_TRUE(store->flush(kSoon));
  EXPECT_EQ(list_calls(*store, {})->calls.front().session_id, "new");
  EXPECT_EQ(
      sql("delete from calls where session_id like 'browser-%'; select count(*) from transcripts"),
      "3");
}

TEST_F(MigrateTest, PredecessorsProgramCanStillWriteAfterGoingBack) {
  sql(file_text("tests/server/store/predecessor.sql"));
  ASSERT_TRUE(migrate(conninfo_));
  sql("insert into calls (session_id, start_time, status, client_type)"
      " values ('back', '2026-06-01 00:00:00', 'active', 'browser');"
      "insert into transcripts (call_id, role, content, \"timestamp\")"
      " select id, role, 'x', now() from calls, (values ('user'), ('assistant')) r (role)"
      "  where session_id = 'back'");
  const auto store = open();
  const auto detail = get_call(*store, std::string("back"));
  ASSERT_TRUE(detail) << detail.error().message;
  EXPECT_EQ(detail->turns.size(), 2u);
}

TEST_F(MigrateTest, WhatPredecessorsUsersConfiguredIsTakenOver) {
  sql(file_text("tests/server/store/predecessor.sql"));
  const auto before = sql("select agent_configs::text from agent_configs");
  const auto store = open();
  const auto agent = load_agent(*store, std::string("default"));
  ASSERT_TRUE(agent) << agent.error().message;
  EXPECT_EQ(agent->instructions, "Eres Andrea, vendedora de seguros. \"Cita\" y 'ñ'.");
  EXPECT_EQ(agent->first_message, "¡Hola! Habla Andrea.");
  EXPECT_FALSE(agent->speak_first);
  EXPECT_EQ(agent->llm_model, "openai/gpt-oss-120b");  // its own was shut down
  EXPECT_EQ(agent->temperature, 0.3);
  EXPECT_EQ(agent->max_tokens, 900);
  EXPECT_EQ(agent->context_window, 12);
  EXPECT_EQ(agent->voice_name, "es-MX-LarissaNeural");
  EXPECT_EQ(agent->voice_speed, 1.1);
  EXPECT_EQ(agent->voice_pitch, 12);    // 40 is no number of semitones
  EXPECT_EQ(agent->voice_volume, 100);  // nor is 150 louder than all
  EXPECT_EQ(agent->silence_timeout, 1200ms);
  EXPECT_FALSE(agent->barge_in_enabled);
  EXPECT_EQ(agent->idle_timeout, 12'500ms);
  EXPECT_EQ(agent->idle_message, "¿Me escucha?");
  EXPECT_EQ(agent->inactivity_max_retries, 3);
  EXPECT_EQ(agent->max_duration, 900s);
  EXPECT_FALSE(agent->apology_message.empty());  // the predecessor had no column for it
  EXPECT_EQ(sql("select agent_configs::text from agent_configs"), before);
}

TEST_F(MigrateTest, ThreeColumnFamiliesOfThePredecessorBecomeThreeProfiles) {
  sql(file_text("tests/server/store/predecessor.sql"));
  const LogCapture log;
  const auto store = open();
  using agents::Profile;
  const auto browser = load_agent(*store, std::string("default"), Profile::kBrowser);
  const auto twilio = load_agent(*store, std::string("default"), Profile::kTwilio);
  const auto telnyx = load_agent(*store, std::string("default"), Profile::kTelnyx);
  ASSERT_TRUE(browser && twilio && telnyx);
  EXPECT_EQ(log.lines_with("agent default:"), 0);

  EXPECT_EQ(browser->voice_speed, 1.1);
  EXPECT_EQ(twilio->voice_speed, 0.9);
  EXPECT_EQ(telnyx->voice_speed, 2);    // 9 is no speed
  EXPECT_EQ(twilio->voice_pitch, -12);  // nor is -40 a number of semitones
  EXPECT_EQ(twilio->max_tokens, 600);   // its model thinks before it speaks
  EXPECT_EQ(twilio->silence_timeout, 2000ms);
  EXPECT_TRUE(twilio->speak_first);
  EXPECT_FALSE(browser->speak_first);
  EXPECT_EQ(telnyx->idle_timeout, 20s);
  EXPECT_EQ(twilio->idle_timeout, 12'500ms);  // it had none of its own
  EXPECT_TRUE(telnyx->barge_in_enabled);
  EXPECT_EQ(telnyx->instructions, "Eres Andrea, al teléfono.");
  EXPECT_EQ(twilio->instructions, browser->instructions);
  EXPECT_EQ(telnyx->voice_name, "es-MX-LarissaNeural");  // the voice of another provider
  EXPECT_EQ(telnyx->response_length, "");
  EXPECT_EQ(browser->conversation_tone, "warm");
  EXPECT_EQ(browser->dynamic_vars,
            (std::map<std::string, std::string>{{"empresa", "Acme"}, {"plazo", "3"}}));
  // What is the same as shared is no override.
  EXPECT_EQ(sql("select config -> 'profiles' ->> 'twilio' from agents"),
            R"({"max_tokens": 600, "speak_first": true, "voice_pitch": -12, "voice_speed": 0.9, )"
            R"("silence_timeout_ms": 2000})");
}

TEST_F(MigrateTest, WhatWasCorrectedOfThePredecessorsValuesIsInTheAuditLog) {
  sql(file_text("tests/server/store/predecessor.sql"));
  ASSERT_TRUE(migrate(conninfo_));
  const auto note = [this](const std::string& column) {
    return sql(
        "select n - 'column' from audit_log, jsonb_array_elements(details -> 'corrected') n"
        " where action = 'agent.imported' and actor = 'migration' and n ->> 'column' = '" +
        column + "'");
  };
  EXPECT_EQ(note("voice_pitch"), R"({"to": 12, "from": 40, "path": "/shared/voice_pitch"})");
  EXPECT_EQ(note("voice_speed_telnyx"),
            R"({"to": 2, "from": 9, "path": "/profiles/telnyx/voice_speed"})");
  EXPECT_EQ(note("max_tokens_phone"),
            R"({"to": 600, "from": 250, "path": "/profiles/twilio/max_tokens"})");
  EXPECT_EQ(note("voice_name_telnyx"), R"({"from": "rachel-xyz", "passed_over": true})");
  EXPECT_EQ(note("response_length_telnyx"), R"({"from": "enormous", "passed_over": true})");
  EXPECT_EQ(note("voice_speed_phone"), "");
  EXPECT_EQ(sql("select string_agg(version || ' ' || action, ', ' order by version)"
                " from agent_versions"),
            "1 migrated, 2 imported");
}

TEST_F(MigrateTest, WildAndMissingValuesOfThePredecessorBecomeUsableOnes) {
  sql("create table agent_configs (name text, llm_model text, temperature text, max_tokens bigint,"
      " first_message text, voice_name text, tts_provider text, idle_timeout float8, max_duration "
      "int,"
      " silence_timeout_ms int);"
      "insert into agent_configs values ('other', 'x', '0.1', 1, 'no', 'no', 'azure', 7, 70, 700),"
      " ('default', 'qwen/qwen3.8-27b', 'NaN', 99999999, '   ', 'rachel-xyz', 'elevenlabs', "
      "'Infinity',"
      "  1, -5)");
  ASSERT_TRUE(migrate(conninfo_));
  const LogCapture log;
  const auto agent = load_agent(*open(), std::string("default"));
  ASSERT_TRUE(agent) << agent.error().message;
  EXPECT_EQ(log.lines_with("agent default:"), 0);
  const AgentConfig usual;
  EXPECT_EQ(agent->llm_model, "qwen/qwen3.8-27b");
  EXPECT_EQ(agent->temperature, usual.temperature);
  EXPECT_EQ(agent->max_tokens, 8'192);
  EXPECT_EQ(agent->voice_name, usual.voice_name);
  EXPECT_EQ(agent->idle_timeout, usual.idle_timeout);
  EXPECT_EQ(agent->max_duration, 10s);
  EXPECT_EQ(agent->silence_timeout, 100ms);
  EXPECT_NE(agent->first_message.find("ayudar"), std::string::npos);
}

int run_migrate(std::vector<std::string> words) {
  words.insert(words.begin(), "migrate");
  std::vector<char*> args;
  for (auto& word : words) args.push_back(word.data());
  return migrate_main(args);
}

TEST_F(MigrateTest, CommandMigratesAndSaysHowItWent) {
  EXPECT_EQ(run_migrate({"--database-url", conninfo_}), 0);
  EXPECT_EQ(run_migrate({"--database-url=" + conninfo_}), 0);
  EXPECT_EQ(sql("select count(*) from agents"), "1");
  EXPECT_EQ(run_migrate({"--database-url"}), 2);
  EXPECT_EQ(run_migrate({"--nonsense"}), 2);
  g_unsetenv("DATABASE_URL");
  EXPECT_EQ(run_migrate({}), 2);
  g_setenv("DATABASE_URL", conninfo_.c_str(), TRUE);
  EXPECT_EQ(run_migrate({}), 0);
  g_unsetenv("DATABASE_URL");

  testing::internal::CaptureStderr();
  EXPECT_EQ(run_migrate({"--database-url", "postgresql://u:s3cret@127.0.0.1:1/none"}), 1);
  EXPECT_EQ(run_migrate({"--database-url", "s3cret nonsense"}), 1);
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(said.find("s3cret"), std::string::npos) << said;
  EXPECT_NE(said.find("host=127.0.0.1 port=1"), std::string::npos) << said;
}

}  // namespace
}  // namespace centralita::store

#include "server/store/connection.h"

#include "server/store/text.h"
#include "tests/server/store/support.h"

#include <thread>

namespace centralita::store {
namespace {

using ConnectionTest = StoreTest;

TEST_F(ConnectionTest, ValuesTravelAsParametersAndComeBackAsTheyWere) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection) << connection.error().message;
  const std::string nasty = "'; drop table calls; -- $1 \\ \" \n ñ 🙂";
  const auto rows = connection->query(
      "select $1::text as t, $2::bigint as n, $3::boolean as b, $4::text as missing,"
      " $5::bigint as at_us",
      {nasty, std::int64_t{-9'007'199'254'740'993}, true, nullptr, at(1)});
  ASSERT_TRUE(rows) << rows.error().message;
  const Row row = (*rows)[0];
  EXPECT_EQ(row.text("t"), nasty);
  EXPECT_EQ(row.integer("n"), -9'007'199'254'740'993);
  EXPECT_TRUE(row.boolean("b"));
  EXPECT_TRUE(row.is_null("missing"));
  EXPECT_EQ(row.time("at_us"), at(1));
}

TEST_F(ConnectionTest, MegabytesGoBothWays) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const std::string long_text(20'000'000, 'x');
  const auto rows = connection->query("select $1::text as t", {long_text});
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_TRUE((*rows)[0].text("t") == long_text);
}

TEST_F(ConnectionTest, ErrorsCarryTheServersSentenceAndItsCode) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const auto rows = connection->query("select * from nowhere");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "42P01");
  EXPECT_EQ(rows.error().message, "relation \"nowhere\" does not exist");
  EXPECT_FALSE(rows.error().lost);
  EXPECT_TRUE(connection->query("select 1"));
}

TEST_F(ConnectionTest, ZeroByteInAParameterIsRefusedAndNotCutOff) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const auto rows = connection->query("select $1::text", {std::string("a\0b", 3)});
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "22021");
}

TEST_F(ConnectionTest, StatementThatTakesTooLongIsEndedByTheServer) {
  auto connection = Connection::open(conninfo_, {.statement_timeout = 20ms});
  ASSERT_TRUE(connection);
  const auto rows = connection->query("select pg_sleep(60)");
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().sqlstate, "57014");
  EXPECT_TRUE(connection->query("select 1"));
}

TEST_F(ConnectionTest, CancellingEndsAStatementThatIsWaitedFor) {
  const auto cancel = Ref<GCancellable>::adopt(g_cancellable_new());
  auto connection = Connection::open(conninfo_, {.cancel = cancel});
  ASSERT_TRUE(connection);
  std::thread canceller([&] { g_cancellable_cancel(cancel.get()); });
  const auto rows = connection->run_script("select pg_sleep(60)");
  canceller.join();
  ASSERT_FALSE(rows);
  EXPECT_TRUE(rows.error().lost);
  EXPECT_FALSE(connection->alive());
}

TEST_F(ConnectionTest, ConnectionThatTheServerEndsIsLost) {
  auto connection = Connection::open(conninfo_);
  ASSERT_TRUE(connection);
  const auto rows = connection->query("select pg_terminate_backend(pg_backend_pid())");
  ASSERT_FALSE(rows);
  EXPECT_TRUE(rows.error().lost);
  EXPECT_EQ(rows.error().sqlstate, "57P01");
  EXPECT_FALSE(connection->alive());
  EXPECT_FALSE(connection->query("select 1"));
}

TEST(Conninfo, PredecessorsUrlWithADriverInItIsUnderstood) {
  EXPECT_EQ(describe("postgresql+asyncpg://ana:s3cret@db:5433/voice_db"),
            "user=ana dbname=voice_db host=db port=5433");
  EXPECT_EQ(describe("postgres://ana:s3cret@db/voice_db"), "user=ana dbname=voice_db host=db");
}

TEST(Conninfo, PasswordsAreNeitherDescribedNorQuotedInErrors) {
  for (const std::string conninfo :
       {"postgresql://u:%zzs3cret@host/db", "postgresql://u:s3cret@host:port/db", "s3cret",
        "host=h password='s3cret"}) {
    const auto connection = Connection::open(conninfo);
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().message.find("s3cret"), std::string::npos)
        << connection.error().message;
    EXPECT_EQ(describe(conninfo).find("s3cret"), std::string::npos) << describe(conninfo);
  }
  const auto refused = Connection::open("postgresql://u:s3cret@127.0.0.1:1/db");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find("s3cret"), std::string::npos) << refused.error().message;
}

TEST(Text, ZeroBytesAndBytesThatAreNotUtf8AreReplacedAndToldOf) {
  bool changed = false;
  EXPECT_EQ(clean_text("ñandú 🙂", &changed), "ñandú 🙂");
  EXPECT_FALSE(changed);
  EXPECT_EQ(clean_text(std::string_view("a\0b\xFFz", 5), &changed), "a\uFFFDb\uFFFDz");
  EXPECT_TRUE(changed);
  EXPECT_EQ(clean_text(std::string_view("\0", 1)), "\uFFFD");
  EXPECT_EQ(clean_text("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // half of a surrogate pair
  EXPECT_EQ(clean_text(""), "");
}

}  // namespace
}  // namespace centralita::store

// The four acceptance scenarios of the team's test plan, as the history has them afterwards.
#include "pipelines/call_pipeline.h"
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "server/replay/virtual_call.h"
#include "tests/calls/virtual/measured.h"
#include "tests/server/store/support.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace centralita;
using namespace centralita::store;
using namespace centralita::replay;

namespace {

struct Acceptance : StoreTest {
  static void SetUpTestSuite() {
    GST_ELEMENT_REGISTER(callsrc, nullptr);
    GST_ELEMENT_REGISTER(callsink, nullptr);
    spdlog::set_level(spdlog::level::off);
  }

  // The call of that scenario, from the history.
  CallDetail call(const std::string& name) {
    auto scenario = parse_scenario(file_text("tests/calls/scenarios/" + name + "/script"));
    EXPECT_TRUE(scenario) << scenario.error();
    scenario->session_id = name;
    const std::filesystem::path root = std::getenv("CENTRALITA_SOURCE_ROOT");
    const auto launch = read_launch_file(root / "pipelines/twilio.launch");
    const auto result = run_virtual_call(*scenario, *launch, store_.get());
    EXPECT_EQ(result.complaint, "");
    EXPECT_TRUE(store_->flush(kSoon));
    const auto page = list_calls(*store_, {});
    EXPECT_TRUE(page);
    for (const auto& row : page->calls)
      if (row.session_id == name)
        return *get_call(*store_, row.id);
    ADD_FAILURE() << name << " is not in the history";
    return {};
  }

  std::unique_ptr<Store> store_ = open();
};

bool said(const CallDetail& detail, const std::string& role, const std::string& words) {
  for (const auto& turn : detail.turns)
    if (turn.role == role && turn.content.find(words) != std::string::npos)
      return true;
  return false;
}

}  // namespace

TEST_F(Acceptance, LeadWhoBooksTuesdayIsInTheHistoryWithTheWholeConversation) {
  const auto detail = call("lead-books-tuesday");
  EXPECT_EQ(detail.call.status, "completed");
  EXPECT_EQ(detail.call.end_cause, "agent-hung-up");
  EXPECT_EQ(detail.turns.size(), 9u);
  EXPECT_TRUE(said(detail, "user", "El martes a las diez"));
  EXPECT_TRUE(said(detail, "assistant", "Queda anotada para el martes a las diez"));
}

TEST_F(Acceptance, RefusalInTheMiddleOfThePitchIsInTheHistoryAsAnInterruption) {
  const auto detail = call("refusal-in-the-middle-of-the-pitch");
  EXPECT_GT(detail.turns.size(), 4u);
  EXPECT_TRUE(detail.turns[2].interrupted);
  EXPECT_LT(detail.turns[2].content.size(), detail.turns[2].generated.size());
  EXPECT_TRUE(said(detail, "user", "dos semanas"));
}

TEST_F(Acceptance, VoicemailIsInTheHistoryWithWhatWasSaid) {
  const auto detail = call("voicemail");
  EXPECT_FALSE(detail.call.end_cause.empty());
  EXPECT_FALSE(detail.turns.empty());
}

TEST_F(Acceptance, TotalSilenceIsInTheHistoryWithTwoNudges) {
  const auto detail = call("total-silence");
  EXPECT_EQ(detail.call.end_cause, "idle");
  int spoken = 0;
  for (const auto& turn : detail.turns) spoken += turn.role == "assistant";
  EXPECT_GE(spoken, 3) << "the greeting and two nudges";
}

// --- What a caller hears when the database or the disk fails -----------------------------------

namespace {

constexpr char kConversation[] = R"(
agent first_message Hola, le habla Victoria. ¿En qué puedo ayudarle?
reply Con gusto.
reply Con gusto.
wait-silence
say queue-thankyou = Quiero una cita.
wait-silence 1500
hang-up
)";

struct Outage : Acceptance {
  // The call while that is so; then, when it is over, how many of its turns are in the history.
  std::string row(const char* part, const char* what, const std::string& id,
                  const std::function<void()>& begin, const std::function<void()>& end) {
    auto scenario = parse_scenario(kConversation);
    EXPECT_TRUE(scenario) << scenario.error();
    scenario->session_id = id;
    const std::filesystem::path root = std::getenv("CENTRALITA_SOURCE_ROOT");
    const auto launch = read_launch_file(root / "pipelines/twilio.launch");
    EXPECT_TRUE(store_->wait_until_healthy(true, kSoon));
    begin();
    const auto result = run_virtual_call(*scenario, *launch, store_.get());
    end();
    EXPECT_EQ(result.complaint, "") << result.timeline;
    const auto heard = measure(result.timeline);
    EXPECT_EQ(heard.hears, "the reply") << result.timeline;
    EXPECT_LE(heard.longest_silence_ms, 3000);
    EXPECT_TRUE(store_->wait_until_healthy(true, kSoon));
    EXPECT_TRUE(store_->flush(kSoon));
    std::size_t found = 0;
    const auto page = list_calls(*store_, {});
    EXPECT_TRUE(page);
    for (const auto& row : page->calls)
      if (row.session_id == id)
        found = get_call(*store_, row.id)->turns.size();
    EXPECT_EQ(found, 3u);
    return std::string("| ") + part + " | " + what + " | " + heard.hears + " | " +
           std::to_string(heard.longest_silence_ms) + " ms | 3 of " + std::to_string(found) +
           " |\n";
  }
};

}  // namespace

TEST_F(Outage, OfTheDatabaseAndOfTheDiskCallersNoticeNothingAndTheDocumentsSayIt) {
  auto& postgres = PostgresFixture::shared();
  std::string table =
      "| part | what happens | the caller hears | longest silence | turns in the history "
      "afterwards "
      "|\n| --- | --- | --- | --- | --- |\n";
  table += row(
      "database", "works", "well", [] {}, [] {});
  table += row(
      "database", "away for the whole call", "away", [&] { postgres.stop(); },
      [&] { postgres.start(); });
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  table += row(
      "disk", "full for the whole call", "full",
      [&] {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit none = before;
        none.rlim_cur = 0;
        setrlimit(RLIMIT_FSIZE, &none);
      },
      [&] { setrlimit(RLIMIT_FSIZE, &before); });
  const std::filesystem::path root = std::getenv("CENTRALITA_SOURCE_ROOT");
  for (const auto* path : {"docs/failures.md", "docs/es/fallos.md"}) {
    const auto document = file_text(path);
    const auto measured = with_table(document, "measured-outages", table);
    if (g_getenv("CENTRALITA_REWRITE_TIMELINES"))
      std::ofstream(root / path) << measured;
    else
      EXPECT_EQ(document, measured) << path << " does not say what is measured";
  }
}

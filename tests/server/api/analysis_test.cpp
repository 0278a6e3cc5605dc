// What becomes of a conversation when it is over: read by a model, checked, stored, priced.
#include "plugins/base/trace_context.h"
#include "server/analysis/extraction.h"
#include "server/billing/prices.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"

#include <chrono>
#include <optional>

using namespace std::chrono_literals;

namespace centralita {
namespace {

std::string completion(const std::string& content) {
  json::Array choices;
  choices.add(json::Object().set("message",
                                 json::Object().set("role", "assistant").set("content", content)));
  return json::Object().set("choices", choices).to_string();
}

// The usual schema's members, with one changed.
std::string answer_with(const std::string& intent) {
  return R"({"summary":"Pidió una cita.","intent":")" + intent +
         R"(","extracted_entities":{"name":"Ana","phone":null,"email":null,)"
         R"("appointment_date":"2026-03-10T10:00:00"},"callback_date":null,)"
         R"("next_action":"follow_up","sentiment":"positive"})";
}

class AnalysisTest : public ApiTest {
 protected:
  AnalysisTest() : AnalysisTest([](Settings&) {}) {}
  explicit AnalysisTest(const std::function<void(Settings&)>& adjust)
      : ApiTest([&](Settings& settings) {
          settings.webhooks_allow_private = true;
          adjust(settings);
        }) {
    g_setenv("GROQ_BASE_URL", groq_.url().c_str(), TRUE);
    g_setenv("GROQ_API_KEY", "k", TRUE);
  }
  ~AnalysisTest() override {
    g_unsetenv("GROQ_BASE_URL");
    g_unsetenv("GROQ_API_KEY");
  }

  // A call that is over; its id.
  std::string call(const std::string& id, const std::string& said, const char* state = "null") {
    sql("insert into calls (session_id, client_type, start_time, end_time, status, "
        "extraction_state) values ('" +
        id + "', 'twilio', '2026-03-05T12:00:00Z', '2026-03-05T12:01:00Z', 'completed', " + state +
        ")");
    if (!said.empty())
      sql("insert into transcripts (call_id, turn_number, role, content) select id, 0, 'user', '" +
          said + "' from calls where session_id = '" + id + "'");
    return sql("select id from calls where session_id = '" + id + "'");
  }
  json::Object detail(const std::string& id) {
    return *get("/api/v1/calls/" + id).json().object("call");
  }
  // The call when its extraction has come to an end.
  json::Object read(const std::string& id) {
    for (const auto until = std::chrono::steady_clock::now() + 60s;;) {
      auto call = detail(id);
      const auto state = call.object("extraction")->string("state").value_or("");
      if ((state != "waiting" && state != "running") || std::chrono::steady_clock::now() > until)
        return call;
      g_main_context_iteration(nullptr, FALSE);
    }
  }
  // What a webhook is told of the end of calls. `added` before the call.
  void add_webhook() {
    EXPECT_EQ(post("/api/v1/webhooks",
                   R"({"url": ")" + receiver_.url() + R"(/hook", "events": ["call.ended"]})")
                  .status,
              201);
  }
  json::Object told(std::size_t n = 0) {
    for (const auto until = std::chrono::steady_clock::now() + 60s;
         receiver_.requests() <= n && std::chrono::steady_clock::now() < until;)
      g_main_context_iteration(nullptr, FALSE);
    if (receiver_.requests() <= n)
      return {};
    return *json::parse(receiver_.request(n).body)->object().object("data")->object("call");
  }
  void answer(const std::string& content) {
    groq_.answer({.content_type = "application/json", .chunks = {completion(content)}});
  }

  test::FakeHttp groq_, receiver_;
};

TEST_F(AnalysisTest, WhatAPreviousRunLeftIsReadAndAskedForAgainItIsReadAgain) {
  answer(answer_with("agendar_cita"));
  const auto id = call("s", "Soy Ana, quiero una cita", "'waiting'");
  const auto first = read(id);
  ASSERT_EQ(first.object("extraction")->string("state"), "done")
      << first.object("extraction")->to_string();
  EXPECT_EQ(first.object("extracted_data")->string("intent"), "agendar_cita");
  EXPECT_EQ(first.object("extracted_data")->object("extracted_entities")->string("name"), "Ana");
  const auto asked = json::parse(groq_.request(0).body)->object();
  EXPECT_EQ(asked.string("model"), "openai/gpt-oss-20b");
  const auto conversation = *asked.objects("messages")[1].string("content");
  EXPECT_NE(conversation.find("CALLER: Soy Ana, quiero una cita"), std::string::npos);
  EXPECT_NE(conversation.find("Thursday 2026-03-05"), std::string::npos) << conversation;
  EXPECT_EQ(groq_.request(0).header("authorization"), "Bearer k");

  answer(answer_with("queja"));
  EXPECT_EQ(post("/api/v1/calls/" + id + "/extract").status, 202);
  EXPECT_EQ(read(id).object("extracted_data")->string("intent"), "queja");
}

struct RedactedAnalysisTest : AnalysisTest {
  RedactedAnalysisTest()
      : AnalysisTest([](Settings& settings) { settings.redact_transcripts = true; }) {}
};

TEST_F(RedactedAnalysisTest, WhatIsFoundInACallIsRedactedAsItsTranscriptIs) {
  answer(R"({"summary":"Llamar al 55 1234 5678.","intent":"agendar_cita","extracted_entities":)"
         R"({"name":"Ana","phone":"+525512345678","email":"ana@ejemplo.mx",)"
         R"("appointment_date":"2026-03-10T10:00:00"},"callback_date":null,)"
         R"("next_action":"follow_up","sentiment":"positive"})");
  const auto call_id = call("s", "Soy Ana", "'waiting'");
  sql("update calls set trace_id = '4bf92f3577b34da6a3ce929d0e0e4736'");
  const auto data = read(call_id).object("extracted_data");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->string("summary"), "Llamar al [number].");
  const auto entities = *data->object("extracted_entities");
  EXPECT_EQ(entities.string("phone"), "[number]");
  EXPECT_EQ(entities.string("email"), "[e-mail]");
  EXPECT_EQ(entities.string("name"), "Ana");
  EXPECT_EQ(entities.string("appointment_date"), "2026-03-10T10:00:00");
  EXPECT_EQ(trace_id_in(groq_.request(0).header("traceparent")),
            "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(AnalysisTest, AnAnswerThatDoesNotFitTheSchemaIsTriedAgainAndThenGivenUpWithItsReason) {
  groq_.otherwise(
      {.content_type = "application/json", .chunks = {completion(answer_with("comer"))}});
  const auto id = call("s", "Hola", "'waiting'");
  // Tries wait longer each time: here they do not wait.
  std::string state;
  for (int n = 0; n < 400 && state != "failed"; ++n) {
    sql("update calls set extraction_at = now() - interval '2 hours' where extraction_state = "
        "'waiting'");
    post("/api/v1/calls/999999/extract");  // lets the loop turn
    server().look_for_analysis();
    state = detail(id).object("extraction")->string("state").value_or("");
  }
  EXPECT_EQ(state, "failed");
  EXPECT_NE(detail(id).object("extraction")->string("error")->find("/intent must be one of"),
            std::string::npos);
  EXPECT_FALSE(detail(id).object("extracted_data"));
  EXPECT_EQ(groq_.requests(), 6u);
}

TEST_F(AnalysisTest, AModelThatIsBusyIsGivenTheTimeItAsksForAndCountsAmongTheProviders) {
  groq_.answer({.status = 429,
                .content_type = "application/json",
                .headers = {{"Retry-After", "120"}},
                .chunks = {"{}"}});
  call("s", "Hola", "'waiting'");
  server().look_for_analysis();
  while (sql("select extraction_error from calls").empty())
    g_main_context_iteration(nullptr, FALSE);
  EXPECT_EQ(sql("select extraction_state || ' ' || extraction_tries from calls"), "waiting 1");
  EXPECT_EQ(sql("select extraction_at between now() + interval '110 s' and now() + interval '121 s'"
                " from calls"),
            "t");
  const auto metrics = get("/metrics").body;
  EXPECT_NE(metrics.find("operation=\"extraction\""), std::string::npos) << metrics;
}

TEST_F(AnalysisTest, TheEventOfItsEndGoesOutWithWhatWasReadAtOnceWhenItHasBeen) {
  add_webhook();
  answer(answer_with("agendar_cita"));
  call("s", "Soy Ana, quiero una cita", "'waiting'");
  const auto call = told();
  EXPECT_EQ(call.object("extraction")->string("state"), "done") << call.to_string();
  ASSERT_TRUE(call.object("extracted_data")) << call.to_string();
  EXPECT_EQ(call.object("extracted_data")->string("intent"), "agendar_cita");
  EXPECT_EQ(receiver_.requests(), 1u);
}

TEST_F(AnalysisTest, TheEventGoesOutWithoutWhereNothingIsReadOrTheModelRefuses) {
  add_webhook();
  sql("update agents set config = jsonb_set(config, '{shared,extraction_enabled}', 'false')");
  call("off", "Hola", "'waiting'");
  EXPECT_EQ(told().object("extraction")->string("state"), "skipped");
  sql("update agents set config = jsonb_set(config, '{shared,extraction_enabled}', 'true')");
  groq_.answer({.status = 401, .content_type = "application/json", .chunks = {"{}"}});
  call("refused", "Hola", "'waiting'");
  server().look_for_analysis();
  const auto refused = told(1);
  EXPECT_EQ(refused.string("session_id"), "refused");
  EXPECT_EQ(refused.object("extraction")->string("state"), "failed") << refused.to_string();
  EXPECT_FALSE(refused.object("extracted_data"));
}

TEST_F(AnalysisTest, AModelThatDoesNotAnswerHoldsTheEventUpForAMinuteAndNoLonger) {
  add_webhook();
  groq_.otherwise({.end = test::FakeAnswer::End::kSilent});
  call("s", "Hola", "'waiting'");
  EXPECT_EQ(sql("select next_attempt - created_at from webhook_deliveries"), "00:01:00");
  while (groq_.requests() == 0) g_main_context_iteration(nullptr, FALSE);
  sql("update webhook_deliveries set next_attempt = now()");  // the minute is over
  const auto call = told();
  EXPECT_EQ(call.object("extraction")->string("state"), "running") << call.to_string();
}

TEST_F(AnalysisTest, WhereNobodySpokeNobodyIsAsked) {
  const auto id = call("s", "", "'waiting'");
  EXPECT_EQ(read(id).object("extraction")->string("state"), "skipped");
  EXPECT_EQ(groq_.requests(), 0u);
}

TEST_F(AnalysisTest, AnAgentThatDoesNotWantItIsLeftAlone) {
  sql("update agents set config = jsonb_set(config, '{shared,extraction_enabled}', 'false')");
  const auto id = call("s", "Hola", "'waiting'");
  EXPECT_EQ(read(id).object("extraction")->string("state"), "skipped");
  EXPECT_EQ(groq_.requests(), 0u);
}

TEST_F(AnalysisTest, OnlyACallThatIsOverCanBeRead) {
  EXPECT_EQ(post("/api/v1/calls/424242/extract").status, 404);
  sql("insert into calls (session_id, start_time, status) values ('live', now(), 'active')");
  const auto id = sql("select id from calls where session_id = 'live'");
  EXPECT_EQ(post("/api/v1/calls/" + id + "/extract").status, 409);
}

TEST_F(AnalysisTest, ALiveCallIsToldOnlyWhatIsWellFormedAndOnlyWhenThereIsOne) {
  const auto told = [&](const std::string& body) {
    return post("/api/v1/calls/nobody/context", body).status;
  };
  EXPECT_EQ(told(R"({"variables": {"saldo": 120}})"), 404);
  EXPECT_EQ(told("{}"), 422);
  EXPECT_EQ(told(R"({"variables": []})"), 422);
  EXPECT_EQ(told(R"({"variables": {"caller_number": "+1"}})"), 422);
  EXPECT_EQ(told(R"({"variables": {"a b": "1"}})"), 422);
  EXPECT_EQ(told(R"({"note": 7})"), 422);
  EXPECT_EQ(told(R"({"notes": "x"})"), 422);
}

TEST(Extraction, TheSchemaIsTheAgentsOwnWithMoodAndSuccessWhereAskedFor) {
  AgentConfig agent;
  EXPECT_TRUE(extraction_schema(agent).object("properties")->has("callback_date"));
  EXPECT_TRUE(extraction_schema(agent).object("properties")->has("sentiment"));
  EXPECT_FALSE(extraction_schema(agent).object("properties")->has("success"));
  agent.extraction_schema =
      R"({"type":"object","properties":{"color":{"type":"string"}},"required":["color"]})";
  agent.sentiment_analysis = false;
  agent.success_rubric = "Dijo un color.";
  agent.analysis_prompt = "Mira los colores.";
  agent.extraction_model = "own/model";
  const auto schema = extraction_schema(agent);
  EXPECT_EQ(schema.object("properties")->names(), (std::vector<std::string>{"color", "success"}));
  EXPECT_EQ(schema.array("required")->strings(), (std::vector<std::string>{"color", "success"}));
  const auto request =
      extraction_request(agent, agent.extraction_model, {}, {{.role = "user", .content = "Azul"}});
  for (const char* part : {"Mira los colores.", "Dijo un color.", "CALLER: Azul", "own/model"})
    EXPECT_NE(request.find(part), std::string::npos) << part;
}

TEST(Extraction, WhatIsNoObjectOfTheSchemaIsRefused) {
  const auto schema = extraction_schema({});
  EXPECT_TRUE(read_extraction(schema, completion(answer_with("queja"))));
  for (const auto& body : {std::string("no JSON"), std::string("{}"), completion("Claro que sí."),
                           completion("[]"), completion("{}"), completion(answer_with("otra"))})
    EXPECT_FALSE(read_extraction(schema, body)) << body;
}

TEST(Prices, AreOfTheOperatorAndNoneIsMadeUp) {
  CallUsage usage{.stt_audio = 1'800'000ms,
                  .stt_requests = 3,
                  .stt_model = "w",
                  .llm_input_tokens = 2'000'000,
                  .llm_output_tokens = 1'000'000,
                  .llm_requests = 1,
                  .llm_model = "m",
                  .tts_characters = 500'000,
                  .carrier = "twilio",
                  .direction = "inbound",
                  .line = 61'000ms};
  EXPECT_EQ(Prices().cost(usage), "");
  const auto prices = Prices::parse(R"({"currency": "USD", "stt_per_hour": {"w": 0.1},
      "llm_per_million_tokens": {"m": {"input": 0.5, "output": 2}},
      "tts_per_million_characters": 10, "telephony_per_minute": {"twilio": {"inbound": 0.01}}})");
  ASSERT_TRUE(prices) << prices.error();
  const auto cost = json::parse(prices->cost(usage))->object();
  EXPECT_DOUBLE_EQ(*cost.object("parts")->number("stt"), 0.05);
  EXPECT_DOUBLE_EQ(*cost.object("parts")->number("llm"), 3);
  EXPECT_DOUBLE_EQ(*cost.object("parts")->number("tts"), 5);
  EXPECT_DOUBLE_EQ(*cost.object("parts")->number("telephony"), 0.02);
  EXPECT_DOUBLE_EQ(*cost.number("amount"), 8.07);
  EXPECT_EQ(cost.array("missing")->size(), 0u);
  usage.llm_model = "other";
  usage.direction = "outbound";
  const auto partly = json::parse(prices->cost(usage))->object();
  EXPECT_EQ(partly.array("missing")->strings(),
            (std::vector<std::string>{"llm other", "telephony twilio outbound"}));
  EXPECT_DOUBLE_EQ(*partly.number("amount"), 5.05);
}

TEST(Prices, AFileThatIsWrongIsRefusedWithTheReason) {
  for (const char* wrong :
       {"x", "[]", "{}", R"({"currency": "dollars"})", R"({"currency": "USD", "sst": 1})",
        R"({"currency": "USD", "tts_per_million_characters": -1})",
        R"({"currency": "USD", "llm_per_million_tokens": {"m": {"input": 1}}})",
        R"({"currency": "USD", "telephony_per_minute": {"twilio": {"inbound": "1"}}})"})
    EXPECT_FALSE(Prices::parse(wrong)) << wrong;
  EXPECT_FALSE(Prices::load("/nowhere/prices.json"));
  EXPECT_TRUE(Prices::load(""));
}

}  // namespace
}  // namespace centralita

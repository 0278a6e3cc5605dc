// What an agent's tools do in a call, with web services that behave and that do not.
#include "pipelines/toolbox.h"
#include "tests/support/fake_http.h"

#include <gtest/gtest.h>

using namespace centralita;
using namespace std::chrono_literals;

namespace {

struct ToolboxTest : ::testing::Test {
  ToolboxTest() {
    g_main_context_push_thread_default(context.get());
    io.emplace(context, IoContext::make_session());
    agent.tools = {{.name = "find_slot",
                    .description = "Looks for a free slot.",
                    .parameters = R"({"type":"object","properties":{"day":{"type":"string"},
                        "guests":{"type":"integer"}},"required":["day"]})",
                    .url = service.url() + "/slots",
                    .timeout = 3000ms,
                    .retries = 1}};
  }
  ~ToolboxTest() override {
    tools.reset();
    io.reset();
    while (g_main_context_iteration(context.get(), FALSE)) continue;
    g_main_context_pop_thread_default(context.get());
  }

  void make() {
    tools.emplace(*io, agent, "call-1",
                  Toolbox::Handlers{[this](const auto& id, const auto& text) {
                                      results.push_back(id + ": " + text);
                                    },
                                    [this](const char* name, const auto& detail) {
                                      events.push_back(std::string(name) + " " + detail);
                                    },
                                    [this](const Toolbox::Run& run) { runs.push_back(run); },
                                    [this](const std::string& text, auto then) {
                                      said.push_back(text);
                                      then(!caller_speaks);
                                    }},
                  line);
  }
  json::Object event(std::size_t n) {
    return json::parse(events.at(n).substr(events.at(n).find(' ') + 1))->object();
  }
  // Runs the context until there are so many results; they come within the tools' own timeouts.
  void wait_for(std::size_t count) {
    while (results.size() < count) g_main_context_iteration(context.get(), TRUE);
  }
  // Calls find_slot and waits for what the model is told.
  std::string ask(const std::string& arguments = R"({"day":"martes"})") {
    if (!tools)
      make();
    tools->run(4, "c1", "find_slot", arguments);
    wait_for(1);
    return results.at(0);
  }

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<IoContext> io;
  test::FakeHttp service;
  AgentConfig agent;
  std::optional<Toolbox> tools;
  std::vector<std::string> results, events;
  std::vector<Toolbox::Run> runs;
  std::vector<std::string> said;
  bool caller_speaks = false;
  TelephoneLine* line = nullptr;
};

TEST_F(ToolboxTest, TheModelIsToldOfTheToolsThatAreSwitchedOn) {
  make();
  const auto names = [&] {
    std::vector<std::string> all;
    for (const auto& tool : json::parse(tools->description())->array().objects())
      all.push_back(*tool.object("function")->string("name"));
    return all;
  };
  EXPECT_EQ(names(), (std::vector<std::string>{"end_call", "find_slot"}));
  EXPECT_TRUE(tools->is_end_call("end_call"));
  agent.end_call_enabled = false;
  agent.schedule_callback_enabled = true;
  make();
  EXPECT_EQ(names(), (std::vector<std::string>{"schedule_callback", "find_slot"}));
  EXPECT_FALSE(tools->is_end_call("end_call"));
  agent = {};
  agent.end_call_enabled = false;
  make();
  EXPECT_EQ(tools->description(), "");
}

TEST_F(ToolboxTest, AServiceIsAskedAndItsAnswerGivenToTheModelAsItIs) {
  service.answer({.chunks = {R"({"slot":)", R"("10:00"})"}});
  EXPECT_EQ(ask(), R"(c1: {"slot":"10:00"})");
  const auto request = service.request(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/slots");
  EXPECT_EQ(request.header("content-type"), "application/json");
  const auto body = json::parse(request.body)->object();
  EXPECT_EQ(body.string("tool"), "find_slot");
  EXPECT_EQ(body.string("call_id"), "call-1");
  EXPECT_EQ(body.integer("turn"), 4);
  EXPECT_EQ(body.object("arguments")->string("day"), "martes");
  EXPECT_EQ(event(0).string("name"), "find_slot");
  EXPECT_EQ(event(0).string("outcome"), "ok");
  EXPECT_EQ(event(0).integer("status"), 200);
  EXPECT_EQ(event(0).object("arguments")->string("day"), "martes");
  EXPECT_TRUE(event(0).integer("duration_ms"));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].turn, 4u);
  EXPECT_EQ(runs[0].arguments, R"({"day":"martes"})");
  EXPECT_EQ(runs[0].result, R"({"slot":"10:00"})");
  EXPECT_TRUE(runs[0].ok);
}

TEST_F(ToolboxTest, AGetHasTheArgumentsAsItsQuery) {
  agent.tools[0].method = "GET";
  service.answer({.chunks = {"yes"}});
  EXPECT_EQ(ask(R"({"day":"sí & no","guests":2})"), "c1: yes");
  EXPECT_EQ(service.request(0).method, "GET");
  EXPECT_EQ(service.request(0).body, "");
}

TEST_F(ToolboxTest, ASecretSignsTheBodyAndIsNotSent) {
  agent.tools[0].secret = "CENTRALITA_TEST_TOOL_SECRET";
  g_setenv("CENTRALITA_TEST_TOOL_SECRET", "Jefe", TRUE);
  ask();
  g_unsetenv("CENTRALITA_TEST_TOOL_SECRET");
  const auto request = service.request(0);
  const OwnedString mac(g_compute_hmac_for_string(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>("Jefe"), 4, request.body.c_str(), -1));
  EXPECT_EQ(request.header("x-centralita-signature"), std::string("sha256=") + mac.get());
  for (const auto& [name, value] : request.headers)
    EXPECT_EQ(value.find("Jefe"), std::string::npos) << name;
}

TEST_F(ToolboxTest, ASecretThatIsNotThereAsksNobody) {
  agent.tools[0].secret = "CENTRALITA_TEST_NO_SUCH_SECRET";
  EXPECT_NE(ask().find("its secret is not in the environment"), std::string::npos);
  EXPECT_EQ(service.requests(), 0U);
}

TEST_F(ToolboxTest, AFailureThatMayPassIsTriedAgainWithTheSameKey) {
  service.answer({.status = 500});
  service.answer({.chunks = {"ok"}});
  EXPECT_EQ(ask(), "c1: ok");
  const auto key = service.request(0).header("idempotency-key");
  EXPECT_EQ(key.substr(0, 19), "call-1-4-find_slot-");
  EXPECT_EQ(service.request(1).header("idempotency-key"), key);
  EXPECT_EQ(event(0).integer("tries"), 2);
}

TEST_F(ToolboxTest, OtherArgumentsOrAnotherTurnAreAnotherRequest) {
  const auto key = [&](std::uint32_t turn, const char* day) {
    return idempotency_key({"call-1", turn}, agent.tools[0], json::Object().set("day", day));
  };
  EXPECT_EQ(key(4, "martes"), key(4, "martes"));
  EXPECT_NE(key(4, "martes"), key(4, "jueves"));
  EXPECT_NE(key(4, "martes"), key(6, "martes"));
}

TEST_F(ToolboxTest, ARefusalIsNotTriedAgainAndIsTold) {
  service.answer({.status = 422, .chunks = {"no such day"}});
  EXPECT_EQ(ask(), "c1: Error: the service answered with status 422: no such day");
  EXPECT_EQ(service.requests(), 1U);
  EXPECT_EQ(event(0).string("outcome"), "failed");
}

TEST_F(ToolboxTest, AServiceThatIsSilentIsGivenUpAfterTheTimeout) {
  agent.tools[0].timeout = 100ms;
  service.answer({.end = test::FakeAnswer::End::kSilent});
  EXPECT_EQ(ask(), "c1: Error: the service did not answer within 100 ms.");
}

TEST_F(ToolboxTest, AnAnswerThatStopsIsGivenUpAfterTheTimeout) {
  agent.tools[0].timeout = 100ms;
  service.answer({.chunks = {"ha"}, .end = test::FakeAnswer::End::kHold});
  EXPECT_EQ(ask(), "c1: Error: the service did not answer within 100 ms.");
}

TEST_F(ToolboxTest, AnAnswerThatIsCutEachTimeIsAFailure) {
  const test::FakeAnswer cut{.chunks = {R"({"slot":)"}, .end = test::FakeAnswer::End::kCut};
  service.answer(cut);
  service.answer(cut);
  EXPECT_EQ(ask(), "c1: Error: the service's answer was cut off, or is not valid JSON.");
  EXPECT_EQ(service.requests(), 2U);
}

TEST_F(ToolboxTest, AnAnswerThatIsTooLongIsRefused) {
  service.answer({.chunks = {std::string(ToolRequest::kLargestAnswer + 1, 'x')}});
  EXPECT_EQ(ask(), "c1: Error: the service answered with more than 32768 bytes.");
}

TEST_F(ToolboxTest, AnAnswerThatIsNoTextIsRefused) {
  service.answer({.chunks = {"\xff\xfe\x80"}});
  EXPECT_EQ(ask(), "c1: Error: the service's answer is not UTF-8 text.");
}

TEST_F(ToolboxTest, ARedirectIsNotFollowed) {
  service.answer({.status = 302, .headers = {{"Location", service.url() + "/elsewhere"}}});
  EXPECT_NE(ask().find("status 302"), std::string::npos);
  EXPECT_EQ(service.requests(), 1U);
}

TEST_F(ToolboxTest, AMetadataAddressIsNeverAsked) {
  agent.tools[0].url = "http://169.254.169.254/latest/meta-data";
  EXPECT_EQ(ask(), "c1: Error: the tool's URL is not allowed.");
}

TEST_F(ToolboxTest, ArgumentsThatAreWrongComeBackToTheModelAndAskNobody) {
  EXPECT_EQ(ask("{}"), "c1: Error: the arguments are wrong: /day is missing. Nothing was done.");
  results.clear();
  EXPECT_NE(ask(R"({"day":3})").find("/day must be of type string; it is 3"), std::string::npos);
  results.clear();
  EXPECT_NE(ask(R"({"day":)").find("not valid JSON"), std::string::npos);
  EXPECT_EQ(service.requests(), 0U);
  EXPECT_EQ(event(0).string("outcome"), "refused");
}

TEST_F(ToolboxTest, AToolThatThereIsNotIsSaidSo) {
  make();
  tools->run(1, "c9", "find_slots", "{}");
  EXPECT_EQ(results, std::vector<std::string>{"c9: There is no such tool."});
}

TEST_F(ToolboxTest, TwoCallsAtOnceGetTheirOwnAnswersWhateverTheirIds) {
  make();
  service.answer({.chunks = {"same"}});
  service.answer({.chunks = {"same"}});
  tools->run(4, "c", "find_slot", R"({"day":"martes"})");
  tools->run(4, "c", "find_slot", R"({"day":"jueves"})");
  wait_for(2);
  EXPECT_EQ(results, (std::vector<std::string>{"c: same", "c: same"}));
}

TEST_F(ToolboxTest, WhatIsUnderWayWhenTheCallEndsIsInTheHistoryAsFailed) {
  make();
  service.answer({.end = test::FakeAnswer::End::kSilent});
  tools->run(4, "c1", "find_slot", R"({"day":"martes"})");
  while (service.requests() == 0) g_main_context_iteration(context.get(), FALSE);
  tools->call_over(false);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_FALSE(runs[0].ok);
  EXPECT_EQ(runs[0].result, "The call ended before there was an answer.");
  tools->call_over(false);
  EXPECT_EQ(runs.size(), 1u);
}

TEST_F(ToolboxTest, AfterTheCallNoResultIsGiven) {
  make();
  service.answer({.end = test::FakeAnswer::End::kSilent});
  tools->run(4, "c1", "find_slot", R"({"day":"martes"})");
  while (service.requests() == 0) g_main_context_iteration(context.get(), FALSE);
  tools.reset();
  EXPECT_TRUE(results.empty());
}

TEST_F(ToolboxTest, ACallbackIsNoted) {
  agent.schedule_callback_enabled = true;
  make();
  tools->run(2, "c1", "schedule_callback",
             R"({"at":"2199-03-05T16:30:00-06:00","number":"+52 55 1234 5678","note":"crédito"})");
  EXPECT_EQ(events.at(0).substr(0, 9), "callback ");
  EXPECT_EQ(event(0).string("at"), "2199-03-05T16:30:00-06:00");
  EXPECT_EQ(event(0).string("note"), "crédito");
  EXPECT_EQ(event(1).string("outcome"), "ok");
  EXPECT_EQ(results.at(0).substr(0, 10), "c1: Noted:");
}

TEST_F(ToolboxTest, ACallbackNeedsATimeToComeWithItsOffsetAndANumberThatCanBeDialled) {
  agent.schedule_callback_enabled = true;
  make();
  for (const char* arguments : {"{}", R"({"at":"mañana"})", R"({"at":"2199-03-05T16:30:00"})",
                                R"({"at":"2001-03-05T16:30:00Z"})",
                                R"({"at":"2199-03-05T16:30:00Z","number":"my wife"})"}) {
    results.clear();
    events.clear();
    tools->run(2, "c1", "schedule_callback", arguments);
    EXPECT_NE(results.at(0).find("Error: the arguments are wrong"), std::string::npos) << arguments;
    EXPECT_EQ(event(0).string("outcome"), "refused") << arguments;
  }
}

struct FakeLine final : TelephoneLine {
  void transfer(const TransferOrder& order, Done done) override {
    commands.push_back("transfer " + order.to);
    if (order.warm)
      commands.back() += ", warm, rings " + std::to_string(order.ring_seconds) + " s";
    if (answers)
      done(refusal.empty() ? Result<bool>(true) : Unexpected(refusal));
  }
  void send_dtmf(const std::string& digits, Done done) override {
    commands.push_back("keys " + digits);
    done(refusal.empty() ? Result<bool>(true) : Unexpected(refusal));
  }
  std::vector<std::string> commands;
  std::string refusal;
  bool answers = true;
};

struct LineTools : ToolboxTest {
  LineTools() {
    agent.tools.clear();
    agent.end_call_enabled = false;
    agent.transfer_whitelist = {{"ventas", "+525512345678"}, {"soporte", "+525587654321"}};
    agent.transfer_message = "Le comunico.";
    agent.send_dtmf_enabled = true;
    line = &phone;
  }
  std::string run(const char* name, const char* arguments) {
    make();
    results.clear();
    events.clear();
    runs.clear();
    tools->run(2, "c1", name, arguments);
    return results.empty() ? "" : results.at(0);
  }
  FakeLine phone;
};

TEST_F(LineTools, TheModelChoosesAmongTheNamesAndNeverSeesANumber) {
  make();
  const auto text = tools->description();
  EXPECT_NE(text.find("\"soporte\",\"ventas\""), std::string::npos) << text;
  EXPECT_EQ(text.find("+52"), std::string::npos);
  EXPECT_NE(text.find("send_dtmf"), std::string::npos);
}

TEST_F(LineTools, TheCallerIsToldAndThenHandedOver) {
  EXPECT_NE(run("transfer_call", R"({"destination":"ventas"})").find("has been transferred"),
            std::string::npos);
  EXPECT_EQ(said, std::vector<std::string>{"Le comunico."});
  EXPECT_EQ(phone.commands, std::vector<std::string>{"transfer +525512345678"});
  EXPECT_TRUE(runs.at(0).ok);
}

TEST_F(LineTools, AnUnknownDestinationOrACallerWhoSpeaksIsNotTransferred) {
  EXPECT_NE(run("transfer_call", R"({"destination":"+15550100"})").find("arguments are wrong"),
            std::string::npos);
  caller_speaks = true;
  EXPECT_NE(run("transfer_call", R"({"destination":"ventas"})").find("spoke"), std::string::npos);
  EXPECT_TRUE(phone.commands.empty());
}

TEST_F(LineTools, ATransferThatEndsTheCallBeforeItIsAnsweredHasSucceeded) {
  phone.answers = false;
  run("transfer_call", R"({"destination":"ventas"})");
  EXPECT_TRUE(runs.empty());
  tools->call_over(true);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_TRUE(runs[0].ok);
  EXPECT_EQ(runs[0].result, "The caller has been transferred to ventas.");
  run("transfer_call", R"({"destination":"ventas"})");
  tools->call_over(false);
  EXPECT_FALSE(runs.at(0).ok);
}

TEST_F(LineTools, ARefusalOfTheCarriersIsToldToTheModel) {
  phone.refusal = "Nobody answers there.";
  const auto result = run("transfer_call", R"({"destination":"soporte"})");
  EXPECT_NE(result.find("Nobody answers there."), std::string::npos);
  EXPECT_FALSE(runs.at(0).ok);
}

TEST_F(LineTools, AWarmTransferIsOneOnlyWhereTheAgentSaysSoAndTheModelIsToldThatItRings) {
  agent.transfer_mode = "warm";
  agent.transfer_ring = 20s;
  const auto result = run("transfer_call", R"({"destination":"ventas"})");
  EXPECT_EQ(phone.commands, std::vector<std::string>{"transfer +525512345678, warm, rings 20 s"});
  EXPECT_NE(result.find("ventas is being called"), std::string::npos) << result;
  EXPECT_TRUE(runs.at(0).ok);
}

TEST_F(LineTools, OfARefusalTheModelLearnsTheNameAndNotTheNumber) {
  phone.refusal = "+525512345678 cannot be called.";
  const auto result = run("transfer_call", R"({"destination":"ventas"})");
  EXPECT_NE(result.find("failed: ventas cannot be called."), std::string::npos) << result;
  EXPECT_EQ(result.find("+52"), std::string::npos) << result;
}

TEST_F(LineTools, KeysAreCheckedAndPressed) {
  EXPECT_NE(run("send_dtmf", R"({"digits":"1w2#"})").find("pressed"), std::string::npos);
  EXPECT_EQ(phone.commands, std::vector<std::string>{"keys 1w2#"});
  for (const char* wrong : {R"({"digits":""})", R"({"digits":"12x"})",
                            R"({"digits":"123456789012345678901234567890123"})", "{}"})
    EXPECT_NE(run("send_dtmf", wrong).find("arguments are wrong"), std::string::npos) << wrong;
  EXPECT_EQ(phone.commands.size(), 1u);
}

TEST_F(LineTools, InABrowserNeitherIsPossible) {
  line = nullptr;
  EXPECT_NE(run("transfer_call", R"({"destination":"ventas"})").find("browser"), std::string::npos);
  EXPECT_NE(run("send_dtmf", R"({"digits":"1"})").find("browser"), std::string::npos);
}

TEST_F(LineTools, WhatShallNotBeKeptIsInNoEventAndNoRecord) {
  agent.redact_params = {"digits"};
  run("send_dtmf", R"({"digits":"4711"})");
  EXPECT_EQ(phone.commands, std::vector<std::string>{"keys 4711"});
  EXPECT_EQ(runs.at(0).arguments, R"({"digits":"***"})");
  for (const auto& event : events) EXPECT_EQ(event.find("4711"), std::string::npos) << event;
  run("send_dtmf", "4711, no JSON");
  EXPECT_EQ(runs.at(0).arguments, "***");
}

}  // namespace

#include "tests/server/api/support.h"

namespace centralita {
namespace {

class AgentsApi : public ApiTest {
 protected:
  std::string create(const std::string& body) {
    const auto reply = post("/api/v1/agents", body);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return "/api/v1/agents/" + std::to_string(reply.json().integer("id").value_or(0));
  }
  Reply patch(const std::string& path, const std::string& body, Headers more = {}) {
    more.emplace_back("X-API-Key", kKey);
    return request("PATCH", path, body, more);
  }
  // What a call would be told.
  AgentConfig told(store::AgentKey key, std::optional<agents::Profile> profile) {
    std::optional<AgentConfig> config;
    store().load_agent(key, profile, nullptr, [&](Result<AgentConfig, store::StoreError> answer) {
      EXPECT_TRUE(answer) << answer.error().message;
      config = answer ? *answer : AgentConfig{};
    });
    while (!config) g_main_context_iteration(nullptr, TRUE);
    return *config;
  }
  std::string code_of(const Reply& reply) {
    return reply.json().object("error")->string("code").value_or("");
  }
};

TEST_F(AgentsApi, NewAgentIsGivenBackWithItsVersionAndPlace) {
  const auto reply = post("/api/v1/agents", R"({"name": "Ventas", "shared": {"temperature": 0.25},
      "profiles": {"twilio": {"voice_speed": 0.5}}})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  const auto agent = reply.json();
  EXPECT_EQ(agent.string("name"), "Ventas");
  EXPECT_EQ(agent.integer("version"), 1);
  EXPECT_EQ(agent.boolean("default"), false);
  EXPECT_EQ(agent.object("shared")->to_string(), R"({"temperature":0.25})");
  EXPECT_EQ(agent.object("profiles")->to_string(),
            R"({"browser":{},"twilio":{"voice_speed":0.5},"telnyx":{}})");
  EXPECT_EQ(reply.headers.at("etag"), "\"1\"");
  const auto again = get(reply.headers.at("location"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, reply.body);
}

TEST_F(AgentsApi, ChangeReachesTheNextCallWithoutARestart) {
  const auto path = create(R"({"name": "Ventas"})");
  EXPECT_EQ(told(std::string("Ventas"), agents::Profile::kTwilio).temperature, 0.7);
  ASSERT_EQ(
      patch(path, R"({"shared": {"temperature": 0}, "profiles": {"twilio": {"max_tokens": 99}}})")
          .status,
      200);
  const auto config = told(std::string("Ventas"), agents::Profile::kTwilio);
  EXPECT_EQ(config.temperature, 0);
  EXPECT_EQ(config.max_tokens, 99);
  EXPECT_EQ(told(std::string("Ventas"), agents::Profile::kBrowser).max_tokens, 600);
}

TEST_F(AgentsApi, MistakesAreAllRefusedAtOnceInTheCallersLanguageAndNothingIsStored) {
  const auto path = create(R"({"name": "Ventas"})");
  const std::string body =
      R"({"shared": {"temperature": 7, "colour": 1}, "profiles": {"twilio": {"voice_pitch": 0.5}}})";
  const auto reply = patch(path, body, {{"Accept-Language", "es-MX,en;q=0.5"}});
  ASSERT_EQ(reply.status, 422);
  const auto error = *reply.json().object("error");
  EXPECT_EQ(error.string("code"), "invalid-agent");
  EXPECT_EQ(error.string("message"), "3 valores no son válidos; no se ha guardado nada.");
  std::string all;
  for (const auto& mistake : error.objects("mistakes"))
    all += *mistake.string("path") + ": " + *mistake.string("message") + "\n";
  EXPECT_EQ(all,
            "/shared/temperature: debe estar entre 0 y 2; es 7\n"
            "/shared/colour: no es ningún ajuste de un agente\n"
            "/profiles/twilio/voice_pitch: debe ser un número entero; es 0.5\n");
  EXPECT_EQ(patch(path, body).json().object("error")->string("message"),
            "3 values are not valid; nothing was stored.");
  EXPECT_EQ(get(path).json().integer("version"), 1);
}

TEST_F(AgentsApi, EffectiveConfigurationSaysWhereEachSettingComesFrom) {
  const auto path =
      create(R"({"name": "Ventas", "shared": {"temperature": 0.25, "voice_speed": 1.5},
      "profiles": {"twilio": {"voice_speed": 0.5}}})");
  const auto twilio = get(path + "/effective?profile=twilio").json();
  EXPECT_EQ(twilio.object("settings")->number("voice_speed"), 0.5);
  EXPECT_EQ(twilio.object("settings")->number("temperature"), 0.25);
  EXPECT_EQ(twilio.object("settings")->integer("max_tokens"), 600);
  EXPECT_EQ(twilio.object("sources")->to_string(),
            R"({"temperature":"shared","voice_speed":"profile"})");
  EXPECT_EQ(
      get(path + "/effective?profile=browser").json().object("settings")->number("voice_speed"),
      1.5);
  EXPECT_EQ(get(path + "/effective?profile=sms").status, 400);
  EXPECT_EQ(get(path + "/effective").status, 400);
}

TEST_F(AgentsApi, ChangeMadeFromAnOldVersionIsRefused) {
  const auto path = create(R"({"name": "Ventas"})");
  ASSERT_EQ(patch(path, R"({"shared": {"temperature": 0.5}})", {{"If-Match", "\"1\""}}).status,
            200);
  const auto late = patch(path, R"({"shared": {"temperature": 1}})", {{"If-Match", "\"1\""}});
  EXPECT_EQ(late.status, 412);
  EXPECT_EQ(code_of(late), "version-conflict");
  const auto in_body = patch(path, R"({"version": 1, "shared": {"temperature": 1}})");
  EXPECT_EQ(in_body.status, 409);
  EXPECT_EQ(code_of(in_body), "version-conflict");
  EXPECT_EQ(get(path).json().object("shared")->number("temperature"), 0.5);
  EXPECT_EQ(patch(path, "{}", {{"If-Match", "nonsense"}}).status, 400);
  EXPECT_EQ(request("DELETE", path, "", {{"X-API-Key", kKey}, {"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(patch(path, R"({"version": 2, "shared": {"temperature": 1}})").status, 200);
}

TEST_F(AgentsApi, NullTakesAnOverrideBackToShared) {
  const auto path = create(R"({"name": "Ventas", "shared": {"voice_speed": 1.5},
      "profiles": {"twilio": {"voice_speed": 0.5}}})");
  const auto reply = patch(path, R"({"profiles": {"twilio": {"voice_speed": null}}})");
  EXPECT_EQ(reply.json().object("profiles")->object("twilio")->to_string(), "{}");
  EXPECT_EQ(told(std::string("Ventas"), agents::Profile::kTwilio).voice_speed, 1.5);
}

TEST_F(AgentsApi, NamesAreUniqueAmongTheLiving) {
  const auto path = create(R"({"name": "Ventas"})");
  const auto again = post("/api/v1/agents", R"({"name": "Ventas"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(code_of(again), "name-taken");
  EXPECT_EQ(patch(path, R"({"name": "default"})").status, 409);
  ASSERT_EQ(request("DELETE", path).status, 200);
  create(R"({"name": "Ventas"})");
  const auto back = post(path + "/restore");
  EXPECT_EQ(back.status, 409);
  EXPECT_EQ(post(path + "/restore", R"({"name": "Ventas de antes"})").status, 200);
  EXPECT_EQ(get(path).json().string("name"), "Ventas de antes");
}

TEST_F(AgentsApi, DeletionCanBeUndone) {
  const auto path = create(R"({"name": "Ventas", "shared": {"temperature": 0.25}})");
  const auto gone = request("DELETE", path);
  ASSERT_EQ(gone.status, 200);
  EXPECT_FALSE(gone.json().node("deleted_at") == nullptr ||
               JSON_NODE_HOLDS_NULL(gone.json().node("deleted_at")));
  EXPECT_EQ(get("/api/v1/agents").json().objects("agents").size(), 1u);
  EXPECT_EQ(get("/api/v1/agents?deleted=true").json().objects("agents").size(), 2u);
  EXPECT_EQ(code_of(patch(path, R"({"shared": {}})")), "is-deleted");
  EXPECT_EQ(code_of(request("DELETE", path)), "is-deleted");
  ASSERT_EQ(post(path + "/restore").status, 200);
  EXPECT_EQ(get(path).json().object("shared")->number("temperature"), 0.25);
  EXPECT_EQ(get("/api/v1/agents").json().objects("agents").size(), 2u);
}

TEST_F(AgentsApi, DefaultAgentAnswersWhatBelongsToNobodyAndCannotBeDeleted) {
  EXPECT_EQ(code_of(request("DELETE", "/api/v1/agents/1")), "is-default");
  EXPECT_EQ(told(store::CalledNumber{"+525500000000"}, {}).name, "default");
  const auto path = create(R"({"name": "Ventas"})");
  ASSERT_EQ(post(path + "/default").json().boolean("default"), true);
  EXPECT_EQ(told(store::CalledNumber{"+525500000000"}, {}).name, "Ventas");
  EXPECT_EQ(told(store::CalledNumber{}, {}).name, "Ventas");
  EXPECT_EQ(request("DELETE", path).status, 409);
  EXPECT_EQ(request("DELETE", "/api/v1/agents/1").status, 200);
  EXPECT_EQ(code_of(post("/api/v1/agents/1/default")), "is-deleted");
}

TEST_F(AgentsApi, CloneIsAnAgentOfItsOwn) {
  const auto path = create(R"({"name": "Ventas", "profiles": {"twilio": {"voice_speed": 0.5}}})");
  const auto clone = post(path + "/clone");
  ASSERT_EQ(clone.status, 201) << clone.body;
  EXPECT_EQ(clone.json().string("name"), "Ventas (copia)");
  EXPECT_EQ(post(path + "/clone").json().string("name"), "Ventas (copia 2)");
  EXPECT_EQ(post(path + "/clone", R"({"name": "Cobros"})").json().string("name"), "Cobros");
  EXPECT_EQ(post(path + "/clone", R"({"name": "Cobros"})").status, 409);
  EXPECT_EQ(post(path + "/clone", R"({"name": 3})").status, 422);
  EXPECT_EQ(clone.json().object("profiles")->object("twilio")->number("voice_speed"), 0.5);
  patch(clone.headers.at("location"), R"({"profiles": {"twilio": {"voice_speed": 2}}})");
  EXPECT_EQ(get(path).json().object("profiles")->object("twilio")->number("voice_speed"), 0.5);
}

TEST_F(AgentsApi, HistoryKeepsEveryVersionAndOldOnesComeBackAsNewOnes) {
  const auto path = create(R"({"name": "Ventas", "shared": {"temperature": 0.25}})");
  patch(path, R"({"shared": {"temperature": 0.5}})");
  patch(path, R"({"name": "Cobros", "shared": {"temperature": 1, "max_tokens": 99}})");
  const auto versions = get(path + "/versions").json().objects("versions");
  ASSERT_EQ(versions.size(), 3u);
  EXPECT_EQ(versions[0].integer("version"), 3);
  EXPECT_EQ(versions[0].string("author"), "admin");
  EXPECT_EQ(
      versions[0].array("changes")->to_string(),
      R"([{"path":"/shared/max_tokens","to":99},{"path":"/shared/temperature","from":0.5,"to":1}])");
  EXPECT_EQ(versions[2].string("action"), "created");
  EXPECT_EQ(versions[2].object("shared")->to_string(), R"({"temperature":0.25})");

  const auto restored = post(path + "/versions/1/restore");
  ASSERT_EQ(restored.status, 200) << restored.body;
  EXPECT_EQ(restored.json().integer("version"), 4);
  EXPECT_EQ(restored.json().object("shared")->to_string(), R"({"temperature":0.25})");
  EXPECT_EQ(restored.json().string("name"), "Cobros");
  EXPECT_EQ(get(path + "/versions").json().objects("versions")[0].string("action"),
            "restored from 1");
  EXPECT_EQ(post(path + "/versions/99/restore").status, 404);
  EXPECT_EQ(post(path + "/versions/x/restore").status, 404);
}

TEST_F(AgentsApi, ChangesAreInTheAuditLogWithWhoAndWhatAndWhen) {
  const auto path = create(R"({"name": "Ventas"})");
  patch(path, R"({"name": "Cobros", "shared": {"temperature": 0.5}})");
  request("DELETE", path);
  const auto subject = "agent:" + path.substr(path.rfind('/') + 1);
  const auto entries = get("/api/v1/audit-log?subject=" + subject).json().objects("entries");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].string("action"), "agent.deleted");
  EXPECT_EQ(entries[2].string("action"), "agent.created");
  EXPECT_EQ(entries[1].string("action"), "agent.updated");
  EXPECT_EQ(entries[1].string("actor"), "admin");
  EXPECT_EQ(entries[1].string("address"), "127.0.0.1");
  EXPECT_EQ(entries[1].object("details")->array("changes")->to_string(),
            R"([{"to":0.5,"path":"/shared/temperature"}])");
  EXPECT_EQ(entries[1].object("details")->object("name")->string("to"), "Cobros");
  EXPECT_TRUE(entries[1].string("at"));
  const auto page =
      get("/api/v1/audit-log?limit=1&before=" + std::to_string(*entries[0].integer("id")))
          .json()
          .objects("entries");
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].integer("id"), entries[1].integer("id"));
}

TEST_F(AgentsApi, StoredValueThatCannotBeUsedIsCorrectedByTheNextChangeAndNoted) {
  const auto path = create(R"({"name": "Ventas"})");
  sql("update agents set config = jsonb_set(config, '{shared}', '{\"colour\": 1, \"temperature\": "
      "7}') where name = 'Ventas'");
  EXPECT_EQ(get(path + "/effective?profile=browser").json().array("remarks")->size(), 2u);
  ASSERT_EQ(patch(path, R"({"shared": {"max_tokens": 99}})").status, 200);
  EXPECT_EQ(sql("select config ->> 'shared' from agents where name = 'Ventas'"),
            R"({"max_tokens": 99, "temperature": 2.0})");
  EXPECT_EQ(sql("select jsonb_array_length(details -> 'corrected') from audit_log"
                " order by id desc limit 1"),
            "2");
}

TEST_F(AgentsApi, WhatIsNotThereIsNotFoundAndWhatIsNoJsonIsSaidToBeNone) {
  EXPECT_EQ(get("/api/v1/agents/404").status, 404);
  EXPECT_EQ(get("/api/v1/agents/default").status, 404);
  EXPECT_EQ(get("/api/v1/agents/404/versions").status, 404);
  EXPECT_EQ(patch("/api/v1/agents/404", "{}").status, 404);
  EXPECT_EQ(post("/api/v1/agents/404/clone").status, 404);
  EXPECT_EQ(post("/api/v1/agents/404/restore").status, 404);
  EXPECT_EQ(code_of(post("/api/v1/agents", "[1]")), "bad-json");
  EXPECT_EQ(code_of(post("/api/v1/agents", "{")), "bad-json");
  EXPECT_EQ(request("PUT", "/api/v1/agents/1", "{}").status, 405);
}

TEST_F(AgentsApi, NobodyReadsOrChangesAnythingWithoutTheKey) {
  for (const auto& route : server().router().routes()) {
    const auto path = route.substr(route.find(' ') + 1);
    if (path.find("/agents") == std::string::npos && path.find("/numbers") == std::string::npos &&
        path.find("/audit") == std::string::npos && path.find("/schema") == std::string::npos)
      continue;
    EXPECT_EQ(request(route.substr(0, route.find(' ')), path, "", {}).status, 401) << route;
  }
}

TEST_F(AgentsApi, NumberIsAnsweredByItsAgent) {
  const auto path = create(R"({"name": "Ventas"})");
  const auto reply = request("PUT", "/api/v1/numbers/+525512345678", R"({"agent": "Ventas"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(told(store::CalledNumber{"+525512345678"}, {}).name, "Ventas");
  EXPECT_EQ(get(path).json().array("numbers")->strings(),
            std::vector<std::string>{"+525512345678"});
  EXPECT_EQ(get("/api/v1/numbers").json().objects("numbers").at(0).string("agent"), "Ventas");
  // As a browser writes it.
  EXPECT_EQ(get("/api/v1/numbers/%2B525512345678").json().string("agent"), "Ventas");

  request("PUT", "/api/v1/numbers/+525512345678", R"({"agent_id": 1})");
  EXPECT_EQ(told(store::CalledNumber{"+525512345678"}, {}).name, "default");
  EXPECT_EQ(request("DELETE", "/api/v1/numbers/+525512345678").status, 200);
  EXPECT_EQ(request("DELETE", "/api/v1/numbers/+525512345678").status, 404);
  EXPECT_EQ(sql("select string_agg(action, ' ' order by id) from audit_log where subject like "
                "'number:%'"),
            "number.assigned number.assigned number.released");
}

TEST_F(AgentsApi, NumberOfADeletedAgentIsTheDefaultOnesUntilItIsRestored) {
  const auto path = create(R"({"name": "Ventas"})");
  request("PUT", "/api/v1/numbers/+525512345678", R"({"agent": "Ventas"})");
  request("DELETE", path);
  EXPECT_EQ(told(store::CalledNumber{"+525512345678"}, {}).name, "default");
  EXPECT_EQ(get("/api/v1/numbers").json().objects("numbers").at(0).boolean("agent_deleted"), true);
  post(path + "/restore");
  EXPECT_EQ(told(store::CalledNumber{"+525512345678"}, {}).name, "Ventas");
}

TEST_F(AgentsApi, NumbersThatAreNoneAreRefused) {
  for (const char* number : {"5512345678", "+52 55", "+0123", "+1234567890123456", "x"})
    EXPECT_EQ(request("PUT",
                      std::string("/api/v1/numbers/") +
                          OwnedString(g_uri_escape_string(number, nullptr, FALSE)).get(),
                      R"({"agent_id": 1})")
                  .status,
              400)
        << number;
  EXPECT_EQ(request("PUT", "/api/v1/numbers/+525512345678", R"({"agent": "nobody"})").status, 404);
  EXPECT_EQ(request("PUT", "/api/v1/numbers/+525512345678", "{}").status, 422);
}

}  // namespace
}  // namespace centralita

// The table of intrusion attempts of docs/threat-model.md: each is tried against the real server.
// Attempts on media streams and carriers' webhooks are in tests/calls/refused_test.cpp.
#include "server/telephony/public_address.h"
#include "tests/server/api/support.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

class Intrusion : public ApiTest {
 protected:
  Intrusion()
      : ApiTest([](Settings& settings) {
          settings.request_limit = 400ms;
          settings.carriers.trusted_proxies = {"127.0.0.1"};
        }) {}

  Headers key_of(const std::string& role) {
    const auto made =
        post("/api/v1/api-keys", json::Object().set("name", role).set("role", role).to_string());
    EXPECT_EQ(made.status, 201) << made.body;
    return {{"X-API-Key", made.json().string("key").value_or("")}};
  }
  Reply log_in(const std::string& secret, Headers headers = {}) {
    return request("POST", "/login", "api_key=" + secret, std::move(headers));
  }
  Headers cookie() {
    const auto set = log_in(kKey).headers.at("set-cookie");
    return {{"Cookie", set.substr(0, set.find(';'))}};
  }
  int status(const std::string& method, const std::string& path, Headers headers,
             const std::string& body = "") {
    return request(method, path, body, std::move(headers)).status;
  }
};

// --- Who one is --------------------------------------------------------------

TEST_F(Intrusion, EveryRouteOfTheApiWithoutCredentials) {
  int tried = 0;
  for (const auto& route : server().router().listed()) {
    if (route.access == Access::kOpen)
      continue;
    auto path = route.pattern;
    for (auto at = path.find('{'); at != path.npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "1");
    const auto got = status(route.method, path, {});
    EXPECT_EQ(got, route.access == Access::kPage ? 303 : 401) << route.method << " " << path;
    ++tried;
  }
  EXPECT_GT(tried, 25);
}

TEST_F(Intrusion, OnlyTheseRoutesAreOpenToAnybody) {
  // A new one is a decision: add it here with what protects it.
  const std::set<std::string> open = {"GET /",
                                      "GET /health",
                                      "GET /ready",
                                      "GET /api/system/health",
                                      "GET /login",
                                      "POST /login",   // rate limit, back-off
                                      "POST /logout",  // SameSite=Strict, origin
                                      "GET /static/{id}",
                                      "GET /api/v1/ws/media-stream",       // one-time token
                                      "GET /api/v1/twilio/incoming-call",  // signatures
                                      "POST /api/v1/twilio/incoming-call",
                                      "POST /api/v1/twilio/call-status",
                                      "POST /api/v1/twilio/amd",
                                      "POST /api/v1/twilio/stream-status",
                                      "POST /api/v1/twilio/recording-status",
                                      "POST /api/v1/telnyx/call-control"};
  for (const auto& route : server().router().listed())
    if (route.access == Access::kOpen) {
      EXPECT_TRUE(open.contains(route.method + " " + route.pattern))
          << route.method << " " << route.pattern << " is open to anybody";
    }
}

TEST_F(Intrusion, ForgedGuessedAndStolenSessions) {
  for (const char* forged :
       {"centralita_session=", "centralita_session=admin", "centralita_session=' or 1=1 --",
        "session=1", "centralita_session=0000000000000000000000000000000000000000000"})
    EXPECT_EQ(status("GET", "/api/v1/users", {{"Cookie", forged}}), 401) << forged;
  EXPECT_EQ(status("GET", "/api/v1/users",
                   {{"Cookie", "centralita_session=" + std::string(20'000, 'x')}}),
            401);
  // What a thief of the database has: the hash is no token.
  (void)cookie();
  const auto hash = sql("select token_hash from sessions limit 1");
  EXPECT_EQ(status("GET", "/api/v1/users", {{"Cookie", "centralita_session=" + hash}}), 401);
  (void)key_of("admin");
  EXPECT_EQ(status("GET", "/api/v1/users", {{"X-API-Key", sql("select key_hash from api_keys")}}),
            401);
}

TEST_F(Intrusion, KeysInTheAddressOrAlmostRight) {
  EXPECT_EQ(status("GET", std::string("/api/v1/users?api_key=") + kKey, {}), 401);
  for (const auto& key : {std::string(kKey) + "x", std::string(kKey).substr(1), std::string(" ")})
    EXPECT_EQ(status("GET", "/api/v1/users", {{"X-API-Key", key}}), 401) << key;
  EXPECT_EQ(status("GET", "/api/v1/users", {{"Authorization", std::string("Basic ") + kKey}}), 401);
}

TEST_F(Intrusion, GuessingPasswordsIsStoppedForTheAddressThatGuesses) {
  const auto from = [](const char* address) { return Headers{{"X-Forwarded-For", address}}; };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("guess", from("203.0.113.9")).status, 303);
  const auto refused = log_in(kKey, from("203.0.113.9"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.count("set-cookie"), 0u);
  EXPECT_GT(std::stoi(refused.headers.at("retry-after")), 50);
  // A further address in front is the client's own invention.
  EXPECT_EQ(log_in(kKey, from("198.51.100.1, 203.0.113.9")).status, 429);
  EXPECT_EQ(log_in(kKey, from("203.0.113.10")).headers.at("location"), "/dashboard");
}

TEST(ClientAddress, IsBelievedOnlyOfTrustedProxies) {
  const PublicAddress address("", {"10.0.0.0/8"}, [] { return std::string("http://x"); });
  EXPECT_EQ(address.client_address("198.51.100.7", "1.2.3.4"), "198.51.100.7");
  EXPECT_EQ(address.client_address("10.0.0.2", "1.2.3.4"), "1.2.3.4");
  EXPECT_EQ(address.client_address("10.0.0.2", "6.6.6.6, 1.2.3.4, 10.0.0.9"), "1.2.3.4");
  EXPECT_EQ(address.client_address("10.0.0.2", "1.2.3.4, nonsense"), "10.0.0.2");
  EXPECT_EQ(address.client_address("10.0.0.2", ""), "10.0.0.2");
}

// --- What one may do ---------------------------------------------------------

TEST_F(Intrusion, ARoleReachesNoRouteAboveIt) {
  const auto viewer = key_of("viewer"), editor = key_of("editor");
  int refused = 0;
  for (const auto& route : server().router().listed()) {
    auto path = route.pattern;
    for (auto at = path.find('{'); at != path.npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "999999");
    if (route.access == Access::kEditor || route.access == Access::kAdmin) {
      EXPECT_EQ(status(route.method, path, viewer), 403)
          << "viewer " << route.method << " " << path;
      ++refused;
    }
    if (route.access == Access::kAdmin) {
      EXPECT_EQ(status(route.method, path, editor), 403)
          << "editor " << route.method << " " << path;
      ++refused;
    }
  }
  EXPECT_GT(refused, 20);
  EXPECT_EQ(status("GET", "/api/v1/calls", viewer), 200);
  EXPECT_EQ(status("POST", "/api/v1/agents", editor, R"({"name":"nuevo"})"), 201);
}

TEST_F(Intrusion, ChangingOnesOwnRole) {
  ASSERT_EQ(
      post("/api/v1/users", R"({"name":"eva","password":"correcto caballo pila","role":"viewer"})")
          .status,
      201);
  const auto set = request("POST", "/login", "user=eva&api_key=correcto+caballo+pila", {})
                       .headers.at("set-cookie");
  Headers eva = {{"Cookie", set.substr(0, set.find(';'))}};
  eva.emplace_back(
      "X-CSRF-Token",
      request("GET", "/api/v1/session", "", eva).json().string("csrf_token").value_or(""));
  EXPECT_EQ(status("PATCH", "/api/v1/users/1", eva, R"({"role":"admin"})"), 403);
  EXPECT_EQ(status("POST", "/api/v1/api-keys", eva, R"({"name":"x","role":"admin"})"), 403);
  // Members that are none of the request's are no back door.
  EXPECT_EQ(status("PUT", "/api/v1/session/password", eva,
                   R"({"password":"correcto caballo pila","new_password":"otra cosa bien larga",)"
                   R"("role":"admin","id":1})"),
            200);
  EXPECT_EQ(sql("select role from users"), "viewer");
}

// --- Through somebody else's browser -------------------------------------------

TEST_F(Intrusion, CrossSiteRequestsWithTheVictimsCookie) {
  const auto victim = cookie();
  EXPECT_EQ(status("GET", "/api/v1/calls", victim), 200);
  const auto attempt = [&](Headers more) {
    more.insert(more.end(), victim.begin(), victim.end());
    return status("POST", "/api/v1/agents", more, R"({"name":"intruso"})");
  };
  EXPECT_EQ(attempt({}), 403);
  EXPECT_EQ(attempt({{"X-CSRF-Token", "guess"}}), 403);
  const auto token =
      request("GET", "/api/v1/session", "", victim).json().string("csrf_token").value_or("");
  EXPECT_EQ(attempt({{"X-CSRF-Token", token}, {"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(attempt({{"X-CSRF-Token", token}, {"Origin", "null"}}), 403);
  EXPECT_EQ(sql("select count(*) from agents where name = 'intruso'"), "0");
  // The token of another session is none of this one's.
  const auto other = cookie();
  const auto foreign =
      request("GET", "/api/v1/session", "", other).json().string("csrf_token").value_or("");
  EXPECT_NE(foreign, token);
  EXPECT_EQ(attempt({{"X-CSRF-Token", foreign}}), 403);
  EXPECT_EQ(attempt({{"X-CSRF-Token", token}, {"Origin", server().base_url()}}), 201);
}

TEST_F(Intrusion, LoggingSomebodyInFromAnotherSite) {
  const auto reply = log_in(kKey, {{"Origin", "https://evil.example"}});
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.headers.count("set-cookie"), 0u);
}

TEST_F(Intrusion, AWebSocketOpenedByAnotherSitesPage) {
  auto headers = cookie();
  for (const auto& header : Headers{{"Origin", "https://evil.example"},
                                    {"Upgrade", "websocket"},
                                    {"Connection", "Upgrade"},
                                    {"Sec-WebSocket-Version", "13"},
                                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}})
    headers.push_back(header);
  const auto reply = request("GET", "/ws/simulator/v2/stream?client_id=x", "", headers);
  EXPECT_EQ(reply.status, 403);
  EXPECT_NE(reply.body.find("foreign-origin"), std::string::npos) << reply.body;
}

TEST_F(Intrusion, PagesForbidFramesForeignScriptsAndSniffing) {
  for (const char* path : {"/login", "/dashboard", "/health", "/nothing"}) {
    const auto headers = request("GET", path, "", {}).headers;
    const auto policy = headers.at("content-security-policy");
    for (const char* part : {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'",
                             "base-uri 'none'", "form-action 'self'"})
      EXPECT_NE(policy.find(part), std::string::npos) << path << ": " << part;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
    EXPECT_EQ(headers.at("x-frame-options"), "DENY");
    EXPECT_EQ(headers.at("x-content-type-options"), "nosniff");
    EXPECT_EQ(headers.at("referrer-policy"), "same-origin");
    EXPECT_EQ(headers.at("cache-control"), "no-store");
    EXPECT_EQ(headers.count("access-control-allow-origin"), 0u);
  }
  EXPECT_EQ(request("GET", "/login", "", {}).headers.count("strict-transport-security"), 0u);
  const auto https = request("GET", "/login", "",
                             {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "pbx.example"}});
  EXPECT_EQ(https.headers.at("strict-transport-security"), "max-age=31536000");
  const auto cookie =
      log_in(kKey, {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "pbx.example"}})
          .headers.at("set-cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-centralita_session=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Secure")) << cookie;
}

TEST_F(Intrusion, ScriptsInNamesComeBackAsDataNotAsPages) {
  const std::string script = "<script>alert(1)</script>";
  const auto reply = post("/api/v1/agents", json::Object().set("name", script).to_string());
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.headers.at("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(reply.json().string("name"), script);
  // In an error, too, what was asked for is data.
  const auto error = get("/api/v1/calls?limit=" + std::string("%3Cscript%3E"));
  EXPECT_EQ(error.headers.at("content-type"), "application/json; charset=utf-8");
}

TEST_F(Intrusion, RedirectsLeadNowhereElse) {
  for (const char* path : {"/login?next=https://evil.example", "/?next=//evil.example",
                           "//evil.example/%2e%2e", "/dashboard?return=https://evil.example"}) {
    const auto reply = request("GET", path, "", {});
    if (reply.headers.contains("location")) {
      EXPECT_TRUE(reply.headers.at("location") == "/login" ||
                  reply.headers.at("location") == "/dashboard")
          << path << " -> " << reply.headers.at("location");
    }
  }
  EXPECT_EQ(request("POST", "/login?next=https://evil.example",
                    "api_key=" + std::string(kKey) + "&next=https://evil.example", {})
                .headers.at("location"),
            "/dashboard");
}

// --- Through what is sent --------------------------------------------------------

TEST_F(Intrusion, PathsThatClimbOutOfTheFolder) {
  for (const char* path : {"/static/../../etc/passwd", "/static/..%2f..%2fetc%2fpasswd",
                           "/static/%2e%2e/settings.cpp", "/static/....//etc/passwd",
                           "/static/%00app.js", "/static/app.js%00.html", "/static//etc/passwd"}) {
    const auto reply = request("GET", path, "", {});
    EXPECT_TRUE(reply.status == 404 || reply.status == 400) << path << " " << reply.status;
    EXPECT_EQ(reply.body.find("root:"), std::string::npos) << path;
  }
}

TEST_F(Intrusion, SqlInCursorsFiltersNamesAndIds) {
  const std::string drop = "%27%3B%20drop%20table%20calls%3B--";
  for (const auto& path :
       {"/api/v1/calls?cursor=" + drop, "/api/v1/calls/" + drop, "/api/v1/calls?limit=1" + drop,
        "/api/v1/agents/1" + drop, "/api/v1/numbers/" + drop, "/api/v1/audit-log?before=" + drop,
        "/api/v1/audit-log?subject=" + drop, "/api/v1/agents?deleted=" + drop,
        "/api/v1/agents/1/effective?profile=" + drop}) {
    const auto got = get(path).status;
    EXPECT_TRUE(got == 200 || got == 400 || got == 404) << path << " " << got;
  }
  EXPECT_EQ(request("POST", "/login", "user=" + drop + "&api_key=x", {}).status, 303);
  EXPECT_EQ(post("/api/v1/agents", R"j({"name":"'); drop table agents;--"})j").status, 201);
  EXPECT_EQ(get("/api/v1/calls").status, 200);
  EXPECT_EQ(get("/api/v1/agents").status, 200);
}

TEST_F(Intrusion, LineBreaksInWhatBecomesAHeader) {
  const auto reply = request("GET", "/login%0d%0aSet-Cookie:%20evil=1", "", {});
  EXPECT_EQ(reply.headers.count("set-cookie"), 0u);
  const auto name = request("GET", "/static/x%0d%0aSet-Cookie:%20evil=1", "", {});
  EXPECT_EQ(name.headers.count("set-cookie"), 0u);
  EXPECT_EQ(name.status, 404);
}

TEST_F(Intrusion, BodiesAndHeadersThatAreTooLarge) {
  EXPECT_EQ(post("/api/v1/agents", std::string(1'100'000, 'x')).status, 413);
  const auto answer = raw(
      "GET /health HTTP/1.1\r\nHost: x\r\nX-Large: " + std::string(300'000, 'x') + "\r\n\r\n", 5s);
  EXPECT_FALSE(answer.ends_with("...")) << "the connection stays open";
  EXPECT_EQ(answer.find("200 OK"), std::string::npos) << answer.substr(0, 200);
  // Of a chunked body nobody knows the size before.
  std::string chunks = "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 40; ++i) chunks += "10000\r\n" + std::string(65536, 'x') + "\r\n";
  EXPECT_EQ(raw(chunks + "0\r\n\r\n", 5s).find("200 OK"), std::string::npos);
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Intrusion, DeepAndBrokenJson) {
  for (const auto& body :
       {std::string(100'000, '['), std::string("{\"name\":"), std::string("\"\\ud800\""),
        std::string("{\"name\": 1e999}"), std::string("\xff\xfe")}) {
    const auto reply = post("/api/v1/agents", body);
    EXPECT_TRUE(reply.status == 400 || reply.status == 422) << reply.status;
  }
}

TEST_F(Intrusion, ARequestThatNeverEndsIsCutOff) {
  EXPECT_EQ(raw("GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ", 5s), "");
  EXPECT_EQ(raw("POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\napi", 5s), "");
  EXPECT_EQ(raw("", 5s), "") << "a connection that says nothing";
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Intrusion, SmuggledSecondRequests) {
  const auto answer = raw(
      "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\nGET /api/v1/users HTTP/1.1\r\nHost: x\r\n\r\n",
      2s);
  EXPECT_EQ(answer.find("\"users\""), std::string::npos) << answer;
}

class Crowded : public ApiTest {
 protected:
  Crowded() : ApiTest([](Settings& settings) { settings.rate_limit = 60; }) {}
};

TEST_F(Crowded, AnAddressThatAsksTooOftenWaitsAndRefusalsCountTenfold) {
  for (int i = 0; i < 40; ++i) EXPECT_EQ(request("GET", "/health", "", {}).status, 200);
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    const auto reply = request("GET", "/api/v1/calls", "", {{"X-API-Key", "guess"}});
    if (reply.status == 429) {
      EXPECT_GE(std::stoi(reply.headers.at("retry-after")), 1);
      break;
    }
    EXPECT_EQ(reply.status, 401);
    ++answered;
  }
  EXPECT_LE(answered, 7);
  EXPECT_GE(answered, 5);
}

}  // namespace
}  // namespace centralita

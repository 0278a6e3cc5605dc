#include "server/secrets.h"
#include "server/security/limits.h"
#include "tests/server/api/support.h"

namespace centralita {
namespace {

using namespace std::chrono_literals;

constexpr char kPassword[] = "correcto caballo pila";

class Accounts : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  std::int64_t add_user(const std::string& name, const std::string& role,
                        const std::string& password = kPassword) {
    const auto reply = post(
        "/api/v1/users",
        json::Object().set("name", name).set("password", password).set("role", role).to_string());
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.json().integer("id").value_or(0);
  }
  Reply log_in(const std::string& user, const std::string& secret, Headers headers = {}) {
    return request("POST", "/login", "user=" + user + "&api_key=" + secret, std::move(headers));
  }
  // The cookie as a request brings it, and the token that changes need.
  Headers session(const std::string& user, const std::string& secret) {
    const auto reply = log_in(user, secret);
    EXPECT_EQ(reply.status, 303) << reply.body;
    const auto cookie = reply.headers.at("set-cookie");
    Headers headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    const auto csrf = request("GET", "/api/v1/session", "", headers).json().string("csrf_token");
    headers.emplace_back("X-CSRF-Token", csrf.value_or(""));
    return headers;
  }
  int as(const Headers& headers, const std::string& method, const std::string& path,
         const std::string& body = "") {
    return request(method, path, body, headers).status;
  }
};

TEST_F(Accounts, TheAdministratorsKeyIsTheFirstAdministrator) {
  const auto who = get("/api/v1/session").json();
  EXPECT_EQ(who.object("user")->string("name"), "admin");
  EXPECT_EQ(who.object("user")->string("role"), "admin");
  EXPECT_FALSE(who.string("csrf_token"));
}

TEST_F(Accounts, AUserLogsInWithTheirPasswordWhoseHashAloneIsStored) {
  add_user("Marta", "editor");
  const auto stored = sql("select password_hash from users");
  EXPECT_TRUE(stored.starts_with("$argon2id$")) << stored;
  const auto cookie = log_in("marta", kPassword).headers.at("set-cookie");
  EXPECT_NE(cookie.find("; HttpOnly; SameSite=Strict"), std::string::npos) << cookie;
  EXPECT_EQ(cookie.find("Secure"), std::string::npos) << "this server is reached by http";
  const auto who = request("GET", "/api/v1/session", "", session("MARTA", kPassword)).json();
  EXPECT_EQ(who.object("user")->string("name"), "Marta");
  EXPECT_EQ(who.object("user")->string("role"), "editor");
  const auto token = cookie.substr(cookie.find('=') + 1, cookie.find(';') - cookie.find('=') - 1);
  EXPECT_EQ(sql("select count(*) from sessions where token_hash = '" + token + "'"), "0");
  EXPECT_EQ(log_in("marta", "otra contraseña larga").headers.at("location"),
            "/login?error=1#error");
  EXPECT_EQ(log_in("nadie", kPassword).headers.at("location"), "/login?error=1#error");
}

TEST_F(Accounts, SessionsOutliveTheProcessAndEndByLogoutIdlenessAgeAndAnotherAdminKey) {
  const auto id = add_user("eva", "viewer");
  const auto forget = [&] { (void)request("PATCH", "/api/v1/users/" + std::to_string(id), "{}"); };
  const auto one = session("eva", kPassword);
  sql("update sessions set seen_at = now() - interval '11 hours'");
  forget();  // as another instance, or this one after a restart, which believes the database only
  EXPECT_EQ(as(one, "GET", "/api/v1/calls"), 200);
  EXPECT_EQ(sql("select count(*) from sessions where seen_at > now() - interval '1 minute'"), "1");
  sql("update sessions set seen_at = now() - interval '13 hours'");
  forget();
  EXPECT_EQ(as(one, "GET", "/api/v1/calls"), 401);
  sql("update sessions set seen_at = now(), created_at = now() - interval '8 days'");
  EXPECT_EQ(as(one, "GET", "/api/v1/calls"), 401);
  const auto two = session("eva", kPassword);
  EXPECT_EQ(sql("select count(*) from sessions"), "1") << "old ones are cleared at a login";
  EXPECT_EQ(as(two, "POST", "/logout"), 303);
  EXPECT_EQ(as(two, "GET", "/api/v1/calls"), 401);
  const auto admin = session("", kKey);
  EXPECT_EQ(as(admin, "GET", "/api/v1/users"), 200);
  sql("update sessions set key_tag = 'of another key'");
  forget();
  EXPECT_EQ(as(admin, "GET", "/api/v1/users"), 401);
}

TEST_F(Accounts, AnotherPasswordOrFewerRightsEndTheUsersSessionsButForTheOneThatChangesIt) {
  const auto id = add_user("luz", "editor");
  const auto here = session("luz", kPassword), elsewhere = session("luz", kPassword);
  const auto change = [&](const std::string& old) {
    return request("PUT", "/api/v1/session/password",
                   json::Object()
                       .set("password", old)
                       .set("new_password", "otra que nadie adivina")
                       .to_string(),
                   here)
        .status;
  };
  EXPECT_EQ(change("no es esta"), 403);
  EXPECT_EQ(change(kPassword), 200);
  EXPECT_EQ(as(here, "GET", "/api/v1/calls"), 200);
  EXPECT_EQ(as(elsewhere, "GET", "/api/v1/calls"), 401);
  const auto path = "/api/v1/users/" + std::to_string(id);
  EXPECT_EQ(request("PATCH", path, R"({"role":"viewer"})").status, 200);
  EXPECT_EQ(as(here, "GET", "/api/v1/calls"), 401);
  const auto again = session("luz", "otra que nadie adivina");
  EXPECT_EQ(request("PATCH", path, R"({"disabled":true})").status, 200);
  EXPECT_EQ(as(again, "GET", "/api/v1/calls"), 401);
  EXPECT_EQ(log_in("luz", "otra que nadie adivina").headers.at("location"), "/login?error=1#error");
  EXPECT_EQ(request("DELETE", path).status, 200);
  EXPECT_EQ(request("DELETE", path).status, 404);
  const auto log = get("/api/v1/audit-log?subject=user:" + std::to_string(id)).body;
  for (const char* action : {"user.created", "user.updated", "user.deleted", "session.opened"})
    EXPECT_NE(log.find(action), std::string::npos) << action;
  EXPECT_EQ(log.find("adivina"), std::string::npos);
  EXPECT_EQ(log.find("argon2"), std::string::npos);
}

TEST_F(Accounts, WhatIsNoNamePasswordOrRoleIsRefusedWithAReason) {
  add_user("ana", "viewer");
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"ANA","password":"bastante larga 1","role":"viewer"})", "user-name-taken"},
      {R"({"name":"","password":"bastante larga 1","role":"viewer"})", "invalid-name"},
      {R"({"name":"a\nb","password":"bastante larga 1","role":"viewer"})", "invalid-name"},
      {R"({"name":"b","password":"bastante larga 1","role":"root"})", "invalid-role"},
      {R"({"name":"b","password":"corta","role":"viewer"})", "weak-password"},
      {R"({"name":"b","password":"aaaaaaaaaaaaaaa","role":"viewer"})", "weak-password"},
      {R"({"name":"margarita","password":"margarita123","role":"viewer"})", "weak-password"}};
  for (const auto& [body, code] : cases) {
    const auto reply = post("/api/v1/users", body);
    EXPECT_EQ(reply.status, std::string_view(code) == "user-name-taken" ? 409 : 422) << body;
    EXPECT_NE(reply.body.find(code), std::string::npos) << reply.body;
  }
  EXPECT_EQ(request("PATCH", "/api/v1/users/99", "{}").status, 404);
  EXPECT_EQ(request("PATCH", "/api/v1/users/x", "{}").status, 404);
}

TEST_F(Accounts, AnApiKeyIsShownOnceStoredHashedAndCanBeRevoked) {
  const auto made = post("/api/v1/api-keys", R"({"name":"n8n","role":"editor"})").json();
  const auto key = *made.string("key");
  EXPECT_TRUE(key.starts_with("cen_")) << key;
  const auto list = get("/api/v1/api-keys").body;
  EXPECT_EQ(list.find(key), std::string::npos);
  EXPECT_NE(list.find("\"last_used_at\":null"), std::string::npos) << list;
  EXPECT_EQ(sql("select count(*) from api_keys where key_hash like '%" + key.substr(10) + "%'"),
            "0");
  const Headers bearer = {{"Authorization", "Bearer " + key}};
  EXPECT_EQ(as(bearer, "GET", "/api/v1/calls"), 200);
  EXPECT_EQ(as(bearer, "POST", "/api/v1/agents", R"({"name":"de n8n"})"), 201)
      << "a key needs no CSRF token";
  EXPECT_EQ(as(bearer, "GET", "/api/v1/users"), 403);
  EXPECT_EQ(request("GET", "/api/v1/session", "", bearer).json().object("user")->string("name"),
            "key:n8n");
  EXPECT_EQ(sql("select count(*) from api_keys where last_used_at is not null"), "1");
  const auto path = "/api/v1/api-keys/" + std::to_string(*made.integer("id"));
  EXPECT_EQ(request("DELETE", path).status, 200);
  EXPECT_EQ(as(bearer, "GET", "/api/v1/calls"), 401);
  const auto brief =
      post("/api/v1/api-keys", R"({"name":"b","role":"viewer","expires_in_days":1})").json();
  sql("update api_keys set expires_at = now() - interval '1 second' where name = 'b'");
  EXPECT_EQ(as({{"X-API-Key", *brief.string("key")}}, "GET", "/api/v1/calls"), 401);
  EXPECT_EQ(post("/api/v1/api-keys", R"({"name":"b","role":"viewer","expires_in_days":0})").status,
            422);
}

// --- What is pure --------------------------------------------------------------

TEST(LoginGuard, FiveWrongAnswersAreFreeThenEachWaitsTwiceAsLong) {
  LoginGuard guard;
  auto now = LoginGuard::Time{} + 1h;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), 0);
    guard.failed("1.2.3.4", "", now);
  }
  EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), 60);
  EXPECT_EQ(guard.wait("1.2.3.5", "", now).count(), 0) << "another address is not locked";
  for (const int expected : {120, 240, 480, 900, 900}) {
    now += guard.wait("1.2.3.4", "", now);
    EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), 0);
    guard.failed("1.2.3.4", "", now);
    EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), expected);
  }
  now += 2h;
  EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), 0);
  guard.failed("1.2.3.4", "", now);
  EXPECT_EQ(guard.wait("1.2.3.4", "", now).count(), 0) << "forgotten after a quarter of an hour";
}

TEST(LoginGuard, ANameGuessedAtFromManyAddressesWaitsToo) {
  LoginGuard guard;
  const auto now = LoginGuard::Time{} + 1h;
  for (int i = 0; i < 20; ++i) guard.failed("10.0.0." + std::to_string(i), "eva", now);
  EXPECT_EQ(guard.wait("10.9.9.9", "eva", now).count(), 60);
  EXPECT_EQ(guard.wait("10.9.9.9", "ana", now).count(), 0);
}

TEST(TokenBuckets, ABucketFillsAtItsRateAndHoldsAMinutesWorth) {
  TokenBuckets buckets(60);
  auto now = TokenBuckets::Time{} + 1h;
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(buckets.wait("a", now).count(), 0) << i;
    buckets.take("a", 1, now);
  }
  EXPECT_EQ(buckets.wait("a", now).count(), 1);
  EXPECT_EQ(buckets.wait("b", now).count(), 0);
  EXPECT_EQ(buckets.wait("a", now + 1s).count(), 0);
  (void)buckets.wait("c", now + 3min);
  EXPECT_EQ(buckets.clients(), 1u) << "full ones are forgotten";
}

TEST(TokenBuckets, OfIpv6TheNetworkIsTheClient) {
  EXPECT_EQ(client_of_address("2001:db8:1:2:3:4:5:6"), client_of_address("2001:db8:1:2::1"));
  EXPECT_NE(client_of_address("2001:db8:1:2::1"), client_of_address("2001:db8:1:3::1"));
  EXPECT_EQ(client_of_address("203.0.113.7"), "203.0.113.7");
}

TEST(Secrets, APasswordIsKnownAgainAndNoOther) {
  const auto hash = hash_password("correcto caballo");
  EXPECT_TRUE(check_password(hash, "correcto caballo"));
  EXPECT_FALSE(check_password(hash, "correcto caballa"));
  EXPECT_FALSE(check_password("", "correcto caballo"));
  EXPECT_FALSE(check_password("$argon2id$broken", "correcto caballo"));
  EXPECT_NE(hash, hash_password("correcto caballo")) << "each has a salt of its own";
  EXPECT_NE(token_hash("session", "x"), token_hash("api-key", "x"));
}

}  // namespace
}  // namespace centralita

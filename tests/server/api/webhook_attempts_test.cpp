// Carriers' webhooks as somebody else would send them, and as a network may garble them: each is
// tried against the real server. The table of docs/carriers.md is what this test prints.
#include "server/telephony/carrier_paths.h"
#include "server/telephony/twilio_signature.h"
#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"

#include <sodium.h>

#include <array>
#include <fstream>
#include <sstream>

namespace centralita {
namespace {

using namespace std::chrono_literals;
using Form = std::multimap<std::string, std::string>;

constexpr char kToken[] = "the-token-of-the-account";
constexpr char kAccount[] = "AC00000000000000000000000000000001";

struct KeyPair {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open;
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;
  KeyPair() { crypto_sign_keypair(open.data(), secret.data()); }
  static std::string base64(const unsigned char* data, std::size_t size) {
    return OwnedString(g_base64_encode(data, size)).get();
  }
  std::string sign(const std::string& text) const {
    std::array<unsigned char, crypto_sign_BYTES> signature;
    crypto_sign_detached(signature.data(), nullptr,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                         secret.data());
    return base64(signature.data(), signature.size());
  }
};

const KeyPair& telnyx_key() {
  static const KeyPair key;
  return key;
}

test::FakeHttp& carrier() {
  static auto* const shared = new test::FakeHttp;
  return *shared;
}

void configure(Settings& settings) {
  auto& carriers = settings.carriers;
  carriers.twilio.auth_token = kToken;
  carriers.twilio.account_sid = kAccount;
  carriers.twilio.api_url = carrier().url();
  carriers.telnyx.public_key = TelnyxPublicKey::from_base64(
      KeyPair::base64(telnyx_key().open.data(), telnyx_key().open.size()));
  carriers.telnyx.api_key = "KEY1";
  carriers.telnyx.api_url = carrier().url() + "/v2";
  settings.request_limit = 400ms;
}

class Attempts : public ApiTest {
 protected:
  explicit Attempts(const std::function<void(Settings&)>& adjust = configure) : ApiTest(adjust) {
    carrier().otherwise({.status = 200,
                         .content_type = "application/json",
                         .chunks = {R"({"data":{"result":"ok"}})"}});
  }

  // "403 `bad-signature`"; a row of the table besides. `effect`: what a request that is not refused
  // does.
  void expect(const char* who, const char* attempt, const Reply& reply, const char* expected,
              const char* effect = "") {
    const auto document = json::parse(reply.body);
    const auto error =
        document && document->is_object() ? document->object().object("error") : std::nullopt;
    const auto code = error ? error->string("code").value_or("") : "";
    const auto got = std::to_string(reply.status) + (code.empty() ? "" : " `" + code + "`");
    row(who, attempt, got, error ? error->string("message").value_or("") : effect);
    EXPECT_EQ(got, expected) << who << ", " << attempt << ": " << reply.body;
  }
  static void row(const char* who, const char* attempt, const std::string& got,
                  const std::string& why) {
    const auto line = std::string("| ") + who + " | " + attempt + " | " + got + " | " + why + " |";
    std::printf("%s\n", line.c_str());
    static const std::string documented = [] {
      std::ifstream file(std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/docs/carriers.md");
      std::ostringstream text;
      text << file.rdbuf();
      return text.str();
    }();
    EXPECT_NE(documented.find(line), std::string::npos) << "docs/carriers.md lacks\n" << line;
  }

  // --- Twilio ---

  std::string url(const std::string& path) { return server().base_url() + path; }
  static std::string body_of(const Form& form) {
    std::string body;
    for (const auto& [name, value] : form)
      body += (body.empty() ? "" : "&") + name + "=" +
              OwnedString(g_uri_escape_string(value.c_str(), nullptr, FALSE)).get();
    return body;
  }
  Reply twilio(const std::string& path, const std::string& body, const std::string& signature,
               Headers headers = {}) {
    if (!signature.empty())
      headers.emplace_back("X-Twilio-Signature", signature);
    return request("POST", path, body, std::move(headers));
  }
  Reply signed_twilio(const std::string& path, const Form& form) {
    return twilio(path, body_of(form), twilio_signature(kToken, url(path), form));
  }

  // --- Telnyx ---

  static std::string event(const std::string& id, const std::string& type, const std::string& call,
                           const std::string& more = R"(,"direction":"incoming")") {
    return R"({"data":{"record_type":"event","event_type":")" + type + R"(","id":")" + id +
           R"(","payload":{"call_control_id":")" + call +
           R"(","from":"+525500000001","to":"+5256")" + more + "}}}";
  }
  static std::string now(std::int64_t later = 0) {
    return std::to_string(g_get_real_time() / G_USEC_PER_SEC + later);
  }
  Reply telnyx(const std::string& body, const std::string& time, const std::string& signature) {
    Headers headers;
    if (!time.empty())
      headers.emplace_back("telnyx-timestamp", time);
    if (!signature.empty())
      headers.emplace_back("telnyx-signature-ed25519", signature);
    return request("POST", kTelnyxPath, body, std::move(headers));
  }
  Reply signed_telnyx(const std::string& body) {
    const auto time = now();
    return telnyx(body, time, telnyx_key().sign(time + "|" + body));
  }
  // How many commands of that name the carrier has been given for a call.
  std::size_t commands(const std::string& call, const std::string& action) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < carrier().requests(); ++i)
      number += carrier().request(i).path == "/v2/calls/" + call + "/actions/" + action;
    return number;
  }
  void wait_for_command(const std::string& call, const std::string& action) {
    for (int i = 0; i < 3000 && commands(call, action) == 0; ++i)
      if (!g_main_context_iteration(nullptr, FALSE))
        g_usleep(1'000);
    EXPECT_EQ(commands(call, action), 1u) << action;
  }
  void settle() {
    for (int i = 0; i < 50; ++i)
      if (!g_main_context_iteration(nullptr, FALSE))
        g_usleep(1'000);
  }
};

constexpr char kRefused[] = "403 `bad-signature`";

TEST_F(Attempts, OnTwiliosWebhooks) {
  const std::string call = kTwilioCallPath, status = kTwilioStatusPath;
  const Form form = {{"CallSid", "CA1"}, {"From", "+525500000001"}, {"To", "+525600000001"}};
  const auto body = body_of(form);
  const auto right = twilio_signature(kToken, url(call), form);
  const auto attempt = [&](const char* what, const Reply& reply, const char* expected = kRefused,
                           const char* effect = "") {
    expect("twilio", what, reply, expected, effect);
  };
  attempt("no signature", twilio(call, body, ""));
  attempt("signed with another account's token",
          twilio(call, body, twilio_signature("another-token", url(call), form)));
  attempt("signed with an empty token", twilio(call, body, twilio_signature("", url(call), form)));
  attempt("half a signature", twilio(call, body, right.substr(0, 14)));
  attempt("a signature in lower case", [&] {
    auto lower = right;
    for (auto& c : lower) c = g_ascii_tolower(c);
    return twilio(call, body, lower);
  }());
  attempt("a parameter changed",
          twilio(call,
                 body_of({{"CallSid", "CA1"}, {"From", "+525500000002"}, {"To", "+525600000001"}}),
                 right));
  attempt("a parameter added", twilio(call, body + "&Digits=1", right));
  attempt("a parameter taken away", twilio(call, body.substr(0, body.rfind('&')), right));
  attempt("a parameter twice, with another value", twilio(call, body + "&From=%2B1", right));
  attempt("the body cut off", twilio(call, body.substr(0, body.size() - 4), right));
  attempt("no body at all", twilio(call, "", right));
  attempt("another webhook's signature",
          twilio(call, body, twilio_signature(kToken, url(status), form)));
  attempt("a query added to the address", twilio(call + "?agent=other", body, right));
  attempt("signed for another host",
          twilio(call, body, twilio_signature(kToken, "https://evil.example" + call, form)));
  attempt("signed for another port",
          twilio(call, body, twilio_signature(kToken, "http://127.0.0.1:1" + call, form)));
  attempt("a GET's signature for a POST",
          twilio(call, body, twilio_signature(kToken, url(call), {})));
  attempt("X-Forwarded-* of a proxy that nobody trusts",
          twilio(call, body, twilio_signature(kToken, "https://pbx.example" + call, form),
                 {{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "pbx.example"}}));
  for (const char* path :
       {kTwilioStatusPath, kTwilioAmdPath, kTwilioStreamStatusPath, kTwilioRecordingPath})
    EXPECT_EQ(twilio(path, body, "").status, 403) << path;
  attempt("signed, without a CallSid", signed_twilio(call, {{"From", "+5255"}}),
          "400 `no-call-sid`");
  const auto head = [&](std::size_t length) {
    return "POST " + call + " HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: " + right +
           "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
           std::to_string(length) + "\r\n\r\n" + body;
  };
  const auto cut = raw(head(body.size() + 10), 3s);
  row("twilio", "a body that never ends",
      cut.empty() || cut.starts_with("HTTP/1.1 408") ? "the connection is closed" : cut,
      "nothing is read of a request that is not whole");
  // The right one passes, and the same again before the stream is there is the same call.
  attempt("the right one (to compare)", twilio(call, body, right), "200",
          "TwiML with a one-time token");
  const auto again = twilio(call, body, right);
  attempt("the same again before its stream", again, "200", "the same token");
  EXPECT_EQ(again.body, twilio(call, body, right).body);
  // Events twice and in any order.
  EXPECT_EQ(signed_twilio(status, {{"CallSid", "CA1"}, {"CallStatus", "completed"}}).status, 200);
  settle();
  attempt("the same again after the call's end", twilio(call, body, right), "403 `replayed`");
  attempt("an event twice",
          signed_twilio(status, {{"CallSid", "CA1"}, {"CallStatus", "completed"}}), "200",
          "counts once");
  attempt("an event after the last one",
          signed_twilio(status, {{"CallSid", "CA1"}, {"CallStatus", "ringing"}}), "200",
          "passed over: the call is over");
  settle();
  store().flush(5s);
  EXPECT_EQ(sql("select count(*) || ' ' || min(status) from calls where provider_call_id = 'CA1'"),
            "1 completed");
}

TEST_F(Attempts, OnTelnyxWebhooks) {
  const auto body = event("e1", "call.initiated", "v3:one");
  const auto time = now();
  const auto right = telnyx_key().sign(time + "|" + body);
  const auto attempt = [&](const char* what, const Reply& reply, const char* expected = kRefused,
                           const char* effect = "") {
    expect("telnyx", what, reply, expected, effect);
  };
  attempt("no signature and no time", telnyx(body, "", ""));
  attempt("no signature", telnyx(body, time, ""));
  attempt("no time", telnyx(body, "", right));
  attempt("signed with another key", telnyx(body, time, KeyPair().sign(time + "|" + body)));
  attempt("half a signature", telnyx(body, time, right.substr(0, 44)));
  attempt("a signature in hexadecimal", telnyx(body, time, std::string(128, 'a')));
  attempt("the body alone signed, without the time", telnyx(body, time, telnyx_key().sign(body)));
  attempt("another time than the signed one", telnyx(body, now(-1), right));
  attempt("a byte of the body changed", [&] {
    auto other = body;
    other[other.find("0001")] = '7';
    return telnyx(other, time, right);
  }());
  attempt("a space behind the body", telnyx(body + " ", time, right));
  attempt("the body cut off", telnyx(body.substr(0, body.size() - 4), time, right));
  for (const auto& [what, later] :
       {std::pair{"sent again after five minutes", -301}, {"dated five minutes ahead", 302}}) {
    const auto other = now(later);
    attempt(what, telnyx(body, other, telnyx_key().sign(other + "|" + body)));
  }
  attempt("a time that is no number",
          telnyx(body, "yesterday", telnyx_key().sign("yesterday|" + body)));
  attempt("signed, not JSON", signed_telnyx("data=1"), "400 `bad-event`");
  attempt("signed, an event without an id",
          signed_telnyx(R"({"data":{"event_type":"call.initiated"}})"), "400 `bad-event`");
  const auto cut =
      raw(std::string("POST ") + kTelnyxPath + " HTTP/1.1\r\nHost: x\r\ntelnyx-timestamp: " + time +
              "\r\ntelnyx-signature-ed25519: " + right +
              "\r\nContent-Length: " + std::to_string(body.size() + 10) + "\r\n\r\n" + body,
          3s);
  row("telnyx", "a body that never ends",
      cut.empty() || cut.starts_with("HTTP/1.1 408") ? "the connection is closed" : cut,
      "nothing is read of a request that is not whole");
  settle();
  EXPECT_EQ(commands("v3:one", "answer"), 0u);

  attempt("the right one (to compare)", telnyx(body, time, right), "200", "the call is answered");
  wait_for_command("v3:one", "answer");
  attempt("the same again", telnyx(body, time, right), "200", "counts once: one `answer`");
  attempt("the same event, signed anew", signed_telnyx(body), "200", "counts once: one `answer`");
  settle();
  EXPECT_EQ(commands("v3:one", "answer"), 1u);
  // The end before the beginning: such a call is over, and is not answered.
  EXPECT_EQ(signed_telnyx(event("e2", "call.hangup", "v3:two")).status, 200);
  attempt("the beginning after the end", signed_telnyx(event("e3", "call.initiated", "v3:two")),
          "200", "passed over: the call is over");
  EXPECT_EQ(signed_telnyx(event("e4", "call.answered", "v3:one")).status, 200);
  wait_for_command("v3:one", "streaming_start");
  attempt("an event of another id twice", signed_telnyx(event("e5", "call.answered", "v3:one")),
          "200", "counts once: one `streaming_start`");
  settle();
  EXPECT_EQ(commands("v3:two", "answer"), 0u);
  EXPECT_EQ(commands("v3:one", "streaming_start"), 1u);
}

class NothingConfigured : public Attempts {
 protected:
  NothingConfigured() : Attempts([](Settings&) {}) {}
};

TEST_F(NothingConfigured, AnythingIsRefused) {
  const Form form = {{"CallSid", "CA1"}};
  expect("twilio", "no token configured, signed with the empty one",
         twilio(kTwilioCallPath, body_of(form), twilio_signature("", url(kTwilioCallPath), form)),
         "403 `twilio-not-configured`");
  const auto body = event("e1", "call.initiated", "v3:one");
  expect("telnyx", "no key configured", signed_telnyx(body), "403 `telnyx-not-configured`");
}

class BehindAProxy : public Attempts {
 protected:
  BehindAProxy()
      : Attempts([](Settings& settings) {
          configure(settings);
          settings.carriers.trusted_proxies = {"127.0.0.1"};
        }) {}
};

TEST_F(BehindAProxy, OnlyWhatTheProxySaysOfItselfCounts) {
  const Form form = {{"CallSid", "CA1"}, {"To", "+525600000001"}};
  const auto signature =
      twilio_signature(kToken, std::string("https://pbx.example") + kTwilioCallPath, form);
  const auto through = [&](const char* proto, const char* host) {
    return twilio(kTwilioCallPath, body_of(form), signature,
                  {{"X-Forwarded-Proto", proto}, {"X-Forwarded-Host", host}});
  };
  expect("twilio", "a trusted proxy that says http for https", through("http", "pbx.example"),
         kRefused);
  expect("twilio", "a trusted proxy that names another host", through("https", "evil.example"),
         kRefused);
  expect("twilio", "a trusted proxy, the client's own X-Forwarded-Host before its",
         through("https", "evil.example, pbx.example"), "200", "the nearest one counts");
  expect("twilio", "a trusted proxy that names a path as host", through("https", "pbx.example/x"),
         kRefused);
}

}  // namespace
}  // namespace centralita

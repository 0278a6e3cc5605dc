// The list of an agent's web services, as it is written and read back.
#include "plugins/base/metadata_host.h"
#include "server/agents/codec.h"
#include "server/agents/tool_list.h"
#include "server/agents/validation.h"

#include <gtest/gtest.h>

using namespace centralita;

namespace {

// "path code" of the only mistake; empty: there is none.
std::string mistake_in(const std::string& tools) {
  const auto body = json::parse(R"({"shared":{"tools":)" + tools + "}}");
  EXPECT_TRUE(body) << body.error();
  const auto mistakes = agents::check_write(body->object(), false, agents::Language::kEnglish);
  EXPECT_LE(mistakes.size(), 1U);
  return mistakes.empty() ? "" : mistakes[0].path + " " + mistakes[0].code;
}

// A right one with one member more, or another.
std::string with(const std::string& member, const std::string& value) {
  auto tool = json::parse(R"({"name":"a","description":"b","url":"https://example.org/x"})");
  const auto more = json::parse("{\"v\":" + value + "}");
  auto object = tool->object();
  object.set_node(member.c_str(), Ref<JsonNode>::adopt(json_node_copy(more->object().node("v"))));
  return "[" + object.to_string() + "]";
}

TEST(AgentTools, WhatIsRightIsTakenOverWhole) {
  const std::string text = R"([{"name":"find_slot","description":"Looks.","parameters":
      {"type":"object","properties":{"day":{"type":"string"}},"required":["day"]},
      "url":"https://example.org/slots","method":"GET","headers":{"X-Key":"1"},
      "secret":"SLOT_KEY","timeout_ms":900,"retries":0}])";
  EXPECT_EQ(mistake_in(text), "");
  const auto tools = agents::tools_in(json::parse(text)->root().get());
  ASSERT_EQ(tools.size(), 1U);
  EXPECT_EQ(tools[0].timeout.count(), 900);
  EXPECT_EQ(tools[0].headers.at("X-Key"), "1");
  const auto again = json::parse(agents::tools_to_json(tools).to_string());
  EXPECT_EQ(agents::tools_in(again->root().get()), tools);
}

TEST(AgentTools, MistakesAreNamedWithTheirPlace) {
  EXPECT_EQ(mistake_in("3"), "/shared/tools wrong-type");
  EXPECT_EQ(mistake_in("[3]"), "/shared/tools/0 wrong-type");
  EXPECT_EQ(mistake_in("[{}]"), "/shared/tools/0/name missing");
  EXPECT_EQ(mistake_in(with("name", R"("two words")")), "/shared/tools/0/name bad-format");
  EXPECT_EQ(mistake_in(with("name", R"("end_call")")), "/shared/tools/0/name bad-format");
  EXPECT_EQ(mistake_in(with("url", R"("ftp://example.org")")), "/shared/tools/0/url bad-format");
  EXPECT_EQ(mistake_in(with("url", R"("https://u:p@example.org")")),
            "/shared/tools/0/url bad-format");
  EXPECT_EQ(mistake_in(with("url", R"("http://169.254.169.254/")")),
            "/shared/tools/0/url bad-format");
  EXPECT_EQ(mistake_in(with("method", R"("DELETE")")), "/shared/tools/0/method not-a-choice");
  EXPECT_EQ(mistake_in(with("parameters", R"({"type":"string"})")),
            "/shared/tools/0/parameters bad-format");
  EXPECT_EQ(mistake_in(with("headers", R"({"Idempotency-Key":"1"})")),
            "/shared/tools/0/headers bad-format");
  EXPECT_EQ(mistake_in(with("headers", R"({"X":"a\r\nY: b"})")),
            "/shared/tools/0/headers bad-format");
  EXPECT_EQ(mistake_in(with("secret", R"("sk-12345")")), "/shared/tools/0/secret bad-format");
  EXPECT_EQ(mistake_in(with("timeout_ms", "60000")), "/shared/tools/0/timeout_ms out-of-range");
  EXPECT_EQ(mistake_in(with("retries", "\"2\"")), "/shared/tools/0/retries wrong-type");
  EXPECT_EQ(mistake_in(with("colour", "1")), "/shared/tools/0/colour unknown");
  const std::string one = R"({"name":"a","description":"b","url":"https://example.org/x"})";
  EXPECT_EQ(mistake_in("[" + one + "," + one + "]"), "/shared/tools/1/name bad-format");
}

TEST(AgentTools, AListThatIsWrongKeepsNoCallFromBeingAnswered) {
  agents::AgentDocument document;
  document.shared = json::parse(R"({"tools":[{"name":"a"}],"temperature":1})")->object();
  const auto reading = agents::read_config(document, std::nullopt);
  EXPECT_TRUE(reading.config.tools.empty());
  EXPECT_EQ(reading.config.temperature, 1);
  EXPECT_EQ(reading.remarks.size(), 1U);
}

TEST(MetadataHost, IsRecognisedInEveryWriting) {
  for (const char* host :
       {"169.254.169.254", "169.254.0.1", "[fe80::1]", "fe80::1%eth0", "fd00:ec2::254",
        "::ffff:169.254.169.254", "100.100.100.200", "metadata.google.internal", "METADATA",
        "metadata.google.internal.", "2852039166", "0xa9fea9fe", "169.254.43518", "0251.0376.1.1"})
    EXPECT_TRUE(is_metadata_host(host)) << host;
  for (const char* host : {"example.org", "127.0.0.1", "10.0.0.1", "::1", "localhost",
                           "169.253.1.1", "n8n", "metadata.example.org"})
    EXPECT_FALSE(is_metadata_host(host)) << host;
}

}  // namespace

#include "tests/server/api/support.h"
#include "tests/support/fake_http.h"

namespace centralita {
namespace {

class CatalogueTest : public ApiTest {
 protected:
  CatalogueTest() {
    g_setenv("AZURE_SPEECH_ENDPOINT", provider_.url().c_str(), TRUE);
    g_setenv("AZURE_SPEECH_KEY", "azure-key", TRUE);
    g_setenv("GROQ_BASE_URL", (provider_.url() + "/openai/v1").c_str(), TRUE);
    g_setenv("GROQ_API_KEY", "groq-key", TRUE);
  }
  ~CatalogueTest() override {
    for (const char* name :
         {"AZURE_SPEECH_ENDPOINT", "AZURE_SPEECH_KEY", "GROQ_BASE_URL", "GROQ_API_KEY"})
      g_unsetenv(name);
  }
  test::FakeHttp provider_;
};

TEST_F(CatalogueTest, VoicesAreAzuresAndAskedForOnce) {
  provider_.answer({.content_type = "application/json", .chunks = {R"([
      {"ShortName": "es-MX-DaliaNeural", "LocalName": "Dalia", "Gender": "Female", "Locale": "es-MX",
       "StyleList": ["cheerful", "whispering"], "Status": "GA"},
      {"ShortName": "xx-XX-OldNeural", "Locale": "xx-XX", "Status": "Deprecated"},
      {"LocalName": "nothing else"}])"}});
  for (int again = 0; again < 2; ++again) {
    const auto list = get("/api/v1/catalogue/voices").json();
    EXPECT_EQ(list.string("source"), "azure");
    const auto voices = list.objects("voices");
    ASSERT_EQ(voices.size(), 1u);
    EXPECT_EQ(voices[0].string("name"), "es-MX-DaliaNeural");
    EXPECT_EQ(voices[0].string("gender"), "female");
    EXPECT_EQ(voices[0].array("styles")->strings(),
              (std::vector<std::string>{"cheerful", "whispering"}));
  }
  EXPECT_EQ(provider_.requests(), 1u);
  const auto request = provider_.request(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/cognitiveservices/voices/list");
  EXPECT_EQ(request.header("ocp-apim-subscription-key"), "azure-key");
}

TEST_F(CatalogueTest, ModelsAreSortedByWhatTheyAreFor) {
  provider_.answer({.content_type = "application/json", .chunks = {R"({"object": "list", "data": [
      {"id": "openai/gpt-oss-20b", "active": true, "context_window": 131072},
      {"id": "whisper-large-v3", "active": true, "context_window": 448},
      {"id": "meta-llama/llama-guard-4", "active": true},
      {"id": "gone", "active": false}]})"}});
  const auto list = get("/api/v1/catalogue/models").json();
  EXPECT_EQ(list.string("source"), "groq");
  const auto models = list.objects("models");
  ASSERT_EQ(models.size(), 3u);
  EXPECT_EQ(models[0].string("kind"), "chat");
  EXPECT_EQ(models[0].integer("context_window"), 131072);
  EXPECT_EQ(models[1].string("kind"), "speech");
  EXPECT_EQ(models[2].string("kind"), "other");
  EXPECT_EQ(provider_.request(0).path, "/openai/v1/models");
  EXPECT_EQ(provider_.request(0).header("authorization"), "Bearer groq-key");
}

TEST_F(CatalogueTest, AProviderThatFailsLeavesTheBuiltInListAndSaysWhy) {
  provider_.answer({.status = 401});
  const auto voices = get("/api/v1/catalogue/voices").json();
  EXPECT_EQ(voices.string("source"), "built-in");
  EXPECT_NE(voices.string("problem")->find("401"), std::string::npos);
  EXPECT_GT(voices.objects("voices").size(), 10u);
  provider_.answer({.content_type = "text/html", .chunks = {"<html>"}});
  const auto models = get("/api/v1/catalogue/models").json();
  EXPECT_EQ(models.string("source"), "built-in");
  EXPECT_GT(models.objects("models").size(), 3u);
}

TEST_F(CatalogueTest, AVoiceIsHeardAsAWavFile) {
  provider_.answer({.content_type = "audio/basic", .chunks = {std::string(48'000, '\x11')}});
  const auto reply = post("/api/v1/voices/preview",
                          R"({"voice": "es-MX-JorgeNeural", "language": "es-MX", "speed": 0.9,
                              "text": "Hola & <adiós>"})");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.headers.at("content-type"), "audio/wav");
  EXPECT_EQ(reply.body.substr(0, 4), "RIFF");
  EXPECT_EQ(reply.body.size(), 48'044u);
  const auto request = provider_.request(0);
  EXPECT_EQ(request.path, "/cognitiveservices/v1");
  EXPECT_NE(request.body.find("es-MX-JorgeNeural"), std::string::npos);
  EXPECT_NE(request.body.find("&lt;adiós&gt;"), std::string::npos) << request.body;
}

TEST_F(CatalogueTest, APreviewThatCannotBeIsRefused) {
  for (const auto& body : {std::string(R"({"text": " ... "})"), std::string("{}"),
                           R"({"text": ")" + std::string(401, 'a') + "\"}"})
    EXPECT_EQ(post("/api/v1/voices/preview", body).status, 400) << body;
  EXPECT_EQ(provider_.requests(), 0u);
  provider_.otherwise({.status = 400});
  const auto reply = post("/api/v1/voices/preview", R"({"voice": "no-such", "text": "Hola"})");
  EXPECT_EQ(reply.status, 502) << reply.body;
}

}  // namespace
}  // namespace centralita

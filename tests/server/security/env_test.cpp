#include "server/env_names.h"
#include "server/settings.h"

#include <glib.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace centralita {
namespace {

std::string root() { return std::getenv("CENTRALITA_SOURCE_ROOT"); }

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool documented(const std::string& name) {
  const auto& known = documented_variables();
  return std::find(known.begin(), known.end(), name) != known.end();
}

TEST(Environment, EveryVariableThatTheProgramReadsIsDocumented) {
  const std::set<std::string> own = {"CENTRALITA_SOURCE_ROOT"};  // of tests
  const char* const readers[] = {"text(",   "read_number(",    "g_getenv(",         "read_flag(",
                                 "getenv(", "or_environment(", "from_environment(", "list("};
  int found = 0;
  for (const char* folder : {"/server", "/plugins", "/pipelines"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root() + folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h")
        continue;
      const auto source = text_of(entry.path());
      for (const char* reader : readers)
        for (auto at = source.find(std::string(reader) + "\""); at != source.npos;
             at = source.find(std::string(reader) + "\"", at)) {
          at += std::string_view(reader).size() + 1;
          const auto name = source.substr(at, source.find('"', at) - at);
          if (name.size() < 5 ||
              name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") != name.npos)
            continue;
          ++found;
          EXPECT_TRUE(documented(name) || own.contains(name))
              << name << " of " << entry.path() << " is not in docs/env.md";
        }
    }
  EXPECT_GT(found, 15);
}

TEST(Environment, TheSpanishTableNamesTheSameVariables) {
  const auto spanish = text_of(root() + "/docs/es/entorno.md");
  for (const auto name : documented_variables())
    EXPECT_NE(spanish.find("`" + std::string(name) + "`"), std::string::npos)
        << name << " is not in docs/es/entorno.md";
}

TEST(Environment, TheExampleNamesDocumentedVariablesOnlyAndHoldsNoSecret) {
  const auto example = text_of(root() + "/.env.example");
  const std::regex line(R"(^#?([A-Z][A-Z0-9_]+)=(.*)$)", std::regex::multiline);
  int found = 0;
  for (std::sregex_iterator match(example.begin(), example.end(), line), end; match != end;
       ++match) {
    ++found;
    const std::string name = (*match)[1], value = (*match)[2];
    EXPECT_TRUE(documented(name)) << name;
    for (const char* ending : {"_KEY", "_SECRET", "_TOKEN", "_PASSWORD"})
      if (name.ends_with(ending)) {
        EXPECT_EQ(value, "") << name;
      }
  }
  EXPECT_GT(found, 20);
}

TEST(Environment, TheExampleHasEveryVariableOfAServer) {
  const auto example = text_of(root() + "/.env.example");
  // The tables before that of ./dev are a server's own.
  const auto document = text_of(root() + "/docs/env.md");
  const auto own = document.substr(0, document.find("\n## Only for ./dev"));
  ASSERT_LT(own.size(), document.size());
  // What ./dev run sets, and an installation knows by itself.
  const std::set<std::string_view> not_an_operators = {"CENTRALITA_SANDBOX_URL"};
  for (const auto name : documented_variables())
    if (own.find("`" + std::string(name) + "`") != own.npos && !not_an_operators.contains(name)) {
      EXPECT_NE(example.find("\n#" + std::string(name) + "="), example.npos)
          << name << " is not in .env.example";
    }
}

TEST(Environment, AMisspeltNameIsWarnedAboutWithTheNearestRightOne) {
  EXPECT_EQ(warnings_about({"CENTRALITA_PORT", "PATH", "LOG_LEVLE"}).size(), 0u);
  EXPECT_EQ(warnings_about({"CENTRALITA_PROT"}).at(0),
            "CENTRALITA_PROT is set, and is no variable of this program; did you mean "
            "CENTRALITA_PORT?");
  EXPECT_NE(warnings_about({"CENTRALITA_SOMETHING_ELSE"}).at(0).find("docs/env.md"),
            std::string::npos);
}

// What is said of `name` when it is `value`; empty: nothing.
std::string mistake_about(const std::string& name, const std::string& value) {
  g_setenv("CENTRALITA_DATA", g_get_tmp_dir(), TRUE);
  g_setenv(name.c_str(), value.c_str(), TRUE);
  const auto settings = read_settings();  // ADMIN_API_KEY is missing
  g_unsetenv(name.c_str());
  for (const auto& mistake : settings.error())
    if (mistake.starts_with(name))
      return mistake;
  return "";
}

TEST(Environment, ThePublicAddressIsOneThatPathsCanBePutBehind) {
  for (const char* good : {"https://voice.example.com", "https://voice.example.com/",
                           "http://127.0.0.1:8000", "https://[2001:db8::1]:8443/voice"})
    EXPECT_EQ(mistake_about("PUBLIC_BASE_URL", good), "") << good;
  for (const char* bad :
       {"voice.example.com", "https://", "https://voice.example.com?a=1", "https://a b.example.com",
        "https://voice.example.com/#a", "https://user:pass@voice.example.com",
        "https://voice.example.com:port", "wss://voice.example.com"})
    EXPECT_NE(mistake_about("PUBLIC_BASE_URL", bad), "") << bad;
}

TEST(Environment, AnAddressToListenOnIsANumericalOne) {
  for (const char* good : {"0.0.0.0", "::", "::1", "192.0.2.7"})
    EXPECT_EQ(mistake_about("CENTRALITA_HOST", good), "") << good;
  for (const char* bad : {"localhost", "[::]", "127.0.0.1:8000", "256.0.0.1"})
    EXPECT_NE(mistake_about("CENTRALITA_HOST", bad), "") << bad;
}

TEST(Environment, ANameOfBeforeIsWarnedAboutWithWhatHasTakenItsPlace) {
  EXPECT_EQ(warnings_about({"POSTGRES_SERVER"}).at(0),
            "POSTGRES_SERVER is set, a name of before; now: part of DATABASE_URL.");
  EXPECT_NE(warnings_about({"GROQ_MODEL"}).at(0).find("llm_model"), std::string::npos);
  EXPECT_EQ(warnings_about({"TELNYX_API_BASE", "DATABASE_URL", "POSTGRES_PASSWORD"}).size(), 1u);
}

TEST(Environment, TelnyxAddressMayHaveItsNameOfBefore) {
  const auto address = [] {
    std::vector<std::string> mistakes;
    return read_carrier_settings(mistakes).telnyx.api_url;
  };
  g_setenv("TELNYX_API_BASE", "https://before.example.com/v2", TRUE);
  EXPECT_EQ(address(), "https://before.example.com/v2");
  g_setenv("TELNYX_API_URL", "https://now.example.com/v2", TRUE);
  EXPECT_EQ(address(), "https://now.example.com/v2");
  g_unsetenv("TELNYX_API_URL");
  g_unsetenv("TELNYX_API_BASE");
  EXPECT_NE(mistake_about("TELNYX_API_BASE", "api.telnyx.com"), "");
}

TEST(Environment, AllMistakesAreSaidAtOnce) {
  const std::pair<const char*, const char*> wrong[] = {{"ADMIN_API_KEY", "short"},
                                                       {"DATABASE_URL", "mysql://x"},
                                                       {"CENTRALITA_PORT", "99999"},
                                                       {"LOG_LEVEL", "loud"},
                                                       {"LOG_FORMAT", "xml"},
                                                       {"PII_REDACTION", "logs,everything"},
                                                       {"WEBHOOK_RETENTION_DAYS", "x"},
                                                       {"RETENTION_DAYS", "-1"},
                                                       {"PUBLIC_BASE_URL", "voice.example"},
                                                       {"SESSION_IDLE_MINUTES", "0"},
                                                       {"RATE_LIMIT_GLOBAL", "many"},
                                                       {"GROQ_BASE_URL", "groq"},
                                                       {"AZURE_SPEECH_ENDPOINT", "ftp://x"},
                                                       {"AZURE_SPEECH_REGION", "East US"},
                                                       {"CENTRALITA_HOST", "localhost"},
                                                       {"CENTRALITA_DATA", "/proc/none"},
                                                       {"CENTRALITA_PIPELINES", "/proc/none"},
                                                       {"SILERO_VAD_MODEL", "/proc/none"}};
  const char* given = g_getenv("SILERO_VAD_MODEL");  // of the tests
  const std::string weights = given ? given : "";
  for (const auto& [name, value] : wrong) setenv(name, value, 1);
  const auto settings = read_settings();
  ASSERT_FALSE(settings);
  for (const auto& [name, value] : wrong) {
    const auto said = [name = std::string(name)](const std::string& mistake) {
      return mistake.starts_with(name);
    };
    EXPECT_TRUE(std::any_of(settings.error().begin(), settings.error().end(), said)) << name;
    unsetenv(name);
  }
  g_setenv("SILERO_VAD_MODEL", weights.c_str(), TRUE);
  for (const auto& mistake : settings.error())
    EXPECT_EQ(mistake.find("mysql://x"), std::string::npos) << "a URL may hold a password";
}

}  // namespace
}  // namespace centralita

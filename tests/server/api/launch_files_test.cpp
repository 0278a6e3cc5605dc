// A server whose launch files make no pipeline does not wait for a call to say so.
#include "pipelines/call_sink.h"
#include "pipelines/call_src.h"
#include "pipelines/launch_text.h"
#include "tests/server/api/support.h"

#include <filesystem>
#include <fstream>
#include <regex>

namespace centralita {
namespace {

using LaunchFiles = ApiTest;

TEST_F(LaunchFiles, OneThatMakesNoPipelineIsNamedAtTheStart) {
  GST_ELEMENT_REGISTER(callsrc, nullptr);
  GST_ELEMENT_REGISTER(callsink, nullptr);
  const TemporaryFolder folder, data;
  std::filesystem::copy(std::string(g_getenv("CENTRALITA_SOURCE_ROOT")) + "/pipelines",
                        folder.path(), std::filesystem::copy_options::recursive);
  const auto error_with = [&](const std::string& twilio) {
    std::ofstream(folder.path() + "/twilio.launch") << twilio;
    Settings settings;
    settings.port = 0;
    settings.shards = 1;
    settings.web_dir = "none";
    settings.data_dir = data.path();
    settings.pipelines_dir = folder.path();
    Server server(std::move(settings), store::Store::open({.conninfo = database()}));
    const auto tried = server.try_launch_files();
    return tried ? "none" : tried.error();
  };
  const auto good = *read_launch_file(folder.path() + "/twilio.launch");
  const auto with = [&](const char* this_one, const char* that) {
    return std::regex_replace(good, std::regex(this_one), that);
  };
  EXPECT_EQ(error_with(good), "none");
  const auto misspelt = error_with(with("llmdialog", "lmdialog"));
  EXPECT_NE(misspelt.find("twilio.launch"), std::string::npos) << misspelt;
  EXPECT_NE(misspelt.find("lmdialog"), std::string::npos) << misspelt;
  const auto nameless = error_with(with("name=dialog", ""));
  EXPECT_NE(nameless.find("dialog"), std::string::npos) << nameless;
}

}  // namespace
}  // namespace centralita

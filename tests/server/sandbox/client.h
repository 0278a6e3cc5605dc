// A sandbox of the test's own and a client that speaks to it over loopback, in one context.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/soup_ref.h"
#include "server/sandbox/sandbox.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace centralita::sandbox {

struct Reply {
  int status = 0;
  std::string body;                 // what came before the end, or before the connection was cut
  std::string type;                 // of the content
  bool whole = false;               // the answer ended as HTTP says
  std::vector<std::string> pieces;  // as they were read
  std::map<std::string, std::string> headers;

  json::Object object() const {
    const auto document = json::parse(body);
    return document ? document->object() : json::Object();
  }
};

using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

struct SandboxTest : ::testing::Test {
  SandboxTest();
  ~SandboxTest() override;

  // `until_bytes`: leave when that much of the body has come; for answers that never end.
  Reply send(const std::string& method, const std::string& path, const RequestHeaders& headers = {},
             const std::string& type = "", const std::string& body = "",
             std::optional<std::size_t> until_bytes = {});

  // The answer's bytes as they are on the wire: libsoup's client takes the end of the connection
  // for the end of a chunked body.
  std::string raw(const std::string& path, const RequestHeaders& headers, const std::string& body);

  Reply chat(const json::Object& request, const RequestHeaders& more = {},
             std::optional<std::size_t> until_bytes = {});
  Reply speak(const std::string& ssml, const std::string& format, const RequestHeaders& more = {},
              std::optional<std::size_t> until_bytes = {});
  Reply transcribe(const std::string& wav, const std::string& language,
                   const std::string& format = "json", const RequestHeaders& more = {});

  Ref<GMainContext> context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<Sandbox> sandbox;
  Ref<SoupSession> session;
  std::string url;
};

std::string ssml(const std::string& voice, const std::string& text);
json::Object user_says(const std::string& text, bool stream);
std::string read_file(const std::string& path);

}  // namespace centralita::sandbox

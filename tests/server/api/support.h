// The API over HTTP on loopback: the real router and handlers before a real PostgreSQL, and a
// client in the same thread.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/json.h"
#include "server/server.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace centralita {

class ApiTest : public ::testing::Test {
 protected:
  static constexpr char kKey[] = "test-admin-key-0123456789";
  using Headers = std::vector<std::pair<std::string, std::string>>;

  struct Reply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    json::Object json() const {
      const auto document = json::parse(body);
      EXPECT_TRUE(document) << body;
      return document ? document->object() : json::Object();
    }
  };

  // `adjust` may change the server's settings.
  explicit ApiTest(const std::function<void(Settings&)>& adjust = nullptr);
  ~ApiTest() override;

  Reply request(const std::string& method, const std::string& path, const std::string& body = "",
                Headers headers = {{"X-API-Key", kKey}});
  // Of another server in this process.
  Reply request_of(const Server& server, const std::string& method, const std::string& path,
                   const std::string& body, const Headers& headers);
  Reply get(const std::string& path) { return request("GET", path); }
  Reply post(const std::string& path, const std::string& body = "") {
    return request("POST", path, body);
  }
  std::string sql(const std::string& statements) {
    return PostgresFixture::shared().execute(database_, statements);
  }
  // What comes back for `bytes` on a connection of its own, until the server closes it; "..." at
  // the end when it was still open after `limit`.
  std::string raw(const std::string& bytes, std::chrono::milliseconds limit);
  const std::string& database() const { return database_; }
  Server& server() { return *server_; }
  store::Store& store() { return *store_; }
  std::string data_dir() const { return data_.path(); }

 private:
  TemporaryFolder data_;
  static std::string new_database();

  std::string database_ = new_database();
  Ref<SoupSession> session_ = Ref<SoupSession>::adopt(soup_session_new());
  store::Store* store_ = nullptr;
  std::unique_ptr<Server> server_;
};

}  // namespace centralita

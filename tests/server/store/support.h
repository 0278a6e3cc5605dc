// What the store's tests share: waiting for answers, seeing the log, records that look like a
// call's.
#pragma once

#include "plugins/base/ref.h"
#include "server/store/store.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ringbuffer_sink.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace centralita::store {

using namespace std::chrono_literals;

inline constexpr auto kSoon = 60s;  // a limit for what takes milliseconds: reached only in failure

// Runs a context of its own until `ask` has been answered on it.
template <typename T, typename Ask>
Result<T, StoreError> answer_of(Ask ask) {
  const auto context = Ref<GMainContext>::adopt(g_main_context_new());
  std::optional<Result<T, StoreError>> answer;
  ask(context.get(), [&](Result<T, StoreError> result) {
    EXPECT_TRUE(g_main_context_is_owner(context.get()));
    EXPECT_FALSE(answer) << "answered twice";
    answer = std::move(result);
  });
  while (!answer) g_main_context_iteration(context.get(), TRUE);
  return *answer;
}

inline Result<CallPage, StoreError> list_calls(Store& store, CallQuery query) {
  return answer_of<CallPage>(
      [&](auto* context, auto answer) { store.list_calls(query, context, answer); });
}
inline Result<CallDetail, StoreError> get_call(Store& store, CallKey key) {
  return answer_of<CallDetail>(
      [&](auto* context, auto answer) { store.get_call(key, context, answer); });
}
inline Result<AgentConfig, StoreError> load_agent(
    Store& store, AgentKey key, std::optional<agents::Profile> profile = std::nullopt) {
  return answer_of<AgentConfig>(
      [&](auto* context, auto answer) { store.load_agent(key, profile, context, answer); });
}

// Options under which a test need not wait: quick retries, a quick heartbeat.
inline StoreOptions quick(const std::string& conninfo) {
  return {.conninfo = conninfo,
          .auto_migrate = true,
          .first_retry = 5ms,
          .longest_retry = 50ms,
          .heartbeat = 20ms};
}

// 2026-05-01 12:00:00 UTC and so many milliseconds.
inline WallTime at(std::int64_t ms) {
  return WallTime(std::chrono::milliseconds(1'777'636'800'000 + ms));
}

inline CallStarted started(const std::string& session_id, std::int64_t ms = 0) {
  return {.session_id = session_id,
          .client_type = "twilio",
          .direction = "inbound",
          .provider_call_id = "CA" + session_id,
          .from_number = "+525512345678",
          .to_number = "+525587654321",
          .agent_id = 1,
          .agent_name = "default",
          .start_time = at(ms)};
}

inline TurnFinished turn(const std::string& session_id, int number, std::string content = "hola") {
  return {.session_id = session_id,
          .number = number,
          .role = number % 2 ? Role::kCaller : Role::kAgent,
          .content = std::move(content),
          .timestamp = at(1'000 * number),
          .duration = 800ms};
}

inline CallEnded ended(const std::string& session_id, std::int64_t ms = 60'000) {
  return {.session_id = session_id,
          .status = "completed",
          .end_cause = "caller-hung-up",
          .end_time = at(ms)};
}

inline std::string file_text(const std::string& path_in_tree) {
  std::ifstream file(std::string(std::getenv("CENTRALITA_SOURCE_ROOT")) + "/" + path_in_tree);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The log's lines from here on that hold a word.
class LogCapture {
 public:
  LogCapture() : previous_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink_));
  }
  ~LogCapture() { spdlog::set_default_logger(previous_); }
  int lines_with(const std::string& word) const {
    int count = 0;
    for (const auto& line : sink_->last_formatted()) count += line.find(word) != std::string::npos;
    return count;
  }

 private:
  std::shared_ptr<spdlog::logger> previous_;
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> sink_ =
      std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(1'000);
};

class StoreTest : public ::testing::Test {
 protected:
  PostgresFixture& postgres_ = PostgresFixture::shared();
  std::string conninfo_ = postgres_.create_database();

  std::string sql(const std::string& statements) {
    return postgres_.execute(conninfo_, statements);
  }
  std::unique_ptr<Store> open(StoreOptions options) {
    auto store = Store::open(std::move(options));
    EXPECT_TRUE(store->wait_until_healthy(true, kSoon)) << store->status().last_error;
    return store;
  }
  std::unique_ptr<Store> open() { return open(quick(conninfo_)); }
};

}  // namespace centralita::store

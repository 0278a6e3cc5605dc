// Everything that a whole call needs: PostgreSQL, the sandbox, the server, and a telephone.
//
//   Stack stack;
//   const auto report = stack.call("wait-greeting; say es/queue-thankyou; wait-reply; hang-up");
//   const auto call = stack.history(report.call_sid);
//
// Recordings are named LANGUAGE/NAME: Debian's asterisk-core-sounds-es-wav and -en-wav.
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/json.h"
#include "server/caller/caller.h"
#include "tests/calls/program.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/temporary_folder.h"

#include <memory>
#include <string>
#include <vector>

namespace centralita {

struct HttpReply {
  int status = 0;
  std::string content_type, body;
};

// By how much a carrier's times may be missed: 1, and more in a build with a sanitizer, whose
// servers are that much slower (CENTRALITA_TIMES_SLOWER).
double times_slower();

class Stack {
 public:
  static constexpr char kAdminKey[] = "test-admin-key-0123456789";
  static constexpr char kTwilioToken[] = "12345";

  explicit Stack(Program::Environment environment = {});

  // One call to its end. `way` as of CallPlan; the webhook's unless told otherwise.
  caller::CallReport call(const std::string& script,
                          caller::CallPlan::Way way = caller::CallPlan::Way::kWebhook,
                          const std::string& agent = "default");
  // Several at the same time.
  std::vector<caller::CallReport> calls(
      const std::string& script, int count,
      caller::CallPlan::Way way = caller::CallPlan::Way::kWebhook);

  // A file with these words, spoken by the sandbox's Spanish voice: `say PATH` in a script.
  std::string speech(const std::string& words);

  // What a telephone says, for a carrier that carries it. `rate_hz`: 0 for the way's own.
  std::shared_ptr<caller::CallPlan> plan(const std::string& script, caller::CallPlan::Way way,
                                         const std::string& agent, int rate_hz = 0);

  // GET with the admin key; POST with a body, which for the sandbox needs none.
  HttpReply get(const std::string& path, bool with_key = true);
  HttpReply get_url(const std::string& url);  // of any server, without a key
  HttpReply post(const std::string& url, const std::string& body,
                 std::vector<std::pair<std::string, std::string>> headers = {},
                 const std::string& content_type = "application/json");

  // The call's page of the API, by the carrier's or the simulator's call id, once it has ended and
  // been stored; aborts the test after ten seconds.
  json::Object history(const std::string& provider_call_id);

  // {"operation", "fault", ...} as POST /sandbox/faults takes it.
  void set_fault(const std::string& fault);
  void clear_faults();
  // Changes a setting of an agent, for all kinds of call.
  void configure(const std::string& setting, const std::string& json_value,
                 const std::string& agent = "default");
  void add_english_agent();

  // One more server on the same database and sandbox, with a data folder of its own.
  struct Another {
    TemporaryFolder data;
    std::unique_ptr<Program> program;
    std::string url;
  };
  std::unique_ptr<Another> server_beside(Program::Environment environment);
  // Calls go there from now on, as to a load balancer before the servers.
  void call_through(const std::string& url) { called_ = url; }

  Program& server() { return *server_; }
  // A second server at the same database and providers, with what is different about it.
  std::unique_ptr<Program> another_server(Program::Environment environment) {
    return another_program({"serve"}, std::move(environment));
  }
  // Any sub-command in the server's environment.
  std::unique_ptr<Program> another_program(std::vector<std::string> arguments,
                                           Program::Environment environment);
  // Starts it anew, on the same database and with the same data folder, when it has ended.
  void restart_server();
  const std::string& data() const { return data_.path(); }
  const std::string& database() const { return database_; }
  const std::string& url() const { return url_; }
  std::string ws_url() const { return "ws" + url_.substr(4); }
  const std::string& sandbox_url() const { return sandbox_url_; }
  const IoContext& io() const { return io_; }

 private:
  void start_server();
  void look_away();  // a moment in which whatever is in this thread goes on
  HttpReply request(HttpRequest request);

  IoContext io_;
  TemporaryFolder data_;
  std::string database_, url_, called_, sandbox_url_;
  Program::Environment environment_;
  std::unique_ptr<Program> sandbox_, server_;
};

// RMS of samples in dBFS, from `from_ms` to `to_ms`.
double level_dbfs(const std::vector<std::int16_t>& samples, int rate_hz, double from_ms,
                  double to_ms);

// What was said, in order: "assistant: ...", "user: ...".
std::vector<std::string> lines_of(const json::Object& history);

// The events whose names begin so, in order: "transfer-failed: Nobody answers."
std::vector<std::string> events_of(const json::Object& history, const std::string& prefix);

}  // namespace centralita

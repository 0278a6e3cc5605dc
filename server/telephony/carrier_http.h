// Commands to a carrier's REST API: a deadline for each, repeated where that is safe, and failures
// as CarrierError. Main thread only; a command that is under way when this goes is abandoned.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/json.h"
#include "plugins/base/retry.h"
#include "server/telephony/carrier_error.h"

#include <functional>
#include <map>
#include <memory>

namespace centralita {

struct CarrierCommand {
  std::string name;     // "hang-up": in errors and the log
  std::string call_id;  // of the call that it is about, ours or the carrier's: its trace goes along
  HttpRequest request;
  // Repeating it has the same outcome as making it once: it is tried again whenever that may help.
  // Otherwise only when the carrier says that it was not executed, or never heard of it.
  bool repeatable = false;
  RetryPolicy retry = {.tries = 4,
                       .first_pause = std::chrono::milliseconds(250),
                       .longest_pause = std::chrono::milliseconds(4000)};
};

using CarrierAnswer = std::function<void(Result<json::Object, CarrierError>)>;

class CarrierHttp {
 public:
  using ReadError = CarrierError (*)(std::string command, int status, std::string_view body);

  CarrierHttp(IoContext io, std::string carrier, ReadError read_error);
  ~CarrierHttp();

  void send(CarrierCommand command, CarrierAnswer answer);
  const IoContext& io() const { return io_; }

 private:
  struct Pending {
    CarrierCommand command;
    CarrierAnswer answer;
    Retry retry;
    int status = 0;
    std::optional<std::chrono::milliseconds> retry_after;
    std::string body;
    Slot request, pause;
  };
  using Key = std::uint64_t;

  void attempt(Key key);
  void on_end(Key key);
  void failed(Key key, CarrierError error);
  void finish(Key key, Result<json::Object, CarrierError> result);

  const IoContext io_;
  const std::string carrier_;
  const ReadError read_error_;
  std::map<Key, std::unique_ptr<Pending>> pending_;
  Key next_ = 0;
};

}  // namespace centralita

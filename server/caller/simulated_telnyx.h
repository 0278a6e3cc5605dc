// Telnyx as a whole: Call Control v2, events signed with a key of its own, media streams.
#pragma once

#include "server/caller/simulated_carrier.h"
#include "server/caller/wire_telnyx.h"

#include <array>
#include <map>
#include <set>

namespace centralita::caller {

class SimulatedTelnyx final : public SimulatedCarrier {
 public:
  static constexpr char kApiKey[] = "KEY0000SIMULATED";
  static constexpr char kConnection[] = "1494404757140276705";

  // Its signing key follows from the API key: who knows that one can say the public one.
  explicit SimulatedTelnyx(IoContext io, std::string api_key = kApiKey, std::uint16_t port = 0);

  void call(std::shared_ptr<const CallPlan> plan, Done done) override;

  // Base64, as TELNYX_PUBLIC_KEY wants it.
  std::string public_key() const;
  static std::string public_key_of(const std::string& api_key);
  struct Signed {
    std::string timestamp, signature;
  };
  Signed sign(const std::string& body, std::int64_t now) const;

  // What the calls of these numbers are really carried in, whatever was asked for.
  std::map<std::string, TelnyxCodec> call_codecs;
  bool l16_big_endian = false;
  // How long a line stays open without a stream until the server is said to have forgotten it.
  double patience_seconds = 3;

 private:
  struct TelnyxCall : Live {
    std::string session_id, client_state, webhook_url;
    std::set<std::string> command_ids;
    bool answered = false, detect = false, detect_end = false;
    json::Object stream;  // as asked for
    std::string pending_end;
    bool recorded = false;
  };

  Reply answer(const Request& request) override;
  void leg_ended(Live& live, bool by_server) override;
  Reply dial(const json::Object& body);
  Reply act(TelnyxCall& call, const std::string& action, const json::Object& body);
  void ring(TelnyxCall& call);
  void consult(TelnyxCall& call, const json::Object& body);
  void picked_up(TelnyxCall& call);
  void open_stream(TelnyxCall& call);
  void hang_up(TelnyxCall& call, const char* cause, const char* source);
  void event(TelnyxCall& call, const std::string& type, json::Object more);
  TelnyxCall& add(const std::string& from, const std::string& to);
  TelnyxCall* find(const std::string& id);
  void need(TelnyxCall& call, bool right, const char* violation);

  const std::string api_key_;
  std::array<unsigned char, 32> public_{};
  std::array<unsigned char, 64> secret_{};
};

}  // namespace centralita::caller

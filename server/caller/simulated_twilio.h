// Twilio as a whole: the Calls resource, signed webhooks, TwiML as far as a voice agent uses it,
// media streams.
#pragma once

#include "server/caller/simulated_carrier.h"

#include <map>

namespace centralita::caller {

class SimulatedTwilio final : public SimulatedCarrier {
 public:
  static constexpr char kAccount[] = "AC5f0e1d2c3b4a59687786950a1b2c3d4e";

  SimulatedTwilio(IoContext io, std::string auth_token, std::string account = kAccount,
                  std::uint16_t port = 0);

  void call(std::shared_ptr<const CallPlan> plan, Done done) override;

 private:
  struct TwilioCall : Live {
    std::string status_url, amd_url, stream_status_url, detection;
    int sequence = 0;
    bool terminal = false;
    std::string room;  // the conference it is in
    std::string recording_sid, recording_url;
  };

  Reply answer(const Request& request) override;
  void leg_ended(Live& live, bool by_server) override;
  Reply create(const std::multimap<std::string, std::string>& form);
  Reply update(TwilioCall& call, const std::multimap<std::string, std::string>& form);
  std::string json_of(const TwilioCall& call) const;
  void ring(TwilioCall& call, const std::string& twiml);
  void ring_other(TwilioCall& call, const std::string& room);
  void leave_room(const std::string& room);
  void run(TwilioCall& call, const std::string& twiml);
  void end(TwilioCall& call, const std::string& status);
  void status(TwilioCall& call, const std::string& status);
  void send(TwilioCall& call, const std::string& name, const std::string& url, Parameters fields,
            std::function<void(int, const std::string&)> answered = nullptr);
  TwilioCall& add(const std::string& from, const std::string& to);
  TwilioCall* find(const std::string& id);

  const std::string token_, account_;
};

}  // namespace centralita::caller

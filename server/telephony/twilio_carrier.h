// Twilio's REST API, the part that a voice agent needs (twilio.com/docs/voice/api/call-resource).
#pragma once

#include "server/telephony/carrier.h"
#include "server/telephony/carrier_http.h"
#include "server/telephony/carrier_settings.h"

#include <utility>
#include <vector>

namespace centralita {

class TwilioCarrier final : public Carrier {
 public:
  TwilioCarrier(IoContext io, TwilioSettings settings);

  const char* name() const override { return "twilio"; }
  const std::string& default_from() const override { return settings_.from_number; }
  std::string cannot_dial() const override;
  void dial(const DialRequest& request, Dialled done) override;
  void hang_up(const std::string& call_id, Done done) override;
  void transfer(const std::string& call_id, const std::string& to, const std::string& from,
                Done done) override;
  void consult(const ConsultRequest& request, Dialled done) override;
  void join(const std::string& call_id, const std::string& tag, Done done) override;
  void record(const std::string& call_id, const std::string& base_url, Dialled done) override;
  // Twilio plays digits only from TwiML, which ends the stream: the document of the stream follows.
  void send_dtmf(const std::string& call_id, const std::string& digits, Done done) override;
  void is_alive(const std::string& call_id, Done done) override;

 private:
  using Form = std::vector<std::pair<std::string, std::string>>;
  // `call_id`: the call that it is about.
  void post(std::string name, const std::string& call_id, const std::string& path, const Form& form,
            bool repeatable, CarrierAnswer answer);
  void update(std::string name, const std::string& call_id, const Form& form, bool repeatable,
              Done done);
  std::string account_path() const;

  const TwilioSettings settings_;
  CarrierHttp http_;
};

}  // namespace centralita

// Telnyx' Call Control v2, the part that a voice agent needs (developers.telnyx.com, "Call
// commands"). Every command carries a command_id, so that repeating it is harmless.
#pragma once

#include "server/telephony/carrier.h"
#include "server/telephony/carrier_http.h"
#include "server/telephony/carrier_settings.h"

namespace centralita {

class TelnyxCarrier final : public Carrier {
 public:
  TelnyxCarrier(IoContext io, TelnyxSettings settings);

  const char* name() const override { return "telnyx"; }
  const std::string& default_from() const override { return settings_.from_number; }
  std::string cannot_dial() const override;
  void dial(const DialRequest& request, Dialled done) override;
  void hang_up(const std::string& call_id, Done done) override;
  void transfer(const std::string& call_id, const std::string& to, const std::string& from,
                Done done) override;
  void consult(const ConsultRequest& request, Dialled done) override;
  void join(const std::string& call_id, const std::string& tag, Done done) override;
  void record(const std::string& call_id, const std::string& base_url, Dialled done) override;
  void send_dtmf(const std::string& call_id, const std::string& digits, Done done) override;
  void is_alive(const std::string& call_id, Done done) override;

  // What is heard of the call from then on comes to `webhook_url`.
  void answer(const std::string& call_id, const std::string& webhook_url, Done done);
  // USER_BUSY, before the call is answered.
  void reject(const std::string& call_id, Done done);
  // By Telnyx' own voice; "call.speak.ended" says when it has been heard. `language`: BCP 47.
  void speak(const std::string& call_id, const std::string& text, const std::string& language,
             Done done);
  // Media to `stream_url` and back. The token comes in the upgrade's headers.
  void start_streaming(const std::string& call_id, const std::string& stream_url,
                       const std::string& token, Done done);
  // Of the caller's side. `engine`: as of TelnyxSettings::noise_suppression.
  void start_noise_suppression(const std::string& call_id, const std::string& engine, Done done);

 private:
  void act(std::string name, const std::string& call_id, const char* action, json::Object body,
           Done done);
  // `call_id`: the call that it is about.
  void send(std::string name, const std::string& call_id, std::string method,
            const std::string& path, const json::Object* body, CarrierAnswer answer);
  void set_stream(json::Object& body, const std::string& url, const std::string& token) const;

  const TelnyxSettings settings_;
  CarrierHttp http_;
};

}  // namespace centralita

#include "server/telephony/carrier.h"

namespace centralita {

Carrier::Done unless_over(Carrier::Done done) {
  return [done = std::move(done)](const Result<bool, CarrierError>& answer) {
    const bool over = !answer && answer.error().code == CarrierError::Code::kCallOver;
    done(over ? Result<bool, CarrierError>(true) : answer);
  };
}

bool are_digits(const std::string& digits) {
  return !digits.empty() && digits.size() <= 32 &&
         digits.find_first_not_of("0123456789*#ABCDabcdwW,") == std::string::npos;
}

}  // namespace centralita

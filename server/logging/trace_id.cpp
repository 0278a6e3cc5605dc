#include "server/logging/trace_id.h"

#include "server/secrets.h"

namespace centralita {

std::string trace_id_of(std::string_view session_id) {
  return token_hash("trace", session_id).substr(0, 32);
}

}  // namespace centralita

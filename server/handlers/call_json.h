// A call of the history and its turns, as the API shows them.
#pragma once

#include "plugins/base/json.h"
#include "server/store/history.h"

namespace centralita {

json::Object to_json(const store::CallRow& call);
json::Object to_json(const store::TurnRow& turn);
json::Array to_json(const std::vector<store::TurnRow>& turns);

}  // namespace centralita

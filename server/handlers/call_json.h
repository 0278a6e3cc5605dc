// A call of the history and its turns, as the API shows them.
#pragma once

#include "plugins/base/json.h"
#include "server/store/history.h"

namespace centralita {

json::Object to_json(const store::CallRow& call);

// For how many days calls and recordings are kept where no agent says otherwise; 0: for ever.
struct KeptFor {
  int call_days = 0, recording_days = 0;
};
// With the time at which each will be deleted, `kept_until`.
json::Object to_json(const store::CallRow& call, const KeptFor& kept);
json::Object to_json(const store::TurnRow& turn);
json::Array to_json(const std::vector<store::TurnRow>& turns);

}  // namespace centralita

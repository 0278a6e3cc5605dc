// The history in pages, counted, and what it can be filtered by. All block; they run on the store's
// own thread, by Store::read().
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"

#include <string>
#include <vector>

namespace centralita::store {

// kBadCursor for a cursor that is none, or of another filter's page.
Result<CallPage, StoreError> list_calls(Connection& connection, const CallQuery& query);

// The same page, each call with its turns.
struct DetailedPage {
  std::vector<CallDetail> calls;
  std::string next_cursor;
};
Result<DetailedPage, StoreError> list_detailed_calls(Connection& connection,
                                                     const CallQuery& query);

// How many there are, counted up to `most`; with `since` (CallPage::newest), those that began after
// it.
Result<std::int64_t, StoreError> count_calls(Connection& connection, const CallFilter& filter,
                                             const std::string& since, int most);

struct CallFacet {
  std::string name;  // a member of the filter: "agent", "intent"
  std::string value;
  std::int64_t calls = 0;
};
// Of the newest thousands of calls; the most frequent values of each first.
Result<std::vector<CallFacet>, StoreError> list_call_facets(Connection& connection);

// Calls that have not ended, whichever instance carries them; newest first.
Result<std::vector<CallRow>, StoreError> list_open_calls(Connection& connection);

// A call that ended with the server that had it, so that nobody has told its carrier.
struct CutOffCall {
  std::string carrier, provider_call_id;
};
// Of the last hours, newest first.
Result<std::vector<CutOffCall>, StoreError> list_cut_off_calls(Connection& connection);

}  // namespace centralita::store

// Rows of the history's statements as values.
#pragma once

#include "server/store/connection.h"
#include "server/store/history.h"

namespace centralita::store {

CallRow call_of(const Row& row);
TurnRow turn_of(const Row& row);

}  // namespace centralita::store

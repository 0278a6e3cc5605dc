// The history as a file: CSV for spreadsheets, JSON for programs. It is read in pages and sent as
// it is read, each page only when the one before is on its way, so that a history of any length
// costs the memory of a page. Main thread only.
#pragma once

#include "server/router.h"
#include "server/store/store.h"
#include "server/zone.h"

namespace centralita {

struct ExportOptions {
  enum class Format { kCsv, kJson };
  Format format = Format::kCsv;
  store::CallFilter filter;
  Zone zone;                     // of CSV's times
  bool byte_order_mark = false;  // Excel takes a CSV for UTF-8 by it
};

void export_calls(store::Store& store, const Exchange& exchange, ExportOptions options);

}  // namespace centralita

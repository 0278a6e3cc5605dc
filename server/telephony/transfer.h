// A warm transfer under way; TransferOrder says what one is.
#pragma once

#include "pipelines/telephone_line.h"
#include "plugins/base/slot.h"
#include "server/telephony/carrier.h"

#include <memory>
#include <string>

namespace centralita {

struct WarmTransfer {
  std::string tag;
  TransferOrder order;
  std::string target_id;  // of the other party's call, when it is known
  bool answered = false;
  // Seen by the answer to dialling too, which may be later than all else.
  std::shared_ptr<bool> connected = std::make_shared<bool>(false);
  Carrier::Done accepted;  // whoever ordered it; null once it has been told
  Slot timer;

  const std::string& shown_name() const { return order.name.empty() ? order.to : order.name; }
};

// "busy" -> "The line is busy."
std::string transfer_failure_text(const std::string& cause);

}  // namespace centralita

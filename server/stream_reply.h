// An answer whose body is made while it is sent: an export, a stream of events. HTTP/1.1 chunks.
//
//   auto reply = StreamReply::begin(*exchange, "text/csv; charset=utf-8");
//   reply->on_drained = [=] { reply->write(next()); ... reply->end(); };
//
// What is written and not on its way yet is kept in memory: whoever writes looks at pending().
// Lives until the answer has been sent, or the far end has gone. Main thread only.
#pragma once

#include "plugins/base/slot.h"
#include "server/http_exchange.h"

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace centralita {

class StreamReply : public std::enable_shared_from_this<StreamReply> {
 public:
  // Answers the exchange with 200. The headers are those set so far.
  static std::shared_ptr<StreamReply> begin(HttpExchange& exchange, const char* content_type);

  void write(std::string_view text);
  void end();
  // The far end shall know that it has not got all of it: the connection is cut.
  void cut();

  bool open() const { return message_.get() != nullptr && !ended_; }
  std::size_t pending() const { return pending_; }  // bytes

  std::function<void()> on_drained;  // all that was written is on its way
  std::function<void()> on_closed;   // once, last: sent to the end, or the far end has gone

 private:
  StreamReply() = default;
  void closed();

  Ref<SoupServerMessage> message_;
  std::vector<Slot> signals_;
  std::size_t pending_ = 0;
  bool ended_ = false;
  std::shared_ptr<StreamReply> self_;
};

}  // namespace centralita

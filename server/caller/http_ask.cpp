#include "server/caller/http_ask.h"

#include <utility>

namespace centralita::caller {

HttpReply ask(const IoContext& io, HttpRequest request) {
  HttpReply reply;
  bool done = false;
  const Slot pending = HttpStream::start(
      io, std::move(request),
      {.on_answer = [&](const HttpAnswer& answer) { reply.status = answer.status; },
       .on_bytes = [&](auto bytes) { reply.body.append(bytes.begin(), bytes.end()); },
       .on_end = [&] { done = true; },
       .on_failure =
           [&](const HttpFailure& failure) {
             reply.failure = failure.detail;
             done = true;
           }});
  while (!done) g_main_context_iteration(io.context(), TRUE);
  return reply;
}

}  // namespace centralita::caller

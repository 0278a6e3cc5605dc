// One HTTP request of a program at the command line, which has nothing else to do until the answer
// is there. Never in the server: it runs the context's main loop meanwhile.
#pragma once

#include "plugins/base/http_stream.h"
#include "plugins/base/io_context.h"

#include <string>

namespace centralita::caller {

struct HttpReply {
  int status = 0;  // 0: there was no answer
  std::string body;
  std::string failure;  // why there was none, or why it broke off; otherwise empty
};

// On the thread of `io`'s context. Ends at the latest with the request's deadlines.
HttpReply ask(const IoContext& io, HttpRequest request);

}  // namespace centralita::caller

// One HTTP request whose answer is handed over as it arrives, with a deadline for every wait.
//
//   Slot request = HttpStream::start(io, {.url = url, .headers = {...}, .body = body},
//       {.on_answer = [](const HttpAnswer& a) { ... },        // status and headers, once
//        .on_bytes = [](std::span<const uint8_t> b) { ... },  // as they arrive, any number of
//        times .on_end = [] { ... },                                // the body is whole
//        .on_failure = [](const HttpFailure& f) { ... }});    // instead of on_end, at any point
//
// Everything happens on `io`'s thread, start() included, and never inside start() itself. Dropping
// the Slot aborts the request (the connection is closed if the answer was not whole) and no
// function is called any more; the functions may drop it themselves.
//
// A request on a traced context (IoContext::traced) carries a `traceparent`.
//
// A POST is marked idempotent: without that, libsoup opens a new connection, and a TLS handshake,
// for every one. The price is that libsoup itself repeats a request whose kept-alive connection
// turns out to be closed, which is what is wanted here.
#pragma once

#include "plugins/base/io_context.h"
#include "plugins/base/provider_error.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace centralita {

struct HttpDeadlines {
  std::chrono::milliseconds connect{3000};      // until the request can be sent
  std::chrono::milliseconds first_byte{10000};  // from then to the first byte of the body
  std::chrono::milliseconds stall{5000};        // between two pieces of the body
};

struct HttpRequest {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type;
  std::string body;
  HttpDeadlines deadlines;
  // Made once and never again, whatever becomes of its connection, which is its own: for what has a
  // price each time.
  bool once = false;
};

struct HttpAnswer {
  int status = 0;
  std::optional<std::chrono::milliseconds> retry_after;
  std::string content_type;  // without parameters
};

struct HttpFailure {
  ProviderError::Code code;
  std::string detail;
};

struct HttpHandlers {
  std::function<void(const HttpAnswer&)> on_answer;
  std::function<void(std::span<const std::uint8_t>)> on_bytes;
  std::function<void()> on_end;
  std::function<void(const HttpFailure&)> on_failure;
};

class HttpStream {
 public:
  static Slot start(const IoContext& io, HttpRequest request, HttpHandlers handlers);

  // Opens a connection to the host of `url` ahead of its use, so that a first request finds it
  // warm.
  static void preconnect(const IoContext& io, const std::string& url);
};

// The sentence for people that belongs to a failure of the connection itself.
ProviderError to_provider_error(const HttpFailure& failure, std::string provider,
                                std::string operation, const std::string& url);

}  // namespace centralita

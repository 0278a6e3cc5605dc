// A provider that does as it is told: a real libsoup server on loopback, on a thread of its own,
// that records every request and answers from a script.
//
//   FakeHttp server;
//   server.answer({.content_type = "application/json", .chunks = {R"({"text":"hola"})"}});
//   ...                                         // the code under test POSTs to server.url()
//   const auto request = server.request(0);     // waits until the first one has come
//   EXPECT_EQ(request.header("authorization"), "Bearer k");
//
// The answer of a request can also be steered while it is open: script it with End::kHold, then
// send() more of the body, and complete() or cut() it. Every function may be called from any
// thread. request(), send(), complete(), cut() and closed() wait for the request, and give up after
// some seconds with an exception, which fails the test.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace centralita::test {

struct FakeRequest {
  std::string method;
  std::string path;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // requests with the same number came over the same connection

  std::string header(const std::string& name) const;  // the first one; empty when there is none
};

struct FakeAnswer {
  enum class End {
    kComplete,  // the body is whole after the last chunk
    kHold,      // nothing more comes: a stall, until somebody sends, completes or cuts it
    kCut,       // the connection is closed after the last chunk
    kSilent,    // not even a status: a service that does not answer
  };
  int status = 200;
  std::string content_type = "application/octet-stream";
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> chunks;  // each is one chunk on the wire; empty ones are left out
  End end = End::kComplete;
};

class FakeHttp {
 public:
  FakeHttp();
  ~FakeHttp();
  FakeHttp(const FakeHttp&) = delete;
  FakeHttp& operator=(const FakeHttp&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT"

  // Scripts the answer of the next request that has none; requests beyond the script get
  // `otherwise`'s (at first: 200 without a body).
  void answer(FakeAnswer answer);
  void otherwise(FakeAnswer answer);

  std::size_t requests() const;              // so far
  FakeRequest request(std::size_t n) const;  // the n-th, from 0; waits for it

  void send(std::size_t n, std::string chunk);
  void complete(std::size_t n);
  void cut(std::size_t n);
  bool closed(std::size_t n) const;  // whether the other side has closed that connection

  // Stops listening: a new connection is refused. Open ones stay.
  void stop_listening();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace centralita::test

// Accepts the connections of a SoupServer, in place of soup_server_listen(): libsoup 3.2 never lets
// go of the sockets that it accepts itself (a reference is lost: 352 bytes a connection, for as
// long as the process lives).
//
// A client that hangs up at the very moment in which its answer has been written makes libsoup 3.2
// forget the connection without closing it: what has been hung up on for some seconds is closed
// here, unless a request of it has been read and is being answered. Who has said all there is to
// say (shutdown(SHUT_WR)) may wait for the answer.
//
//   auto listener = SoupListener::listen(server, "127.0.0.1", 0);
//   listener->port();
//
// Accepts in the thread's default context, until it is closed or destroyed, and holds the server
// for as long. One thread.
#pragma once

#include "plugins/base/result.h"
#include "plugins/base/soup_ref.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace centralita {

class SoupListener {
 public:
  // `host` is an address (IPv4 or IPv6), no name; port 0 takes a free one. The error is a sentence.
  static Result<std::unique_ptr<SoupListener>> listen(SoupServer* server, const std::string& host,
                                                      std::uint16_t port,
                                                      std::chrono::milliseconds sweep = kSweep);
  static constexpr std::chrono::milliseconds kSweep{3000};  // twice that: hung up on for long
  ~SoupListener();
  SoupListener(const SoupListener&) = delete;
  SoupListener& operator=(const SoupListener&) = delete;

  std::uint16_t port() const { return port_; }
  // No connection is accepted any more; those that are open stay.
  void close();

 private:
  SoupListener(SoupServer* server, Ref<GSocket> socket);
  void keep_connections();
  void watch();
  void pause();
  void watch_requests();
  void sweep();
  bool accept();  // whether to go on
  static gboolean on_readable(GSocket*, GIOCondition, gpointer self) noexcept;
  static gboolean on_pause_over(gpointer self) noexcept;

  Ref<SoupServer> server_;
  Ref<GSocket> socket_;
  struct Accepted;
  std::list<std::unique_ptr<Accepted>> accepted_;
  std::size_t most_accepted_ = 64;  // then those that are gone are left out
  Ref<GSource> sweeper_;
  std::vector<gulong> signals_;  // of the server
  Ref<GSource> source_;          // waits for a connection, or for the end of a pause
  std::uint16_t port_ = 0;
};

// The connection is somebody else's from now on: a WebSocket's.
void leave_alone(GSocket* socket);

// The socket a message came by, which soup_server_message_get_socket() does not know here. Nullptr
// for a message that did not come by a SoupListener.
GSocket* socket_of(SoupServerMessage* message);

}  // namespace centralita

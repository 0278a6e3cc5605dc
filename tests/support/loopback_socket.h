// A listening TCP socket of 127.0.0.1, at a port of the kernel's choice.
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace centralita::test {

struct LoopbackSocket {
  LoopbackSocket() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    g_assert(bind(descriptor, name, size) == 0);
    g_assert(listen(descriptor, 4) == 0);
    g_assert(getsockname(descriptor, name, &size) == 0);
  }
  int port() const { return ntohs(address.sin_port); }

  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // the caller closes it
  sockaddr_in address{};
};

}  // namespace centralita::test

// Under which URL the far end reached us: what carriers sign, and where they are told to connect.
//
// PUBLIC_BASE_URL decides when it is set. Otherwise a proxy's X-Forwarded-Proto and -Host are
// believed when the connection comes from a trusted one, and else only what we listen on counts:
// a header that anybody can send must not choose what a signature is computed over.
#pragma once

#include "server/http_exchange.h"

#include <functional>
#include <string>
#include <vector>

namespace centralita {

template <>
struct RefTraits<GInetAddressMask> : GObjectTraits {};
template <>
struct RefTraits<GInetAddress> : GObjectTraits {};

// "10.0.0.1", "10.0.0.0/8", "::1".
bool is_network(const std::string& text);

class PublicAddress {
 public:
  // `listening`: http://host:port of this server; asked at each request, as the port is known late.
  PublicAddress(std::string configured, const std::vector<std::string>& trusted_proxies,
                std::function<std::string()> listening, std::string instance = "");

  // Without a slash at its end.
  std::string base_url(const HttpExchange& exchange) const;
  std::string base_url(const std::string& peer, const std::string& forwarded_proto,
                       const std::string& forwarded_host) const;
  std::string base_url() const;  // where there is no request to go by

  // What the addresses given to a carrier for one call begin with: base_url(), and of a server that
  // has a name among others "/i/NAME", by which a load balancer brings what belongs to the call
  // back to the server that has it (docs/haproxy.cfg). The router passes over it.
  std::string call_url(const HttpExchange& exchange) const;

  // Of the client: the nearest address of X-Forwarded-For that is no trusted proxy's, when the
  // connection comes from one; else the connection's.
  std::string client_address(const HttpExchange& exchange) const;
  std::string client_address(const std::string& peer, const std::string& forwarded_for) const;

 private:
  bool is_trusted(const std::string& peer) const;

  const std::string configured_;
  std::vector<Ref<GInetAddressMask>> trusted_;
  const std::function<std::string()> listening_;
  const std::string instance_;
};

// https -> wss, http -> ws.
std::string websocket_url(const std::string& base_url);

}  // namespace centralita

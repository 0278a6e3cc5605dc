#include "server/telephony/public_address.h"

#include <cstring>

namespace centralita {
namespace {

Ref<GInetAddressMask> network(const std::string& text) {
  return Ref<GInetAddressMask>::adopt(g_inet_address_mask_new_from_string(text.c_str(), nullptr));
}

// Of "a, b" the one nearest to us: what the trusted proxy itself added.
std::string last_of_list(const std::string& header) {
  auto begin = header.rfind(',');
  begin = header.find_first_not_of(" \t", begin == header.npos ? 0 : begin + 1);
  if (begin == header.npos)
    return "";
  const auto end = header.find_last_not_of(" \t");
  return header.substr(begin, end - begin + 1);
}

// host, host:port or [v6]:port, and nothing that could change the rest of a URL.
bool is_authority(const std::string& text) {
  return !text.empty() && text.size() < 256 &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == text.npos;
}

}  // namespace

bool is_network(const std::string& text) { return bool(network(text)); }

PublicAddress::PublicAddress(std::string configured,
                             const std::vector<std::string>& trusted_proxies,
                             std::function<std::string()> listening, std::string instance)
    : configured_(std::move(configured)),
      listening_(std::move(listening)),
      instance_(std::move(instance)) {
  for (const auto& text : trusted_proxies)
    if (auto mask = network(text))
      trusted_.push_back(std::move(mask));
}

std::string PublicAddress::call_url(const HttpExchange& exchange) const {
  return base_url(exchange) + (instance_.empty() ? "" : "/i/" + instance_);
}

bool PublicAddress::is_trusted(const std::string& peer) const {
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(peer.c_str()));
  if (!address)
    return false;
  for (const auto& mask : trusted_)
    if (g_inet_address_mask_matches(mask.get(), address.get()))
      return true;
  return false;
}

std::string PublicAddress::base_url(const std::string& peer, const std::string& forwarded_proto,
                                    const std::string& forwarded_host) const {
  if (!configured_.empty())
    return configured_;
  if (is_trusted(peer)) {
    const auto proto = last_of_list(forwarded_proto);
    const auto host = last_of_list(forwarded_host);
    if ((proto == "https" || proto == "http") && is_authority(host))
      return proto + "://" + host;
  }
  return listening_();
}

std::string PublicAddress::base_url(const HttpExchange& exchange) const {
  return base_url(exchange.peer_address(), exchange.header("X-Forwarded-Proto"),
                  exchange.header("X-Forwarded-Host"));
}

std::string PublicAddress::base_url() const {
  return configured_.empty() ? listening_() : configured_;
}

std::string PublicAddress::client_address(const std::string& peer,
                                          const std::string& forwarded_for) const {
  std::string nearest = peer, rest = forwarded_for;
  while (is_trusted(nearest)) {
    const auto named = last_of_list(rest);
    const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(named.c_str()));
    if (!address)  // nothing more is said, or nothing that can be believed
      break;
    nearest = OwnedString(g_inet_address_to_string(address.get())).get();
    const auto comma = rest.rfind(',');
    rest.erase(comma == rest.npos ? 0 : comma);
  }
  return nearest;
}

std::string PublicAddress::client_address(const HttpExchange& exchange) const {
  // Several headers of that name are one list.
  const char* list = soup_message_headers_get_list(
      soup_server_message_get_request_headers(exchange.message()), "X-Forwarded-For");
  return client_address(exchange.peer_address(), list ? list : "");
}

std::string websocket_url(const std::string& base_url) {
  return "ws" + base_url.substr(std::strlen("http"));
}

}  // namespace centralita

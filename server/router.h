// Which handler answers which request, and who may ask. Main thread only.
//
// Before a handler runs: the client's address is found behind trusted proxies, an address that asks
// too often is told to wait (429), the client is identified, its role compared with the route's,
// and a session's request that changes something must bring the session's CSRF token.
#pragma once

#include "server/http_exchange.h"
#include "server/security/authenticator.h"
#include "server/security/limits.h"
#include "server/telephony/public_address.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

enum class Access {
  kOpen,    // anybody; the handler itself may check a signature
  kPage,    // a page, for any role: 303 to the login
  kViewer,  // the API: 401 or 403 as JSON
  kEditor,
  kAdmin,
};

// As for most of what can be read by anybody here and changed by editors.
inline Access access_of(std::string_view method) {
  return method == "GET" ? Access::kViewer : Access::kEditor;
}

using Exchange = std::shared_ptr<HttpExchange>;
using Handler = std::function<void(const Exchange&)>;

class Router {
 public:
  // `requests_per_minute` of one address; 0: without limit. See cost_of() in router.cpp.
  Router(Authenticator& authenticator, const PublicAddress& address, int requests_per_minute)
      : authenticator_(authenticator), address_(address), buckets_(requests_per_minute) {}

  // `pattern`: a path whose segments may be "{name}", which stands for any one segment:
  // "/api/v1/agents/{id}/versions/{version}". See HttpExchange::parameter().
  // `methods`: "GET" or "GET|POST"; HEAD is allowed where GET is.
  void add(std::string methods, std::string pattern, Access access, Handler handler);

  struct Listed {
    std::string method, pattern;
    Access access;
  };
  std::vector<Listed> listed() const;
  // "GET /api/v1/agents/{id}", of every route, a line a method.
  std::vector<std::string> routes() const;

  // Answers every request of the server.
  void attach(SoupServer* server);

 private:
  struct Route {
    std::string methods, pattern;
    Access access;
    Handler handler;
  };
  static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                         GHashTable* query, gpointer self) noexcept;
  static void on_headers(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                         gpointer) noexcept;
  void route(const Exchange& exchange);
  bool admit(const Exchange& exchange);
  void authorise(const Exchange& exchange, const Route& route, const Authenticator::Found& found);
  bool is_of_our_pages(const HttpExchange& exchange) const;

  Authenticator& authenticator_;
  const PublicAddress& address_;
  TokenBuckets buckets_;
  std::vector<Route> routes_;
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace centralita

// Which handler answers which request, and who may ask. Main thread only.
#pragma once

#include "server/admin_auth.h"
#include "server/http_exchange.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace centralita {

enum class Access {
  kOpen,   // anybody; the handler itself may check a signature
  kAdmin,  // the API: 401 as JSON
  kPage,   // a page: 303 to the login
};

using Exchange = std::shared_ptr<HttpExchange>;
using Handler = std::function<void(const Exchange&)>;

class Router {
 public:
  explicit Router(AdminAuth& auth) : auth_(auth) {}

  // `pattern`: a path whose segments may be "{name}", which stands for any one segment:
  // "/api/v1/agents/{id}/versions/{version}". See HttpExchange::parameter().
  // `methods`: "GET" or "GET|POST"; HEAD is allowed where GET is.
  void add(std::string methods, std::string pattern, Access access, Handler handler);

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

  AdminAuth& auth_;
  std::vector<Route> routes_;
};

}  // namespace centralita

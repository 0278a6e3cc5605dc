#include "server/router.h"

#include "plugins/base/soup_listener.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace centralita {
namespace {

// The largest body that any handler here has use for is a form of a carrier's webhook.
constexpr goffset kLargestBody = 1024 * 1024;

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// What the pattern's "{name}"s stand for; empty: the path is another one.
std::optional<HttpExchange::Fields> match(const std::string& pattern, const std::string& path) {
  const auto wanted = segments(pattern), given = segments(path);
  if (wanted.size() != given.size())
    return std::nullopt;
  HttpExchange::Fields parameters;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!wanted[i].starts_with('{')) {
      if (wanted[i] != given[i])
        return std::nullopt;
      continue;
    }
    const OwnedString value(
        g_uri_unescape_segment(given[i].data(), given[i].data() + given[i].size(), nullptr));
    if (given[i].empty() || !value)
      return std::nullopt;
    parameters.emplace(wanted[i].substr(1, wanted[i].size() - 2), value.get());
  }
  return parameters;
}

bool allows(const std::string& methods, const std::string& method) {
  const auto wanted = method == "HEAD" ? "GET" : method;
  return ("|" + methods + "|").find("|" + wanted + "|") != std::string::npos;
}

void set_security_headers(HttpExchange& exchange) {
  exchange.set_header("Content-Security-Policy",
                      "default-src 'self'; object-src 'none'; base-uri 'none'; "
                      "frame-ancestors 'none'; form-action 'self'");
  exchange.set_header("X-Content-Type-Options", "nosniff");
  exchange.set_header("X-Frame-Options", "DENY");
  exchange.set_header("Referrer-Policy", "no-referrer");
  exchange.set_header("Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
  exchange.set_header("Cache-Control", "no-store");
}

void refuse_body(SoupServerMessage* message) {
  constexpr char kAnswer[] =
      R"({"error":{"code":"too-large","message":"The request's body is larger than 1 MB."}})";
  soup_server_message_set_status(message, 413, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_STATIC, kAnswer,
                                   sizeof kAnswer - 1);
}

}  // namespace

void Router::add(std::string methods, std::string pattern, Access access, Handler handler) {
  routes_.push_back({std::move(methods), std::move(pattern), access, std::move(handler)});
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> lines;
  for (const auto& route : routes_)
    for (std::size_t at = 0; at <= route.methods.size();) {
      const auto end = std::min(route.methods.find('|', at), route.methods.size());
      lines.push_back(route.methods.substr(at, end - at) + " " + route.pattern);
      at = end + 1;
    }
  return lines;
}

void Router::attach(SoupServer* server) {
  soup_server_add_early_handler(server, nullptr, on_headers, nullptr, nullptr);
  soup_server_add_handler(server, nullptr, on_request, this, nullptr);
}

void Router::on_headers(SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
                        gpointer) noexcept {
  auto* headers = soup_server_message_get_request_headers(message);
  if (soup_message_headers_get_content_length(headers) > kLargestBody)
    return refuse_body(message);
  // A chunked body does not say how large it will be.
  g_signal_connect(
      message, "got-chunk", G_CALLBACK(+[](SoupServerMessage* self, GBytes*, gpointer) noexcept {
        auto* socket = socket_of(self);
        if (socket && soup_server_message_get_request_body(self)->length > kLargestBody)
          g_socket_shutdown(socket, TRUE, TRUE, nullptr);
      }),
      nullptr);
}

void Router::on_request(SoupServer*, SoupServerMessage* message, const char* path,
                        GHashTable* query, gpointer self) noexcept {
  if (soup_server_message_get_status(message) != 0)
    return;  // refused by its headers already
  const auto exchange = std::make_shared<HttpExchange>(message, path, query);
  static_cast<Router*>(self)->route(exchange);
  // Held by nobody else: the destructor answers now. Held: the answer comes later.
  if (exchange.use_count() > 1)
    exchange->hold();
}

void Router::route(const Exchange& exchange) {
  set_security_headers(*exchange);
  bool known = false;
  for (const auto& route : routes_) {
    auto parameters = match(route.pattern, exchange->path());
    if (!parameters)
      continue;
    known = true;
    if (!allows(route.methods, exchange->method()))
      continue;
    if (route.access != Access::kOpen && !auth_.is_admin(*exchange)) {
      if (route.access == Access::kPage)
        return exchange->redirect("/login");
      spdlog::warn("{} {} from {} without a valid key", exchange->method(), exchange->path(),
                   exchange->client_address());
      exchange->set_header("WWW-Authenticate", "Bearer");
      return exchange->reply_error(
          401, "not-authorised",
          "Send the admin key as \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\", or log in.");
    }
    exchange->set_parameters(std::move(*parameters));
    return route.handler(exchange);
  }
  if (known)
    return exchange->reply_error(405, "method-not-allowed",
                                 std::string(exchange->method()) + " is not possible here.");
  exchange->reply_error(404, "not-found", "There is nothing at this address.");
}

}  // namespace centralita

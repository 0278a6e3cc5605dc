#include "server/router.h"

#include "plugins/base/soup_listener.h"
#include "server/secrets.h"

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
  // Scripts and styles are files of ours; nothing inline, nothing evaluated, nothing of others.
  exchange.set_header(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: "
      "blob:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; "
      "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; "
      "base-uri 'none'; frame-ancestors 'none'; form-action 'self'");
  exchange.set_header("X-Content-Type-Options", "nosniff");
  exchange.set_header("X-Frame-Options", "DENY");
  // With no-referrer a browser would send "Origin: null" with the login's form (Fetch, 3.1).
  exchange.set_header("Referrer-Policy", "same-origin");
  exchange.set_header("Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
  exchange.set_header("Cross-Origin-Opener-Policy", "same-origin");
  exchange.set_header("Cross-Origin-Resource-Policy", "same-origin");
  exchange.set_header("Cache-Control", "no-store");
  if (exchange.is_secure())
    exchange.set_header("Strict-Transport-Security", "max-age=31536000");
}

// In tokens of the client's bucket. What is refused costs ten times, so that guessing is slow where
// working is not; what a carrier signed costs nothing, for a busy line has one address.
double cost_of(Access access, int status) {
  if (status == 401 || status == 403 || status == 404 || status == 413)
    return 10;
  return access == Access::kOpen && status < 400 ? 0 : 1;
}

UserRole role_for(Access access) {
  return access == Access::kAdmin    ? UserRole::kAdmin
         : access == Access::kEditor ? UserRole::kEditor
                                     : UserRole::kViewer;
}

void refuse_origin(HttpExchange& exchange) {
  exchange.reply_error(403, "foreign-origin", "The request comes from a page of another site.");
}

// "/i/NAME/api/..." is "/api/...": the name is for load balancers (PublicAddress::call_url()).
std::string without_instance(const std::string& path) {
  if (!path.starts_with("/i/"))
    return path;
  const auto end = path.find('/', 3);
  return end == std::string::npos ? path : path.substr(end);
}

bool is_safe(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
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

std::vector<Router::Listed> Router::listed() const {
  std::vector<Listed> all;
  for (const auto& route : routes_)
    for (std::size_t at = 0; at <= route.methods.size();) {
      const auto end = std::min(route.methods.find('|', at), route.methods.size());
      all.push_back({route.methods.substr(at, end - at), route.pattern, route.access});
      at = end + 1;
    }
  return all;
}

std::vector<std::string> Router::routes() const {
  std::vector<std::string> lines;
  for (const auto& route : listed()) lines.push_back(route.method + " " + route.pattern);
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

bool Router::admit(const Exchange& exchange) {
  const auto client = client_of_address(exchange->client_address());
  const auto wait = buckets_.wait(client, std::chrono::steady_clock::now());
  if (wait.count() == 0)
    return true;
  exchange->set_header("Retry-After", std::to_string(wait.count()));
  exchange->reply_error(
      429, "too-many-requests",
      "Too many requests from this address. Try again in " + std::to_string(wait.count()) + " s.");
  return false;
}

void Router::route(const Exchange& exchange) {
  exchange->set_client(address_.client_address(*exchange),
                       address_.base_url(*exchange).starts_with("https://"));
  set_security_headers(*exchange);
  if (!admit(exchange))
    return;
  auto access = Access::kOpen;
  const Route* chosen = nullptr;
  bool known = false;
  for (const auto& route : routes_) {
    auto parameters = match(route.pattern, without_instance(exchange->path()));
    if (!parameters)
      continue;
    known = true;
    if (!allows(route.methods, exchange->method()))
      continue;
    exchange->set_parameters(std::move(*parameters));
    chosen = &route;
    access = route.access;
    break;
  }
  exchange->on_answer([this, alive = std::weak_ptr<bool>(alive_), access,
                       client = client_of_address(exchange->client_address())](int status) {
    if (!alive.expired())
      buckets_.take(client, cost_of(access, status), std::chrono::steady_clock::now());
  });
  if (!chosen && known)
    return exchange->reply_error(405, "method-not-allowed",
                                 std::string(exchange->method()) + " is not possible here.");
  if (!chosen)
    return exchange->reply_error(404, "not-found", "There is nothing at this address.");
  if (access == Access::kOpen) {
    // The login's form too is only ours; whoever is no browser says no origin.
    if (!is_safe(exchange->method()) && !is_of_our_pages(*exchange))
      return refuse_origin(*exchange);
    return chosen->handler(exchange);
  }
  authenticator_.identify(exchange, [this, exchange, chosen, alive = std::weak_ptr<bool>(alive_)](
                                        Authenticator::Found found) {
    if (!alive.expired())
      authorise(exchange, *chosen, found);
  });
}

void Router::authorise(const Exchange& exchange, const Route& route,
                       const Authenticator::Found& found) {
  if (!found)
    return exchange->reply_error(
        503, found.error().code.c_str(),
        "Nobody can be identified while the database is away: " + found.error().message);
  if (!*found) {
    if (route.access == Access::kPage)
      return exchange->redirect("/login");
    spdlog::warn("{} {} from {} without a valid key", exchange->method(), exchange->path(),
                 exchange->client_address());
    exchange->set_header("WWW-Authenticate", "Bearer");
    return exchange->reply_error(
        401, "not-authorised",
        "Send a key as \"Authorization: Bearer KEY\" or \"X-API-Key: KEY\", or log in.");
  }
  const Identity& identity = **found;
  if (!identity.may(role_for(route.access))) {
    spdlog::warn("{} {} from {} is not for {}, who is {}", exchange->method(), exchange->path(),
                 exchange->client_address(), identity.name, name_of(identity.role));
    return exchange->reply_error(403, "forbidden",
                                 std::string("This needs the role ") +
                                     name_of(role_for(route.access)) + "; yours is " +
                                     name_of(identity.role) + ".");
  }
  if (identity.way == Identity::Way::kSession) {
    const bool upgrade = !exchange->header("Upgrade").empty();
    if ((upgrade || !is_safe(exchange->method())) && !is_of_our_pages(*exchange))
      return refuse_origin(*exchange);
    if (!is_safe(exchange->method()) &&
        !same_secret(exchange->header("X-CSRF-Token"), identity.csrf_token))
      return exchange->reply_error(403, "bad-csrf-token",
                                   "Send the csrf_token of GET /api/v1/session as X-CSRF-Token.");
  }
  exchange->set_identity(identity);
  route.handler(exchange);
}

// A browser says with every request that could do harm which page it comes from.
bool Router::is_of_our_pages(const HttpExchange& exchange) const {
  const auto origin = exchange.header("Origin");
  if (origin.empty() || origin == address_.base_url(exchange))
    return true;
  const auto host = exchange.header("Host");
  return origin == "https://" + host || (!exchange.is_secure() && origin == "http://" + host);
}

}  // namespace centralita

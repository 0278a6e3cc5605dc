#include "server/http_exchange.h"

#include "server/logging/trace_id.h"

#include <algorithm>

namespace centralita {
namespace {

HttpExchange::Fields fields_of(GHashTable* table) {
  HttpExchange::Fields fields;
  if (!table)
    return fields;
  GHashTableIter iter;
  gpointer name = nullptr, value = nullptr;
  for (g_hash_table_iter_init(&iter, table); g_hash_table_iter_next(&iter, &name, &value);)
    fields.emplace(static_cast<const char*>(name), static_cast<const char*>(value));
  return fields;
}

struct HashTableUnref {
  void operator()(GHashTable* table) const { g_hash_table_unref(table); }
};

}  // namespace

HttpExchange::HttpExchange(SoupServerMessage* message, std::string path, GHashTable* query)
    : message_(Ref<SoupServerMessage>::share(message)),
      path_(std::move(path)),
      query_(fields_of(query)) {
  const auto went = +[](SoupServerMessage*, gpointer self) noexcept {
    static_cast<HttpExchange*>(self)->gone_ = true;
  };
  for (const char* signal : {"finished", "disconnected"}) {
    const auto id = g_signal_connect(message, signal, G_CALLBACK(went), this);
    signals_.push_back(Slot([message, id] { g_signal_handler_disconnect(message, id); }));
  }
}

HttpExchange::~HttpExchange() {
  if (!answered_)
    reply_error(500, "no-answer", "The server gave no answer. Its log says why.");
  signals_.clear();
}

void HttpExchange::wake() {
  // Whoever has hung up meanwhile is told nothing.
  if (held_ && !gone_)
    soup_server_message_unpause(message_.get());
}

std::string HttpExchange::query(const std::string& name) const {
  const auto found = query_.find(name);
  return found == query_.end() ? "" : found->second;
}

std::string HttpExchange::parameter(const std::string& name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? "" : found->second;
}

void HttpExchange::set_parameters(Fields parameters) {
  parameters_ = std::move(parameters);
  id = parameter("id");
}

std::string HttpExchange::query_string() const {
  const char* query = g_uri_get_query(soup_server_message_get_uri(message_.get()));
  return query ? query : "";
}

std::string HttpExchange::header(const char* name) const {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message_.get()), name);
  return value ? value : "";
}

std::string HttpExchange::headers(const char* name) const {
  const char* values =
      soup_message_headers_get_list(soup_server_message_get_request_headers(message_.get()), name);
  return values ? values : "";
}

std::string HttpExchange::trace_id() const {
  return announced_trace(headers("traceparent"), headers("tracestate"));
}

std::string HttpExchange::cookie(const std::string& name) const {
  const char* header = soup_message_headers_get_list(
      soup_server_message_get_request_headers(message_.get()), "Cookie");
  std::string_view rest = header ? header : "";
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=')
      return std::string(part.substr(name.size() + 1));
  }
  return "";
}

std::string HttpExchange::body() const {
  auto* body = soup_server_message_get_request_body(message_.get());
  const auto bytes = Ref<GBytes>::adopt(soup_message_body_flatten(body));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  return data ? std::string(data, size) : std::string();
}

HttpExchange::Fields HttpExchange::form() const {
  const std::unique_ptr<GHashTable, HashTableUnref> table(soup_form_decode(body().c_str()));
  return fields_of(table.get());
}

void HttpExchange::set_client(std::string address, bool secure) {
  client_ = std::move(address);
  secure_ = secure;
}

void HttpExchange::release() {
  if (answered_)
    return;
  answered_ = true;
  if (on_answer_)
    on_answer_(SOUP_STATUS_SWITCHING_PROTOCOLS);
  wake();
}

std::string HttpExchange::peer_address() const {
  const char* host = soup_server_message_get_remote_host(message_.get());
  return host ? host : "";
}

void HttpExchange::set_header(const char* name, const std::string& value) {
  // A line break would begin a header of somebody else's choosing.
  std::string clean = value;
  std::replace_if(
      clean.begin(), clean.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  soup_message_headers_replace(soup_server_message_get_response_headers(message_.get()), name,
                               clean.c_str());
}

void HttpExchange::reply(int status, const char* content_type, const std::string& body) {
  if (answered_)
    return;
  answered_ = true;
  if (on_answer_)
    on_answer_(status);
  soup_server_message_set_status(message_.get(), static_cast<guint>(status), nullptr);
  soup_server_message_set_response(message_.get(), content_type, SOUP_MEMORY_COPY, body.data(),
                                   body.size());
  wake();
}

void HttpExchange::begin_body(int status, const char* content_type, std::int64_t size) {
  answered_ = true;
  soup_server_message_set_status(message_.get(), static_cast<guint>(status), nullptr);
  auto* headers = soup_server_message_get_response_headers(message_.get());
  soup_message_headers_set_content_type(headers, content_type, nullptr);
  soup_message_headers_set_content_length(headers, size);
}

void HttpExchange::resume() { wake(); }

void HttpExchange::reply_streamed() {
  answered_ = true;
  soup_server_message_set_status(message_.get(), 200, nullptr);
  wake();
}

void HttpExchange::reply_error(int status, const char* code, const std::string& message) {
  reply_json(status,
             json::Object().set("error", json::Object().set("code", code).set("message", message)));
}

void HttpExchange::redirect(const std::string& location) {
  set_header("Location", location);
  reply(303, "text/plain; charset=utf-8", "");
}

void HttpExchange::hold() {
  if (answered_)
    return;
  held_ = true;
  soup_server_message_pause(message_.get());
}

}  // namespace centralita

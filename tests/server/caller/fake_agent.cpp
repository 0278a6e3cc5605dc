#include "tests/server/caller/fake_agent.h"

#include "plugins/base/base64.h"
#include "server/caller/voicing.h"
#include "tests/server/caller/mulaw.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace centralita::caller {
namespace {

std::string header(SoupServerMessage* message, const char* name) {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
  return value ? value : "";
}

}  // namespace

std::vector<std::int16_t> tone(double seconds, int rate_hz, double hz, int amplitude) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(seconds * rate_hz));
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<std::int16_t>(
        amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate_hz));
  return samples;
}

FakeAgent::FakeAgent()
    : server_(Ref<SoupServer>::adopt(soup_server_new("server-header", "agent", nullptr))) {
  soup_server_add_handler(server_.get(), nullptr, on_http, this, nullptr);
  for (const char* path : {"/stream", "/ws/simulator/v2/stream"})
    soup_server_add_websocket_handler(server_.get(), path, nullptr, nullptr, on_websocket, this,
                                      nullptr);
  listener_ = std::move(*SoupListener::listen(server_.get(), "127.0.0.1", 0));
  port_ = listener_->port();
}

FakeAgent::~FakeAgent() {
  for (const auto& connection : connections_)
    g_signal_handlers_disconnect_by_data(connection.get(), this);
  soup_server_disconnect(server_.get());
}

std::string FakeAgent::http_url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}
std::string FakeAgent::ws_url(const std::string& path) const {
  return "ws://127.0.0.1:" + std::to_string(port_) + path;
}

void FakeAgent::on_http(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                        gpointer self) noexcept {
  auto& agent = *static_cast<FakeAgent*>(self);
  const std::string where = path;
  auto* body = soup_server_message_get_request_body(message);
  const std::string text(body->data, static_cast<std::size_t>(body->length));
  std::string answer, type = "text/xml";
  if (where == "/incoming") {
    agent.webhook_signature = header(message, "X-Twilio-Signature");
    GHashTable* fields = soup_form_decode(text.c_str());
    GHashTableIter iter;
    gpointer name, value;
    for (g_hash_table_iter_init(&iter, fields); g_hash_table_iter_next(&iter, &name, &value);)
      agent.form[static_cast<char*>(name)] = static_cast<char*>(value);
    g_hash_table_destroy(fields);
    answer = agent.twiml;
  } else if (where == "/ws/simulator/v2/start") {
    agent.api_key = header(message, "X-API-Key");
    agent.start_body = text;
    answer = R"({"status":"ready","version":"v2","client_id":"id 1","phrases":[]})";
    type = "application/json";
  } else {
    soup_server_message_set_status(message, 404, nullptr);
    return;
  }
  soup_server_message_set_status(message, static_cast<guint>(agent.webhook_status), nullptr);
  soup_server_message_set_response(message, type.c_str(), SOUP_MEMORY_COPY, answer.data(),
                                   answer.size());
}

void FakeAgent::on_websocket(SoupServer*, SoupServerMessage* message, const char* path,
                             SoupWebsocketConnection* connection, gpointer self) noexcept {
  auto& agent = *static_cast<FakeAgent*>(self);
  agent.simulator_ = std::string(path) != "/stream";
  agent.stream_signature = header(message, "X-Twilio-Signature");
  agent.stream_api_key = header(message, "X-API-Key");
  ++agent.streams;
  ++agent.open_streams;
  agent.connections_.push_back(Ref<SoupWebsocketConnection>::share(connection));
  g_signal_connect(
      connection, "message",
      G_CALLBACK(+[](SoupWebsocketConnection* from, gint, GBytes* bytes, gpointer data) noexcept {
        gsize size = 0;
        const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
        auto* agent = static_cast<FakeAgent*>(data);
        agent->current_ = from;
        agent->receive({text, size});
      }),
      self);
  g_signal_connect(connection, "closed",
                   G_CALLBACK(+[](SoupWebsocketConnection* closed, gpointer data) noexcept {
                     auto* agent = static_cast<FakeAgent*>(data);
                     agent->close_code = soup_websocket_connection_get_close_code(closed);
                     --agent->open_streams;
                   }),
                   self);
}

void FakeAgent::receive(const std::string& text) {
  messages.push_back(text);
  const auto document = json::parse(text);
  const auto object = document->object();
  const auto event = object.string("event").value_or("");
  if (event == "start") {
    stream_sid_ = object.object("start")->string("streamSid").value_or("");
    if (on_start)
      return on_start(*this);
    if (greeting_seconds > 0) {
      send_audio(tone(greeting_seconds, simulator_ ? 16000 : 8000));
      send_mark("greeting");
    }
  } else if (event == "media") {
    receive_frame(*object.object("media")->string("payload"));
  } else if (event == "mark") {
    speaking_ = false;
    if (object.object("mark")->string("name")->starts_with("reply"))
      ++replies_played_;
    if (hang_up_after_replies > 0 && replies_played_ == hang_up_after_replies)
      hang_up(hang_up_code);
  } else if (event == "stop" && simulator_) {
    send_text(R"({"type":"end","cause":"caller-hung-up"})");
    hang_up(SOUP_WEBSOCKET_CLOSE_NORMAL);
  }
}

void FakeAgent::receive_frame(const std::string& payload) {
  std::vector<std::uint8_t> bytes;
  base64_decode(payload, bytes);
  std::vector<std::int16_t> frame;
  if (simulator_)
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
      frame.push_back(static_cast<std::int16_t>(bytes[i] | bytes[i + 1] << 8));
  else
    std::transform(bytes.begin(), bytes.end(), std::back_inserter(frame), mulaw_decode);
  if (is_voiced(frame)) {
    if (speaking_ && clear_on_speech) {
      send_clear();
      speaking_ = false;
    }
    quiet_frames_ = 0;
    utterance_.insert(utterance_.end(), frame.begin(), frame.end());
  } else if (!utterance_.empty() && ++quiet_frames_ == silence_frames) {
    reply();
    utterance_.clear();
  }
}

void FakeAgent::reply() {
  ++replies_;
  if (simulator_)
    send_text(R"({"type":"transcript","role":"user","text":"words","turn":)" +
              std::to_string(replies_) + "}");
  send_audio(reply_seconds > 0 ? tone(reply_seconds, simulator_ ? 16000 : 8000) : utterance_);
  send_mark("reply-" + std::to_string(replies_));
}

void FakeAgent::send_text(const std::string& text) {
  if (soup_websocket_connection_get_state(current_) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text(current_, text.c_str());
}

void FakeAgent::send_binary(const std::string& bytes) {
  soup_websocket_connection_send_binary(current_, bytes.data(), bytes.size());
}

void FakeAgent::send_audio(std::span<const std::int16_t> samples) {
  std::vector<std::uint8_t> bytes;
  for (const auto sample : samples) {
    if (simulator_) {
      bytes.push_back(static_cast<std::uint8_t>(sample));
      bytes.push_back(static_cast<std::uint8_t>(sample >> 8));
    } else {
      bytes.push_back(mulaw_encode(sample));
    }
  }
  std::string payload;
  base64_encode(bytes, payload);
  speaking_ = true;
  send_text(simulator_ ? R"({"type":"audio","data":")" + payload + "\"}"
                       : R"({"event":"media","streamSid":")" + stream_sid_ +
                             R"(","media":{"payload":")" + payload + "\"}}");
}

void FakeAgent::send_mark(const std::string& name) {
  json::Object mark;
  mark.set("event", "mark").set("mark", json::Object().set("name", name));
  if (!simulator_)
    mark.set("streamSid", stream_sid_);
  send_text(mark.to_string());
}

void FakeAgent::send_clear() {
  json::Object clear;
  clear.set("event", "clear");
  if (!simulator_)
    clear.set("streamSid", stream_sid_);
  send_text(clear.to_string());
}

void FakeAgent::hang_up(guint16 code) {
  if (soup_websocket_connection_get_state(current_) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close(current_, code, nullptr);
}

}  // namespace centralita::caller

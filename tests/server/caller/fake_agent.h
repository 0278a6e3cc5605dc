// The far end of a test call: a real HTTP and WebSocket server on loopback that greets, listens
// with an energy threshold, gives back what the caller said and can be told to misbehave. Its time
// is the number of frames that it has received.
#pragma once

#include "plugins/base/json.h"
#include "plugins/base/soup_listener.h"
#include "server/caller/wire_twilio.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace centralita::caller {

std::vector<std::int16_t> tone(double seconds, int rate_hz, double hz = 440, int amplitude = 8000);

class FakeAgent {
 public:
  // On the thread-default context of the caller.
  FakeAgent();
  ~FakeAgent();
  FakeAgent(const FakeAgent&) = delete;
  FakeAgent& operator=(const FakeAgent&) = delete;

  std::string http_url(const std::string& path) const;
  std::string ws_url(const std::string& path) const;

  // What it does.
  double greeting_seconds = 0.5;
  double reply_seconds = 0;  // 0: the reply is the caller's own words
  int silence_frames = 10;   // after which the caller's turn is over
  bool clear_on_speech = true;
  int hang_up_after_replies = 0;  // 0: never; counted when the reply's mark has come back
  guint16 hang_up_code = SOUP_WEBSOCKET_CLOSE_NORMAL;
  std::string twiml;  // the answer to /incoming
  int webhook_status = 200;
  std::function<void(FakeAgent&)> on_start;  // instead of the greeting

  // What it saw.
  std::vector<std::string> messages;  // of the stream, as they came
  std::map<std::string, std::string> form;
  std::string webhook_signature, stream_signature, api_key, stream_api_key, start_body;
  int streams = 0, open_streams = 0;
  guint16 close_code = 0;

  std::string stream_sid() const { return stream_sid_; }
  void send_text(const std::string& text);
  void send_binary(const std::string& bytes);
  void send_audio(std::span<const std::int16_t> samples);
  void send_mark(const std::string& name);
  void send_clear();
  void hang_up(guint16 code);

 private:
  static void on_http(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                      gpointer self) noexcept;
  static void on_websocket(SoupServer*, SoupServerMessage* message, const char* path,
                           SoupWebsocketConnection* connection, gpointer self) noexcept;
  void receive(const std::string& text);
  void receive_frame(const std::string& payload);
  void reply();

  Ref<SoupServer> server_;
  std::unique_ptr<SoupListener> listener_;
  int port_ = 0;
  std::vector<Ref<SoupWebsocketConnection>> connections_;
  SoupWebsocketConnection* current_ = nullptr;  // whose message came last: it is answered
  bool simulator_ = false;
  std::string stream_sid_;
  std::vector<std::int16_t> utterance_;
  int quiet_frames_ = 0, replies_ = 0, replies_played_ = 0;
  bool speaking_ = false;  // the last mark has not come back
};

}  // namespace centralita::caller

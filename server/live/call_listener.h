// Listening in on a call, over a WebSocket of its own.
//
//   to the listener   {"type":"format","caller":{"encoding":"mulaw","rate":8000},"agent":{...}}
//                     binary: a byte for the side (0 caller, 1 agent), then audio in its format
//                     {"type":"clear"}   the agent's audio that has not been played is dropped
//                     {"type":"ended"}   the call is over; the socket closes
//
// What a slow listener cannot take is left out; the call never waits. Main thread only.
#pragma once

#include "plugins/base/io_context.h"
#include "server/media_stream/audio_tap.h"

#include <functional>
#include <memory>

namespace centralita {

class CallListener : public std::enable_shared_from_this<CallListener> {
 public:
  // Keeps itself alive until the socket has closed. `socket`: what the stream goes over. `closed`
  // is told then.
  static std::shared_ptr<CallListener> open(const IoContext& io, Ref<GIOStream> stream,
                                            Ref<GUri> uri, Ref<GSocket> socket,
                                            std::function<void()> closed);
  // For the session's shard.
  std::shared_ptr<AudioTap> tap();
  // There is no such call any more.
  void end();

 private:
  explicit CallListener(const IoContext& io) : io_(io) {}
  void send_block(AudioTap::Side side, const std::vector<std::uint8_t>& audio);
  void send_text(const std::string& text);
  bool keeps_up() const;

  const IoContext io_;
  Ref<SoupWebsocketConnection> connection_;
  Ref<GSocket> socket_;
  std::vector<Slot> signals_;
  std::function<void()> closed_;
  std::vector<std::uint8_t> message_;
  std::shared_ptr<CallListener> self_;
};

}  // namespace centralita

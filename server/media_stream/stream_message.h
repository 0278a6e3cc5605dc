// What the far end of a media stream says, whoever it is: one JSON text message in, one
// StreamMessage out.
//
// Twilio Media Streams, Telnyx' media streaming and the simulator share this shape and differ in
// the names of members (the simulator's protocol was made after Twilio's); what is sent back
// differs more, see the wires. Unknown events and fields are ignored, as the carriers ask.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace centralita {

struct StreamMessage {
  enum class Kind {
    kConnected,
    kStart,
    kMedia,
    kMark,
    kDtmf,
    kText,
    kStop,
    kError,      // the carrier did not like a message of ours: text
    kIgnored,    // an event we do not know, or media of the outbound track
    kMalformed,  // see error
  };
  Kind kind = Kind::kIgnored;
  std::string error;  // of kMalformed: what is wrong with it

  // kStart
  std::string stream_id, call_id, encoding;
  std::int64_t sample_rate = 0;  // 0: not said
  std::map<std::string, std::string> parameters;

  std::span<const std::uint8_t> audio;  // kMedia; valid until the next parse()
  std::int64_t chunk = 0;               // kMedia: its number, from 1; 0: not said
  std::string text;                     // kMark: its name; kDtmf: the digit; kText: words
};

// One a stream: keeps the parser's and the payload's memory from message to message.
class StreamMessageParser {
 public:
  StreamMessageParser();
  ~StreamMessageParser();

  StreamMessage parse(std::string_view text);

 private:
  // Of the JSON library's types, whose header costs each file that includes it seconds.
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace centralita

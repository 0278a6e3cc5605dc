// A scripted call: the agent's settings, what the providers answer and how fast, and what the
// caller does. A text file, one thing a line; `#` begins a comment.
//
//   agent first_message Hola, le habla Victoria.    settings: names as in AgentConfig
//   agent silence_timeout 700
//
//   stt 300                   delay of every transcript, ms
//   llm 200 16                delay of the first token, and between two of them (a word each)
//   tts 150 4                 delay of the first audio; how many times faster than it plays the
//   rest
//                             comes
//   stt #2 4000               the second request alone is slower
//   llm #1 fail 503           ... refused;  `cut`: closed in the middle;  `silent`: never answered;
//                             `stall`: begun and not gone on with;  `garbage`: something else
//   tts refused               nobody listens at its address: every connection is refused
//   fallback                  each of the three has a fallback, which does well
//   prepared                  the greeting and the apology were synthesised before the call
//
//   reply Con gusto.          what the model says, in the order in which it is asked
//   reply-to martes | Bien.   ... whenever the last message contains this, before the others
//   tool end_call {}          the model calls a tool (then the next reply)
//   tool-for adiós | end_call {}     ... whenever the last message contains this
//
//   service NAME 400 200 {"slot":"10:00"}   a web service the model may call as a tool: its delay,
//                             status and answer
//
//   carrier 300               the call is on a telephone whose carrier takes commands so late, ms
//   carrier 300 Nobody answers there.      ... and refuses them
//   other-party 4000          whom a warm transfer rings answers so late, ms
//   other-party 4000 Nobody answers there.     ... or does not, so late
//
//   line 0                    delay of the telephone line, one way, ms
//   echo 180 -20              the caller's telephone gives back what it plays, so much later (ms)
//                             and weaker (dB)
//   background -60            noise on the caller's side, all the time, dBFS
//
// The caller, step by step, each when the one before is over:
//
//   say vm-goodbye -6 = Hasta luego.     a recording of asterisk-core-sounds-es (or en/NAME), so
//                                        many dB louder (0); what the transcriber makes of it
//   over vm-goodbye = Hasta luego.       the same, without waiting for its end
//   noise 300 -20 [= text]               white noise, ms, dBFS
//   tone 440 1000 -20                    Hz, ms, dBFS
//   wait 1500
//   wait-for-agent            until the agent's voice is heard
//   wait-heard 800            ... and has been heard for so long, pauses not counted
//   wait-silence [600]        until the agent has been heard since the last step and then not for
//                             so long
//   wait-state speaking       until the call is in that state
//   context saldo 120 | Ya pagó.     somebody tells the agent a variable and a note
//   dtmf 12#                  a key every 200 ms
//   wait-end                  until the call is over
//   hang-up
//
// Unknown words, missing numbers and unknown settings are errors with the line's number.
#pragma once

#include "pipelines/agent_config.h"
#include "plugins/base/result.h"
#include "server/replay/recordings.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace centralita::replay {

using std::chrono::milliseconds;

struct ProviderTiming {
  enum class Fault { kNone, kStatus, kCut, kSilent, kStall, kGarbage };
  milliseconds delay{0};
  Fault fault = Fault::kNone;
  int status = 200;
};

struct ProviderScript {
  milliseconds delay{0};
  double pace = 0;                          // llm: ms a token; tts: times real time
  std::map<unsigned, ProviderTiming> only;  // by the number of the request, from 1
  bool refused = false;

  ProviderTiming timing(unsigned request) const;
};

struct ModelAnswer {
  std::string to = {};  // part of the last message that it answers; empty: whichever comes
  // Of a recorded call, what the caller had said: the answer that fits best is given.
  std::string for_words = {};
  std::string text = {};
  std::string tool = {}, arguments = {};   // instead of a text
  std::optional<milliseconds> delay = {};  // of its first token; nothing: as of every answer
};

struct ServiceScript {
  milliseconds delay{0};
  int status = 200;
  std::string body;
};

struct CallerStep {
  enum class Kind {
    kSay,
    kOver,
    kNoise,
    kTone,
    kWait,
    kWaitForAgent,
    kWaitHeard,
    kWaitSilence,
    kWaitState,
    kDtmf,
    kContext,
    kWaitEnd,
    kHangUp,
  };
  Kind kind;
  std::string line;   // as written
  std::string name;   // of a recording, a state or a variable; the keys
  std::string value;  // of the variable
  std::string words;  // what the transcriber makes of it
  milliseconds time{0};
  double level = 0;  // dB
  double frequency = 0;
};

// On the caller's line, times of the call.
struct SpokenWords {
  milliseconds begin, end;
  std::string words;
  std::optional<milliseconds> delay = {};  // of a transcript that ends with them
};

// What the transcriber makes of a piece of the line.
struct SaidWords {
  std::string words;
  std::optional<milliseconds> delay = {};
};

// What the voice says, and how.
struct SpokenText {
  std::string text;
  double character;                        // ms that one takes
  std::optional<milliseconds> delay = {};  // of the first audio
};

struct Scenario {
  std::string session_id = "virtual";
  AgentConfig agent;
  ProviderScript stt{.delay = milliseconds(300), .pace = 0, .only = {}};
  ProviderScript llm{.delay = milliseconds(200), .pace = 16, .only = {}};
  ProviderScript tts{.delay = milliseconds(150), .pace = 4, .only = {}};
  bool fallback = false, prepared = false;
  std::vector<ModelAnswer> answers;
  std::map<std::string, ServiceScript> services;                // by the tool's name
  std::optional<std::pair<milliseconds, std::string>> carrier;  // delay; why it refuses
  std::pair<milliseconds, std::string> other_party;             // the same
  milliseconds line_delay{0};
  std::optional<std::pair<milliseconds, double>> echo;
  std::optional<double> background;
  std::vector<CallerStep> steps;
  // Instead of steps: what is on the caller's line from `line_offset` on, to its end; and what is
  // said there.
  Samples line;
  milliseconds line_offset{20};
  std::vector<SpokenWords> line_words;
  double character = 65;          // ms that the voice takes for one
  std::vector<SpokenText> voice;  // of a recorded call, a reply each
  // How the voice says this clause.
  SpokenText spoken(const std::string& clause) const;
  std::string otherwise;  // what the model says when it has no answer; empty: that is an error
};

Result<Scenario> parse_scenario(const std::string& text);

}  // namespace centralita::replay

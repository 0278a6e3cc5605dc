// Script is what the caller does, step by step, as text or as JSON:
//
//   wait-greeting; say hello.wav; wait-reply; barge-in 1.5 stop.wav; wait-reply 2; hang-up
//
//   {"steps": ["wait-greeting", {"say": "hello.wav"}, {"wait-reply": {"quiet": 2, "timeout": 40}},
//              {"barge-in": {"after": 1.5, "file": "stop.wav"}}, {"dtmf": "12#"}, "hang-up"]}
//
//   say FILE            speaks the recording
//   wait S              lets S seconds pass
//   wait-for-agent      until the agent begins to speak
//   wait-reply [Q]      until the agent has spoken and then been silent for Q seconds (1.2)
//   wait-greeting [Q]   the same, of the agent's first words
//   barge-in S FILE     speaks S seconds after the agent began to speak
//   dtmf DIGITS         presses keys: 0-9 * # A-D
//   silence S           S seconds of digital silence, whatever the background noise
//   wait-end            until the agent ends the call
//   hang-up             ends the call; it is the last step, and added where the last step is
//   neither
//                       hang-up nor wait-end
//
// Names of files with spaces are quoted: say "my file.wav". Relative ones are taken from `folder`.
// Pure: nothing is opened here.
#pragma once

#include "plugins/base/result.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::caller {

struct Step {
  enum class Kind {
    kSay,
    kWait,
    kWaitForAgent,
    kWaitGreeting,
    kWaitReply,
    kBargeIn,
    kDtmf,
    kSilence,
    kWaitEnd,
    kHangUp,
  };
  Kind kind;
  std::chrono::milliseconds time{0};  // wait, silence: how long; barge-in: after; wait-reply: quiet
  std::string file;                   // say, barge-in
  std::string digits;                 // dtmf
  std::chrono::milliseconds timeout{0};  // of what waits for the agent; 0: the player's default

  std::string name() const;  // "say hello.wav", "wait-reply", ...
};

struct Script {
  std::vector<Step> steps;  // never empty once parsed; ends in hang-up or wait-end

  // The files that the steps name, each once, in order.
  std::vector<std::string> files() const;
};

// The error names the step and the column, both from 1: "step 2, column 17: unknown step 'sya'".
Result<Script> parse_script_text(std::string_view text, const std::string& folder = {});
// The error names the step from 1: "step 3: wait needs seconds".
Result<Script> parse_script_json(std::string_view text, const std::string& folder = {});
// Waits for the greeting, says each file and waits for the reply to it, hangs up.
Script default_script(const std::vector<std::string>& files);

}  // namespace centralita::caller

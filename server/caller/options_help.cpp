#include "server/caller/options.h"

namespace centralita::caller {
namespace {

constexpr char kHelp[] = R"(centralita caller - places telephone calls to a voice agent

Usage: centralita caller WAY-IN [WHAT TO DO] [WHAT TO KEEP] [HOW MANY]

Ways in (one of them)
  --webhook URL         POST an incoming call to URL as Twilio does, signed with TWILIO_AUTH_TOKEN
                        when that is in the environment, and connect to the stream of its TwiML
    --signed-url URL    sign this URL: the public one, when it is not the one posted to
    --stream-at URL     connect to this URL and not to the one in the TwiML
  --stream URL          connect to the media stream at ws://... or wss://... directly
    --param NAME=VALUE  a custom parameter of the stream (repeatable)
  --carrier NAME        be a whole carrier, twilio or telnyx, for the server at --server, and carry
                        one call through it: REST API, signed webhooks, media stream
    --server URL        the server (http://127.0.0.1:8000), which must run with what
    --print-environment prints, and nothing else is done then
    --listen PORT       of the carrier's REST API on this machine (8092)
    --outbound          have the server call --to, with ADMIN_API_KEY of the environment, and ring
    --callee WHO        there: person, machine, silence, ivr, busy or no-answer (person); what a
                        machine or a menu says is the script's first part
    --voicemail WHAT    for the order to call: hang-up or leave-message, with
    --message TEXT      what is left
    --codec NAME        telnyx: what the telephone is carried in, PCMU, PCMA or L16, whatever
                        the server asks for
    --byte-order ORDER  telnyx: of L16, little or big (little)
  --simulator URL       call through the simulator of the server at http://..., with ADMIN_API_KEY
                        of the environment; 16 kHz instead of 8 kHz mu-law
    --agent NAME        the agent to talk to
  --from NUMBER, --to NUMBER
                        caller's and called number (+14155550100, +14155550199)

What to do
  --say FILE            say a recording and wait for the reply (repeatable). The greeting is waited
                        for first, and the caller hangs up at the end
  --do STEPS            steps, separated by semicolons:
                          say FILE            speak a recording
                          wait S              let S seconds pass
                          wait-for-agent      until the agent begins to speak
                          wait-reply [Q]      until the agent has spoken, then been silent for Q s (1.2)
                          wait-greeting [Q]   the same, of the agent's first words
                          barge-in S FILE     speak S seconds after the agent began to speak
                          dtmf DIGITS         press keys: 0-9 * # A-D (not in the simulator)
                          silence S           S seconds of digital silence
                          wait-end            until the agent ends the call
                          hang-up             end the call (added at the end where it is missing)
  --script FILE         the same as JSON: {"steps": ["wait-greeting", {"say": "a.wav"},
                        {"wait-reply": {"quiet": 2, "timeout": 40}},
                        {"barge-in": {"after": 1.5, "file": "b.wav"}}, "hang-up"]}
                        Relative names of files are taken from the script's folder
  --noise DBFS          background noise between recordings, such as -55 (digital silence without)
  --timeout S           of every step that waits for the agent (30)
  --max-duration S      of the call (600)
  Recordings: WAV of any rate, mono or stereo, or whatever else GStreamer decodes here.

What to keep
  --heard FILE          WAV of what the caller heard, silence where nothing was played
  --both FILE           WAV with the caller left and what it heard right
  --timeline FILE       JSON of all that happened
  --quiet               print nothing but failures

How many
  --calls N             N calls at once (1); prints totals
    --ramp S            over which they begin (0)
    --threads N         that carry them (1)
    --server-pid PID    also print threads, memory and CPU of that process

Response time is from the last voiced sample of the caller to the first voice of the agent: as it
arrives ("response") and as it is played ("heard"). Voiced is a frame of 20 ms above -45 dBFS RMS.
A reply's turn goes from the caller's last voiced sample to the caller's next first one.
Playout is real time: marks are echoed when the audio before them has been played, and a clear drops
what is buffered and echoes the marks in it, as Twilio does.

The exit code is 0 when every call was answered and ended normally (and a carrier had nothing to
complain of), 1 when one was not, 2 when the
command line is wrong, 130 when interrupted.

Examples
  centralita caller --carrier telnyx --print-environment >> .env
  centralita caller --carrier telnyx --say hello.wav --heard heard.wav
  ADMIN_API_KEY=... centralita caller --carrier twilio --outbound --from +12125550101 \
      --to +525512345678 --callee machine --do "say greeting.wav; say beep.wav; wait-end" \
      --voicemail leave-message --message "We will call again."
  centralita caller --webhook http://127.0.0.1:8000/api/v1/twilio/incoming-call --say hello.wav
  centralita caller --stream ws://127.0.0.1:8000/api/v1/ws/media-stream --param token=abc \
      --do "wait-greeting; say a.wav; wait-reply; say b.wav; barge-in 1.5 c.wav; wait-reply; hang-up" \
      --both call.wav --timeline call.json
  ADMIN_API_KEY=... centralita caller --simulator http://127.0.0.1:8000 --say hello.wav --heard out.wav
  centralita caller --webhook http://127.0.0.1:8000/api/v1/twilio/incoming-call --say hello.wav \
      --calls 50 --ramp 10 --server-pid $(pidof centralita)
)";

}  // namespace

std::string help_text() { return kHelp; }

}  // namespace centralita::caller

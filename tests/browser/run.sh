#!/usr/bin/env bash
# The simulator in a real browser against the real server: starts a PostgreSQL, a sandbox and a server
# of its own on a free port, gives Chromium a recorded voice for a microphone, and stops all again.
# ./dev test calls it. SCREENSHOT_DIR keeps the pictures. With the word screenshots it tests nothing, and
# makes the pictures of docs/images, of a history of its own.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
for part in common packages build postgres services; do
  # shellcheck source=/dev/null
  source "$root/dev.d/$part.sh"
done

# Speech the sandbox understands ($1), and the same as a microphone ($2): after a silence in which the agent can be
# heard to greet, and at the 48 kHz at which Chromium reads its microphone without resampling.
make_speech() {
  local prompts=/usr/share/asterisk/sounds prompt
  for prompt in "$prompts"/es_MX_f_Allison/queue-thankyou.wav "$prompts"/es/queue-thankyou.wav \
    "$prompts"/en_US_f_Allison/queue-thankyou.wav "$prompts"/en/queue-thankyou.wav; do
    [[ -f $prompt ]] || continue
    sox "$prompt" -c 1 -b 16 "$1"
    sox "$prompt" -r 48000 -c 1 -b 16 "$2" pad 6 4
    return
  done
  die "no recorded prompt in $prompts"
}

# A Twilio without a network: what the server orders of it, and whoever calls by it (phone_fixture.cpp).
phone_pid=
start_telephone() {
  local said=$1/phone.out
  mkfifo "$1/phone.in"
  # Both ends, so that neither waits for the other, and the input does not end between two calls.
  exec 8<>"$1/phone.in"
  setsid setpriv --pdeathsig TERM -- "$root/build/tests/browser/phone_fixture" <&8 >"$said" 2>"$1/phone.err" 9>&- &
  phone_pid=$!
  TWILIO_API_URL=$(line_in_log "$said" "$phone_pid" 20 '"api":"([^"]+)"') || die "the telephone did not start: $(<"$1/phone.err")"
  TWILIO_ACCOUNT_SID=$(line_in_log "$said" "$phone_pid" 1 '"account":"([^"]+)"')
  TWILIO_AUTH_TOKEN=$(line_in_log "$said" "$phone_pid" 1 '"token":"([^"]+)"')
  export TWILIO_API_URL TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN PHONE_IN=$1/phone.in PHONE_OUT=$said
}

# A sound card that plays to nobody, at the pace of one.
pulse_pid=
start_sound_card() {
  local folder=$1/sound
  mkdir -m 700 "$folder"
  HOME=$folder XDG_RUNTIME_DIR=$folder XDG_CONFIG_HOME=$folder setsid setpriv --pdeathsig TERM -- \
    pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no -L "module-null-sink rate=48000" \
    -L "module-native-protocol-unix socket=$folder/card auth-anonymous=1" >"$1/log/sound.log" 2>&1 </dev/null 9>&- &
  pulse_pid=$!
  export SOUND_CARD=unix:$folder/card
}

stop_devices() {
  stop_process TERM "$phone_pid" 5
  stop_process TERM "$pulse_pid" 5
}

# A history that is longer than a page of it, of an agent of its own.
add_long_history() {
  psql -q -v ON_ERROR_STOP=1 "$DATABASE_URL" <<'SQL'
insert into calls (session_id, client_type, direction, from_number, to_number, agent_name, status, end_cause, start_time, end_time)
select 'larga-' || n, 'twilio', 'inbound', '+5255' || 10000000 + n, '+525588880000', 'Larga', 'completed', 'caller-hung-up',
       now() - n * interval '1 hour', now() - n * interval '1 hour' + interval '40 seconds'
  from generate_series(30, 89) as n;
SQL
}

# Pictures of what is drawn flat need few colours: a quarter of the size, and no difference to see.
make_pictures() {
  psql -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -f sample_history.sql
  IMAGES=$root/docs/images node screenshots.mjs
  local picture
  for picture in "$root"/docs/images/*.png; do
    pngquant --force --ext .png --speed 1 128 "$picture"
  done
}

# One after the other.
test_files() { node --test --test-reporter=tap --test-concurrency=1 "$@"; }

main() {
  # The developer's own settings and keys stay out of a test.
  unset DATABASE_URL ADMIN_API_KEY GROQ_API_KEY GROQ_BASE_URL AZURE_SPEECH_KEY AZURE_SPEECH_ENDPOINT \
    CENTRALITA_HOST "${!TWILIO_@}" "${!TELNYX_@}"
  local data
  data=$(mktemp -d "${TMPDIR:-/tmp}/centralita-browser.XXXXXX")
  chmod 711 "$data"
  stop_on_signals
  # shellcheck disable=SC2064  # the folder of now
  trap "stop_devices; stop_services; rm -rf -- '$data'" EXIT
  start_telephone "$data"
  CENTRALITA_PORT=0 start_services "$data"
  make_speech "$data/speech.wav" "$data/microphone.wav"
  cd "$root/tests/browser"
  quietly "$data/log/npm.log" npm ci --no-audit --no-fund
  export FAKE_MIC_WAV=$data/microphone.wav SPEECH_WAV=$data/speech.wav
  export BASE_URL=$server_url ADMIN_API_KEY
  if [[ ${1:-} == screenshots ]]; then
    make_pictures
    return
  fi
  add_long_history
  if command -v pulseaudio >/dev/null; then start_sound_card "$data"; fi
  export CALLER_PROGRAM=$program # places calls from outside
  # Nobody looks at the pictures of a machine that builds once.
  if [[ ${CI:-} != true ]]; then
    export SCREENSHOT_DIR=${SCREENSHOT_DIR:-$root/build/screenshots}
    mkdir -p "$SCREENSHOT_DIR"
  fi
  local status=0
  # Most of a call is waiting, so that what needs no voice is tested meanwhile. The last has the machine to itself.
  local still=(./agents.test.mjs ./looks.test.mjs) calls
  mapfile -t calls < <(printf '%s\n' ./*.test.mjs | grep -vxF "$(printf '%s\n' "${still[@]}" ./alone.test.mjs)")
  test_files "${still[@]}" >"$data/still.tap" 2>&1 &
  local still_pid=$!
  test_files "${calls[@]}" || status=$?
  wait "$still_pid" || status=$?
  cat "$data/still.tap"
  test_files ./alone.test.mjs || status=$?
  ((status == 0)) || log_end "the browser test failed" "$data/log/server.log"
  return "$status"
}

main "$@"

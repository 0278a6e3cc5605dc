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

# Speech the sandbox understands, after a silence in which the agent can be heard to greet, and at the
# 48 kHz at which Chromium reads its microphone without resampling.
make_microphone() {
  local prompts=/usr/share/asterisk/sounds prompt
  for prompt in "$prompts"/es_MX_f_Allison/queue-thankyou.wav "$prompts"/es/queue-thankyou.wav \
    "$prompts"/en_US_f_Allison/queue-thankyou.wav "$prompts"/en/queue-thankyou.wav; do
    [[ -f $prompt ]] || continue
    sox "$prompt" -r 48000 -c 1 -b 16 "$1" pad 6 4
    return
  done
  die "no recorded prompt in $prompts"
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

main() {
  # The developer's own settings and keys stay out of a test.
  unset DATABASE_URL ADMIN_API_KEY GROQ_API_KEY GROQ_BASE_URL AZURE_SPEECH_KEY AZURE_SPEECH_ENDPOINT \
    CENTRALITA_HOST
  local data
  data=$(mktemp -d "${TMPDIR:-/tmp}/centralita-browser.XXXXXX")
  chmod 711 "$data"
  stop_on_signals
  # shellcheck disable=SC2064  # the folder of now
  trap "stop_services; rm -rf -- '$data'" EXIT
  CENTRALITA_PORT=0 start_services "$data"
  make_microphone "$data/microphone.wav"
  cd "$root/tests/browser"
  quietly "$data/log/npm.log" npm ci --no-audit --no-fund
  mkdir -p "${SCREENSHOT_DIR:-$root/build/screenshots}"
  export FAKE_MIC_WAV=$data/microphone.wav
  if [[ ${1:-} == screenshots ]]; then
    export BASE_URL=$server_url ADMIN_API_KEY
    make_pictures
    return
  fi
  export BASE_URL=$server_url ADMIN_API_KEY FAKE_MIC_WAV=$data/microphone.wav
  export CALLER_PROGRAM=$program # places calls from outside
  export SCREENSHOT_DIR=${SCREENSHOT_DIR:-$root/build/screenshots}
  local status=0
  node --test --test-reporter=tap ./*.test.mjs || status=$?
  ((status == 0)) || log_end "the browser test failed" "$data/log/server.log"
  return "$status"
}

main "$@"

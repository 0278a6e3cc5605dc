# shellcheck shell=bash
# ./dev soak: calls that come and go against a server of its own, for minutes: some talk, in the
# simulator and on a telephone, some interrupt, some hang up at once, some are cut off, and now and then
# a provider fails once. What the server uses is sampled, and compared between the calls' beginning and
# their end. CENTRALITA_PROGRAM may name a built program.

soak_calls_at_once=${SOAK_CALLS:-3}

# sample FILE: seconds, resident KB, threads, descriptors of the server.
soak_sample() {
  local fds threads rss
  rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$server_pid/status")
  fds=$(find "/proc/$server_pid/fd" -mindepth 1 2>/dev/null | wc -l)
  threads=$(find "/proc/$server_pid/task" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)
  printf '%d %d %d %d\n' "$((($(now_ms) - dev_started_ms) / 1000))" "$rss" "$threads" "$fds" >>"$1"
}

# The samples are taken between rounds, when no call is live. What is kept for good, caches above all,
# is filled in the first third; from then on nothing may grow.
soak_verdict() {
  awk -v rounds="$2" -v failed="$3" '
    { rss[NR] = $2; threads[NR] = $3; fds[NR] = $4 }
    END {
      if (NR < 6) { print "too few rounds to judge: " NR; exit 1 }
      third = int(NR / 3)
      for (i = third + 1; i <= 2 * third; i++) { r1 += rss[i]; t1 += threads[i]; f1 += fds[i] }
      for (i = NR - third + 1; i <= NR; i++) { r2 += rss[i]; t2 += threads[i]; f2 += fds[i] }
      r1 /= third; r2 /= third; t1 /= third; t2 /= third; f1 /= third; f2 /= third
      printf "rounds %d, failed %d\n", rounds, failed
      printf "resident  %.1f MB -> %.1f MB (first sample %.1f MB)\n", r1 / 1024, r2 / 1024, rss[1] / 1024
      printf "threads   %.1f -> %.1f\n", t1, t2
      printf "open fds  %.1f -> %.1f\n", f1, f2
      bad = 0
      if (r2 > r1 * 1.05 + 2048) { print "memory grows"; bad = 1 }
      if (t2 > t1 + 1) { print "threads grow"; bad = 1 }
      if (f2 > f1 + 2) { print "descriptors grow"; bad = 1 }
      if (failed > 0) { print "calls failed"; bad = 1 }
      print bad ? "NOT FLAT" : "flat"
      exit bad
    }' "$1"
}

# soak_call ARGUMENT...: as many of them as were asked for.
soak_call() {
  "$program" caller --calls "$soak_calls_at_once" --ramp 1 --quiet "$@" >>"$data/caller.log" 2>&1
}

# Every kind of call at the same time; how many kinds failed.
soak_round() {
  local telephone=(--webhook "$server_url/api/v1/twilio/incoming-call") kind failed=0 kinds=() cut_off
  soak_call --simulator "$server_url" --do "wait-greeting; say $1; wait-reply; hang-up" &
  kinds+=("$!")
  soak_call "${telephone[@]}" --do "barge-in 1 $1; wait-reply; hang-up" &
  kinds+=("$!")
  soak_call "${telephone[@]}" --do "hang-up" &
  kinds+=("$!")
  soak_call "${telephone[@]}" --do "wait-greeting; wait 60" &
  cut_off=$!
  for kind in "${kinds[@]}"; do
    wait "$kind" || failed=$((failed + 1))
  done
  # Killed outright: its connections break.
  kill -KILL "$cut_off" 2>/dev/null
  wait "$cut_off" 2>/dev/null
  printf '%s\n' "$failed"
}

# The next request of a service fails, and is made again.
soak_fault() {
  local services=(transcription chat synthesis)
  curl -sf -X POST -H 'Content-Type: application/json' "$sandbox_url/sandbox/faults" \
    -d "{\"operation\": \"${services[$1 % 3]}\", \"fault\": \"status\", \"status\": 503, \"times\": 1}" >/dev/null || die "the sandbox takes no faults"
}

soak_command() {
  local minutes=${1:-10} data samples recording rounds=0 failed=0 until
  [[ $minutes =~ ^[0-9]+$ ]] || die "./dev soak [minutes], not '$minutes'"
  if [[ -z ${CENTRALITA_PROGRAM:-} ]]; then
    need_packages build compiler runtime sandbox tests
    build_ordinary run
  fi
  recording=/usr/share/asterisk/sounds/es_MX_f_Allison/queue-thankyou.wav
  [[ -r $recording ]] || die "$recording is missing (package asterisk-core-sounds-es-wav)"
  data=$(mktemp -d "${TMPDIR:-/tmp}/centralita-soak-XXXXXX")
  chmod 711 "$data"
  export CENTRALITA_DATA=$data CENTRALITA_PORT=${CENTRALITA_PORT:-0} LOG_LEVEL=${LOG_LEVEL:-warning} TWILIO_AUTH_TOKEN=soak
  samples=$data/samples
  stop_on_signals
  LOG_LEVEL=info start_services "$data"
  say "Soaking $server_url for $minutes min, $soak_calls_at_once calls at once; samples in $samples"
  until=$(($(now_ms) + minutes * 60000))
  while (($(now_ms) < until)); do
    ((rounds % 4 != 3)) || soak_fault "$rounds"
    failed=$((failed + $(soak_round "$recording")))
    rounds=$((rounds + 1))
    alive "$server_pid" || die "the server ended by itself; $data/log/server.log says why"
    sleep 1
    soak_sample "$samples"
  done
  soak_verdict "$samples" "$rounds" "$failed"
}

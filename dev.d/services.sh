# shellcheck shell=bash
# ./dev run: PostgreSQL, the sandbox and the server, started in that order and stopped in the other.

program=${CENTRALITA_PROGRAM:-$root/build/server/centralita}
sandbox_pid=
server_pid=
spawned_pid=
server_url=
sandbox_url=

# spawn LOG COMMAND...: in a session of its own, so that a Ctrl-C in the terminal reaches this script
# only, which then stops things in order. Should the script be killed outright, the kernel ends the
# child. Descriptor 9 is the lock of the data folder.
spawn() {
  local log=$1
  shift
  # Emptied here and not by the child, or a line of the last run could be taken for this one's.
  : >"$log"
  setsid setpriv --pdeathsig TERM -- "$@" >>"$log" 2>&1 </dev/null 9>&- &
  spawned_pid=$!
}

# stop_process SIGNAL PID SECONDS: asks, waits, and kills what does not listen.
stop_process() {
  local signal=$1 pid=$2 left=$(($3 * 20))
  [[ -n $pid ]] && alive "$pid" || return 0
  kill -s "$signal" "$pid" 2>/dev/null || true
  while alive "$pid" && ((left-- > 0)); do sleep 0.05; done
  if alive "$pid"; then kill -s KILL "$pid" 2>/dev/null || true; fi
  wait "$pid" 2>/dev/null || true
}

stop_services() {
  # A second Ctrl-C must not leave the database without its shutdown.
  trap '' INT TERM HUP
  stop_process TERM "$server_pid" 15
  stop_process TERM "$sandbox_pid" 5
  stop_process INT "$pg_pid" 20
  server_pid='' sandbox_pid='' pg_pid=''
}

# line_in_log LOG PID SECONDS REGEX: waits for a line and prints its first group.
line_in_log() {
  local log=$1 pid=$2 left=$(($3 * 20)) line
  while ((left-- > 0)); do
    while IFS= read -r line || [[ -n $line ]]; do
      if [[ $line =~ $4 ]]; then
        printf '%s' "${BASH_REMATCH[1]}"
        return
      fi
    done <"$log"
    alive "$pid" || return 1
    sleep 0.05
  done
  return 1
}

log_end() {
  warn "$1; its log is $2, which ends:"
  tail -n 15 "$2" | sed 's/^/    /' >&2
}

lacks_groq() { [[ -z ${GROQ_API_KEY:-} && -z ${GROQ_BASE_URL:-} ]]; }
lacks_azure() { [[ -z ${AZURE_SPEECH_KEY:-} && -z ${AZURE_SPEECH_ENDPOINT:-} ]]; }

# Stands in for each provider that has neither a key nor an address.
start_sandbox() {
  local log=$1/log/sandbox.log
  if ! lacks_groq && ! lacks_azure; then return 0; fi
  spawn "$log" "$program" sandbox --port 0
  sandbox_pid=$spawned_pid
  sandbox_url=$(line_in_log "$log" "$sandbox_pid" 60 'sandbox listening on (http://[^ ]+)') || {
    log_end "the sandbox did not start" "$log"
    exit 1
  }
  sandbox_url=${sandbox_url%/}
  if lacks_groq; then
    # The third is for the simulator, which shows the phrases the sandbox's recogniser knows.
    export GROQ_BASE_URL=$sandbox_url/openai/v1 GROQ_API_KEY=sandbox CENTRALITA_SANDBOX_URL=$sandbox_url
  fi
  if lacks_azure; then
    export AZURE_SPEECH_ENDPOINT=$sandbox_url AZURE_SPEECH_KEY=sandbox
  fi
}

# The dashboard's key: the environment's, or one made once and kept where only its owner reads it.
provide_admin_key() {
  local file=$1/admin_api_key
  [[ -z ${ADMIN_API_KEY:-} ]] || return 0
  if [[ ! -s $file ]]; then
    (umask 077 && od -An -tx1 -N24 /dev/urandom | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  ADMIN_API_KEY=$(<"$file")
  export ADMIN_API_KEY
  admin_key_file=$file
}
admin_key_file=

# The address to ask for /ready: a wildcard address is reached through loopback.
local_url() {
  local host=${CENTRALITA_HOST:-127.0.0.1}
  case $host in
    0.0.0.0) host=127.0.0.1 ;;
    :: | '[::]') host='[::1]' ;;
    *:*) [[ $host == '['* ]] || host="[$host]" ;;
  esac
  printf 'http://%s:%s' "$host" "$1"
}

# start_server DATA: sets server_url once /ready answers 200.
start_server() {
  local log=$1/log/server.log port=${CENTRALITA_PORT:-8000} waited=0
  export CENTRALITA_PORT=$port CENTRALITA_HOST=${CENTRALITA_HOST:-127.0.0.1} CENTRALITA_DATA=$1 DRAIN_SECONDS=${DRAIN_SECONDS:-0}
  # Compilers and the sandbox's engines make a developer's machine late, and that must not close the
  # line. What is 200 ms late is heard.
  export MAX_PACING_LATENESS_MS=${MAX_PACING_LATENESS_MS:-200}
  spawn "$log" "$program" serve
  server_pid=$spawned_pid
  if [[ $port == 0 ]]; then
    port=$(line_in_log "$log" "$server_pid" 60 'listening on http://[^ ]*:([0-9]+)') || {
      log_end "the server did not say where it listens" "$log"
      exit 1
    }
  fi
  server_url=$(local_url "$port")
  # Alive is asked after the answer: a server that could not take the port must not be mistaken for
  # the stranger that has it.
  until [[ $(http_status "$server_url/ready") == 200 ]] && alive "$server_pid"; do
    if ! alive "$server_pid" || ((waited++ > 600)); then
      log_end "the server did not become ready" "$log"
      exit 1
    fi
    sleep 0.1
  done
}

# One run at a time in a data folder. The lock is a descriptor that no child inherits, so it is free
# again when this script is gone, however it went.
lock_data() {
  exec 9>"$1/dev.lock"
  flock --nonblock 9 || die "another ./dev run uses $1 (CENTRALITA_DATA and CENTRALITA_PORT give a second one its own)"
}

provider_names() {
  local name=$1 key=$2 address=$3
  if [[ -n $sandbox_url && $address == "$sandbox_url"* ]]; then
    printf '%s: sandbox' "$name"
  elif [[ -n $address ]]; then
    printf '%s: %s' "$name" "$address"
  else
    printf '%s: %s' "$name" "${key:+key given}"
  fi
}

announce() {
  local data=$1
  say
  say "Centralita is ready ($(in_seconds $(($(now_ms) - dev_started_ms))))."
  say "  dashboard  $server_url/dashboard/v2"
  if [[ -n $admin_key_file ]]; then
    say "  admin key  $ADMIN_API_KEY   (kept in $admin_key_file)"
  else
    say "  admin key  the one in ADMIN_API_KEY"
  fi
  say "  providers  $(provider_names Groq "${GROQ_API_KEY:-}" "${GROQ_BASE_URL:-}"), $(
    provider_names "Azure Speech" "${AZURE_SPEECH_KEY:-}" "${AZURE_SPEECH_ENDPOINT:-}")"
  say "  logs       $data/log"
  say "Ctrl-C stops everything; the data stays in $data."
}

# Waits for a signal, or for any of the three to end by itself, which is a failure.
watch_services() {
  local data=$1 status=0 pid pids=()
  for pid in "$server_pid" "$sandbox_pid" "$pg_pid"; do [[ -z $pid ]] || pids+=("$pid"); done
  wait -n "${pids[@]}" || status=$?
  if ! alive "$server_pid"; then
    log_end "the server ended by itself (status $status)" "$data/log/server.log"
  elif [[ -n $sandbox_pid ]] && ! alive "$sandbox_pid"; then
    log_end "the sandbox ended by itself (status $status)" "$data/log/sandbox.log"
  else
    log_end "PostgreSQL ended by itself (status $status)" "$data/log/postgres.log"
  fi
  exit 1
}

# Starts all three for a data folder; the caller has set the traps.
start_services() {
  local data=$1
  mkdir -p "$data/log"
  export_build_environment build
  provide_admin_key "$data"
  if [[ -z ${DATABASE_URL:-} ]]; then timed "PostgreSQL" start_postgres "$data"; fi
  timed "sandbox" start_sandbox "$data"
  timed "server" start_server "$data"
}

# Whatever ends this script ends what it started; 128 + the signal's number is the usual status.
stop_on_signals() {
  trap stop_services EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

run_command() {
  (($# == 0)) || die "./dev run takes no arguments; its settings are environment variables"
  read_env_file .env
  local data
  data=$(data_dir)
  lock_data "$data"
  timed "packages" need_packages build compiler runtime sandbox
  build_ordinary run
  [[ -x $program ]] || die "the build made no program $program"
  stop_on_signals
  start_services "$data"
  announce "$data"
  watch_services "$data"
}

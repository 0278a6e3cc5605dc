# shellcheck shell=bash
# What every part of ./dev uses: saying things, time, .env, small files.

say() { printf '%s\n' "$*"; }
warn() { printf 'dev: %s\n' "$*" >&2; }
die() {
  warn "$*"
  exit 1
}

# The time since the shell started, in ms.
now_ms() {
  local t=${EPOCHREALTIME/[.,]/}
  printf '%s' "$((t / 1000))"
}
dev_started_ms=$(now_ms)

# timed LABEL COMMAND...: runs it; with CENTRALITA_VERBOSE=1 says how long it took.
timed() {
  local label=$1 start status=0
  shift
  start=$(now_ms)
  "$@" || status=$?
  if [[ ${CENTRALITA_VERBOSE:-} == 1 ]]; then
    say "  [$(($(now_ms) - start)) ms] $label"
  fi
  return "$status"
}

# quietly LOG COMMAND...: keeps the output in LOG; shows its end only when the command fails.
quietly() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    warn "'$*' ended with status $status; all of its output is in $log"
  fi
  return "$status"
}

# Takes KEY=VALUE lines from a file, as Docker Compose reads .env: the environment wins over the
# file, nothing in it is evaluated, and nothing of it is printed.
read_env_file() {
  local file=$1 line name value
  [[ -r $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    line=${line%$'\r'}
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=[[:space:]]*(.*)$ ]] || continue
    name=${BASH_REMATCH[2]}
    value=${BASH_REMATCH[3]}
    [[ -z ${!name:-} ]] || continue
    if [[ $value =~ ^\"([^\"]*)\" || $value =~ ^\'([^\']*)\' ]]; then
      value=${BASH_REMATCH[1]}
    elif [[ $value == '#'* ]]; then
      value=
    else
      value=${value%%[[:space:]]#*}
      value=${value%"${value##*[![:space:]]}"}
    fi
    export "$name=$value"
  done <"$file"
}

# The folder of this checkout's data, absolute. Others may pass through it (PostgreSQL of root runs
# as another user) but not list it; what is private in it has a mode of its own.
data_dir() {
  local dir=${CENTRALITA_DATA:-.data}
  [[ $dir == /* ]] || dir=$root/$dir
  if [[ ! -d $dir ]]; then
    mkdir -p "$dir"
    chmod 711 "$dir"
  fi
  printf '%s' "$dir"
}

# A short name for a path, for folders outside the checkout that belong to it.
path_hash() { printf '%s' "$1" | sha256sum | cut -c 1-10; }

# One hash over files' names and contents (names on standard input, one a line).
files_hash() { LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1; }

python() {
  if [[ -x /usr/bin/python3 ]]; then /usr/bin/python3 "$@"; else python3 "$@"; fi
}

in_seconds() { printf '%d.%d s' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

alive() { kill -0 "$1" 2>/dev/null; }

# http_status URL: the status code of a GET, or nothing when there is no answer within 2 s.
http_status() {
  local rest=${1#http://} host port path
  path=/${rest#*/}
  host=${rest%%/*}
  port=${host##*:}
  host=${host%:*}
  host=${host#[}
  host=${host%]}
  # shellcheck disable=SC2016  # expanded by the inner shell, from its arguments
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1" || exit 1
    printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$2" "$0" >&3
    read -r _ status _ <&3 && printf "%s" "$status"
    cat <&3 >/dev/null' "$host" "$port" "$path" 2>/dev/null || true
}

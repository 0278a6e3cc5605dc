#!/usr/bin/env bash
# ./dev run from start to end, with the built program: ready, Ctrl-C, a server that dies.
set -euo pipefail
# shellcheck source=tests/house/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
source_dev_parts common packages postgres services

export CENTRALITA_DATA=$scratch/data CENTRALITA_PORT=0

# start_run: ./dev run in the background with its output in $case_dir/out; sets run_pid.
start_run() {
  # A background process of a script ignores SIGINT unless told otherwise.
  env --default-signal=INT "$root/dev" run >"$case_dir/out" 2>&1 </dev/null &
  run_pid=$!
  runs+=("$run_pid")
  trap end_runs EXIT
}

# A case that fails half-way must not leave its run behind.
runs=()
end_runs() {
  local pid
  for pid in "${runs[@]}"; do
    kill -s TERM "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

said() { grep -qsF -- "$1" "$case_dir/out"; }
ready_or_ended() { said "Centralita is ready" || ! alive "$run_pid"; }

start_and_wait() {
  start_run
  eventually ready_or_ended
  said "Centralita is ready" || {
    cat "$case_dir/out"
    return 1
  }
  mapfile -t children < <(ps -o pid= --ppid "$run_pid" | tr -d ' ')
  url=$(grep -oE 'http://[^/ ]+/dashboard' "$case_dir/out")
  url=${url%/dashboard}
}

expect_all_gone() {
  local pid
  for pid in "${children[@]}"; do
    if alive "$pid"; then
      ps -o pid,args -p "$pid"
      return 1
    fi
  done
}

child_named() { ps -o pid=,args= --ppid "$run_pid" | awk -v word="$1" '$0 ~ word { print $1 }'; }

stops_on() {
  start_and_wait
  expect_equal "$(http_status "$url/ready")" 200
  kill -s "$1" "$run_pid"
  local status=0
  wait "$run_pid" || status=$?
  expect_equal "$status" "$2"
  expect_all_gone
  [[ -s $CENTRALITA_DATA/admin_api_key ]]
  [[ $(http_status "$url/ready") == "" ]]
}

ctrl_c_stops_everything() { stops_on INT 130; }
term_stops_everything() { stops_on TERM 143; }

a_dying_server_ends_the_run() {
  start_and_wait
  kill -KILL "$(child_named 'serve$')"
  local status=0
  wait "$run_pid" || status=$?
  expect_equal "$status" 1
  expect_contains "$(<"$case_dir/out")" "$CENTRALITA_DATA/log/server.log"
  expect_all_gone
}

a_taken_port_is_named() {
  start_and_wait
  local first=$run_pid first_children=("${children[@]}") status=0
  local port=${url##*:}
  CENTRALITA_DATA=$scratch/other CENTRALITA_PORT=$port start_run
  wait "$run_pid" || status=$?
  expect_equal "$status" 1
  expect_contains "$(<"$case_dir/out")" "server.log"
  kill -TERM "$first"
  wait "$first" || true
  children=("${first_children[@]}")
  expect_all_gone
}

a_second_run_is_refused() {
  start_and_wait
  local first=$run_pid status=0
  start_run
  wait "$run_pid" || status=$?
  expect_equal "$status" 1
  expect_contains "$(<"$case_dir/out")" "another ./dev run uses"
  kill -TERM "$first"
  wait "$first" || true
  expect_all_gone
}

given_keys_are_not_printed() {
  export ADMIN_API_KEY=a-key-of-my-own-choice GROQ_API_KEY=groq-secret AZURE_SPEECH_KEY=azure-secret
  start_and_wait
  local children_args
  children_args=$(ps -o args= --ppid "$run_pid")
  kill -TERM "$run_pid"
  wait "$run_pid" || true
  expect_equal "$(grep -cE 'a-key-of-my-own|groq-secret|azure-secret' "$case_dir/out")" 0
  expect_equal "$(grep -c sandbox <<<"$children_args")" 0
}

test_case "./dev run answers, and Ctrl-C stops all it started" ctrl_c_stops_everything
test_case "SIGTERM does the same on the data of the first run" term_stops_everything
test_case "when the server dies the rest is stopped and its log is named" a_dying_server_ends_the_run
test_case "a port in use ends the run with the server's own words" a_taken_port_is_named
test_case "a second run on the same data is refused" a_second_run_is_refused
test_case "with keys given no sandbox starts, and no key is printed" given_keys_are_not_printed
end_of_cases

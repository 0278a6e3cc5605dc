#!/usr/bin/env bash
# The private PostgreSQL of ./dev run, with a real server: as an ordinary user where the tests run as
# one, as root's user postgres where they run as root.
set -euo pipefail
# shellcheck source=tests/house/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
source_dev_parts common packages postgres services

start_in() {
  mkdir -p "$1/log"
  stop_on_signals
  start_postgres "$1"
}

sql() { psql --no-psqlrc -qtA "$DATABASE_URL" -c "$1"; }

data_survives_a_restart() {
  start_in "$case_dir"
  sql "create table kept (n int); insert into kept values (7)"
  stop_services
  expect_equal "$(pgrep -f "postgres -D $case_dir" || true)" ""
  start_in "$case_dir"
  expect_equal "$(sql 'select n from kept')" 7
  expect_equal "$(sql 'show listen_addresses')" ""
  expect_equal "$(sql 'select current_database() || pg_encoding_to_char(encoding) from pg_database where datname = current_database()')" centralitaUTF8
}

long_paths_get_a_short_socket() {
  local long=$case_dir/a_folder_whose_name_is_long/so_that_the_path_of_a_socket_in_it/exceeds_what_the_kernel_allows
  mkdir -p "$long"
  start_in "$long"
  ((${#pg_socket_dir} < 90))
  expect_equal "$(sql 'select 1')" 1
  expect_equal "$(stat -c %a "$pg_socket_dir")" 700
  local short=$pg_socket_dir
  stop_services
  rmdir "$short"
}

odd_names_do_no_harm() {
  local odd="$case_dir/with space, comma and ñ"
  mkdir -p "$odd"
  start_in "$odd"
  expect_equal "$(sql 'select 1')" 1
  local socket=$pg_socket_dir
  stop_services
  rmdir "$socket"
}

roots_private_folder_is_left_alone() {
  ((EUID == 0)) || exit 77
  mkdir -m 700 "$case_dir/closed"
  mkdir "$case_dir/closed/data"
  start_in "$case_dir/closed/data"
  local home=$pg_home
  [[ $home == /var/lib/postgresql/centralita-* ]]
  expect_equal "$(stat -c %a "$case_dir/closed")" 700
  expect_equal "$(sql 'select 1')" 1
  stop_services
  rm -rf -- "$home"
}

a_lost_server_is_replaced() {
  start_in "$case_dir"
  local lost=$pg_pid
  pg_pid=
  start_in "$case_dir"
  expect_equal "$(sql 'select 1')" 1
  if alive "$lost"; then return 1; fi
}

gone() { ! alive "$1"; }

killed_outright_leaves_nothing() {
  local script=$case_dir/script.sh
  cat >"$script" <<TXT
set -euo pipefail
root='$root'
for part in common packages postgres services; do source "\$root/dev.d/\$part.sh"; done
mkdir -p '$case_dir/log'
start_postgres '$case_dir' >/dev/null
echo "\$pg_pid" >'$case_dir/pid'
wait
TXT
  bash "$script" &
  local script_pid=$!
  eventually test -s "$case_dir/pid"
  kill -KILL "$script_pid"
  eventually gone "$(<"$case_dir/pid")"
}

a_strangers_folder_is_refused() {
  ((EUID == 0)) || exit 77
  mkdir "$case_dir/postgres"
  chown nobody "$case_dir/postgres"
  expect_contains "$( (place_postgres "$case_dir") 2>&1 || true)" "does not belong to"
}

test_case "what was stored is there after a stop and a start" data_survives_a_restart
test_case "a path too long for a socket gets a short folder for it" long_paths_get_a_short_socket
test_case "spaces, commas and accents in the path do no harm" odd_names_do_no_harm
test_case "a folder that only root may enter stays so, and the cluster lives elsewhere" roots_private_folder_is_left_alone
test_case "a server lost by an earlier run is replaced" a_lost_server_is_replaced
test_case "PostgreSQL goes when the script is killed outright" killed_outright_leaves_nothing
test_case "a folder that belongs to somebody else is refused" a_strangers_folder_is_refused
end_of_cases

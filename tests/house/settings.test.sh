#!/usr/bin/env bash
# .env and the small things of dev.d/common.sh.
set -euo pipefail
# shellcheck source=tests/house/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
source_dev_parts common packages postgres services

env_values_are_taken_as_written() {
  cat >"$case_dir/.env" <<'TXT'
# a comment
PLAIN=one
export EXPORTED=two
QUOTED="three # not a comment"
SINGLE='$(touch never)'
TRAILING=four   # a comment
EQUALS=a=b=c
EMPTY=
SPACED = five
1BAD=six
TXT
  read_env_file "$case_dir/.env"
  expect_equal "$PLAIN,$EXPORTED,$QUOTED" "one,two,three # not a comment"
  # shellcheck disable=SC2016
  expect_equal "$SINGLE" '$(touch never)'
  expect_equal "$TRAILING,$EQUALS,$EMPTY,$SPACED" "four,a=b=c,,five"
}

environment_wins() {
  echo 'LOG_LEVEL=debug' >"$case_dir/.env"
  LOG_LEVEL=warning
  read_env_file "$case_dir/.env"
  expect_equal "$LOG_LEVEL" warning
}

example_env_sets_nothing() {
  local before after
  before=$(export -p)
  read_env_file "$root/.env.example"
  after=$(export -p)
  expect_equal "$(diff <(echo "$before") <(echo "$after") | grep -cE '="[^"]')" 0
}

socket_paths_survive_in_a_url() {
  expect_equal "$(percent_encode '/tmp/a b/ñ-%')" '%2Ftmp%2Fa%20b%2F%C3%B1-%25'
}

wildcard_hosts_are_asked_through_loopback() {
  CENTRALITA_HOST=0.0.0.0
  expect_equal "$(local_url 8000)" http://127.0.0.1:8000
  CENTRALITA_HOST=::
  expect_equal "$(local_url 8000)" 'http://[::1]:8000'
}

admin_key_is_made_once_and_private() {
  provide_admin_key "$case_dir"
  local first=$ADMIN_API_KEY
  expect_equal "${#first}" 48
  expect_equal "$(stat -c %a "$case_dir/admin_api_key")" 600
  ADMIN_API_KEY=
  provide_admin_key "$case_dir"
  expect_equal "$ADMIN_API_KEY" "$first"
}

missing_packages_are_named_alone() {
  is_debian || exit 77
  expect_equal "$(missing_packages bash centralita-does-not-exist dpkg)" centralita-does-not-exist
  expect_equal "$(missing_packages bash dpkg)" ""
  expect_equal "$(missing_packages)" ""
}

test_case "values of .env are taken as written, and nothing in them is run" env_values_are_taken_as_written
test_case "the environment wins over .env" environment_wins
test_case ".env.example copied as it is changes no setting" example_env_sets_nothing
test_case "a socket folder with spaces and accents survives in DATABASE_URL" socket_paths_survive_in_a_url
test_case "a wildcard host is asked for /ready through loopback" wildcard_hosts_are_asked_through_loopback
test_case "the admin key is made once and only its owner may read it" admin_key_is_made_once_and_private
test_case "only packages that are not installed count as missing" missing_packages_are_named_alone
end_of_cases

# shellcheck shell=bash
# For the tests of ./dev: each case is a sentence and a function, run in a subshell of its own with a
# folder of its own in $case_dir. Output is TAP.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cases=0
cases_failed=0
scratch=$(mktemp -d "${TMPDIR:-/tmp}/centralita-house.XXXXXX")
chmod 711 "$scratch"
trap 'rm -rf -- "$scratch"' EXIT

# The developer's own settings stay out of the tests.
unset DATABASE_URL ADMIN_API_KEY GROQ_API_KEY GROQ_BASE_URL AZURE_SPEECH_KEY AZURE_SPEECH_ENDPOINT \
  CENTRALITA_HOST CENTRALITA_PORT CENTRALITA_DATA CENTRALITA_VERBOSE

test_case() {
  local sentence=$1 status=0
  cases=$((cases + 1))
  case_dir=$scratch/$cases
  mkdir -m 711 "$case_dir"
  # Not under `if` or `||`: there bash would ignore set -e inside.
  set +e
  (
    trap - EXIT
    set -e
    "$2"
  ) >"$case_dir.out" 2>&1
  status=$?
  set -e
  if ((status == 77)); then
    printf 'ok %d - %s # SKIP as this user\n' "$cases" "$sentence"
  elif ((status == 0)); then
    printf 'ok %d - %s\n' "$cases" "$sentence"
  else
    cases_failed=$((cases_failed + 1))
    printf 'not ok %d - %s\n' "$cases" "$sentence"
    sed 's/^/#   /' "$case_dir.out"
  fi
}

end_of_cases() {
  printf '1..%d\n' "$cases"
  ((cases_failed == 0))
}

expect_equal() {
  [[ $1 == "$2" ]] || {
    printf 'expected: %s\nbut got:  %s\n' "$2" "$1"
    return 1
  }
}

expect_contains() {
  [[ $1 == *"$2"* ]] || {
    printf 'expected to find: %s\nin: %s\n' "$2" "$1"
    return 1
  }
}

# eventually COMMAND...: until it succeeds, at most 60 s.
eventually() {
  local left=1200
  until "$@"; do
    ((left-- > 0)) || {
      printf 'never came true: %s\n' "$*"
      return 1
    }
    sleep 0.05
  done
}

source_dev_parts() {
  local part
  for part in "$@"; do
    # shellcheck source=/dev/null
    source "$root/dev.d/$part.sh"
  done
}

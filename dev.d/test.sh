# shellcheck shell=bash
# ./dev test: every kind of test, one count. Each part leaves its output in build/test-results and
# adds to the two totals; a part that breaks down counts as one failure, never as nothing.

total_passed=0
total_failed=0
results=$root/build/test-results

# count PART COMMAND...: the command prints "PASSED FAILED" for that part.
count() {
  local part=$1 passed=0 failed=0
  shift
  read -r passed failed < <("$@") || true
  if ! [[ $passed =~ ^[0-9]+$ && $failed =~ ^[0-9]+$ ]]; then
    warn "the results of the $part tests cannot be read"
    passed=0 failed=1
  fi
  say "   $part: $passed passed, $failed failed"
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + failed))
}

# run_part PART COMMAND...: runs it with its output on the terminal and in the part's log, then counts
# the test lines in that log. With -q only failures are shown.
run_part() {
  local part=$1 log=$results/$1.log status=0
  shift
  say "== $part tests"
  "$@" 2>&1 </dev/null | tee "$log" | sed 's/^/   /' || status=${PIPESTATUS[0]}
  count "$part" python tools/test_results.py tap "$log" "$status"
}

# meson_tests LOG PROCESSES ARGUMENT...: leaves its results in build/meson-logs/LOG.json.
meson_tests() {
  local log=$1 processes=$2
  shift 2
  meson test -C build --no-rebuild --logbase "$log" --num-processes "$processes" "$@" </dev/null
}

cpp_tests() {
  local status=0 cores patient
  cores=$(nproc)
  say "== C++ tests"
  # A program that crashes writes no results; those of an earlier run must not stand in for them.
  rm -f build/*.xml build/meson-logs/testlog*
  if (($# > 0)); then
    meson_tests testlog $((cores + 1)) "$@" || status=$?
  else
    # Whole calls wait more than they compute. What has time gets what they leave of the processors.
    meson_tests testlog $((cores + 1)) --no-suite calls --no-suite patient || status=$?
    chrt --idle 0 meson test -C build --no-rebuild --logbase testlog-patient --suite patient </dev/null >"$results/patient.log" 2>&1 &
    patient=$!
    meson_tests testlog-calls $((cores + 2)) --suite calls || status=$?
    wait "$patient" || status=$?
    grep -E '^ *[0-9]+/[0-9]+ ' "$results/patient.log" || cat "$results/patient.log"
  fi
  count "C++" python tools/test_results.py meson build "$status"
}

web_tests() {
  [[ -f web/package.json ]] || return 0
  local status=0
  (cd web && NODE_OPTIONS="${NODE_OPTIONS:-} --test-reporter=tap" npm test) || status=$?
  # A page that asks for what the server's document does not have does not compile.
  if (cd web && npm run --silent check); then
    printf '%s\n' "ok 1 - the page's types hold against the server's description" "# pass 1"
  else
    printf '%s\n' "not ok 1 - the page's types hold against the server's description" "# fail 1"
    status=1
  fi
  return "$status"
}

house_tests() {
  local file status=0
  for file in tests/house/*.test.sh; do
    printf '# %s\n' "$file"
    bash "$file" || status=1
  done
  return "$status"
}

has_browser_tests() { compgen -G 'tests/browser/*.test.mjs' >/dev/null; }

finish_tests() {
  say
  if ((total_passed + total_failed == 0)); then
    warn "no test ran"
    total_failed=1
  fi
  say "$total_passed passed, $total_failed failed"
  ((total_failed == 0))
}

# The pictures of docs/images, which the READMEs show: as the dashboard is now.
screenshots_command() {
  (($# == 0)) || die "./dev screenshots takes no arguments"
  need_packages build compiler runtime sandbox tests pictures
  build_ordinary test
  bash tests/browser/run.sh screenshots
}

# What is asked for: words of this script, and names of meson's tests.
test_command() {
  local word cpp=() parts=() dev_word=test
  for word in "$@"; do
    case $word in
      web | browser | house | sdk) parts+=("$word") ;;
      cpp) parts+=(cpp) ;;
      -*) die "./dev test takes names of tests, not '$word'" ;;
      *) cpp+=("$word") ;;
    esac
  done
  ((${#cpp[@]} == 0)) || parts+=(cpp)
  ((${#parts[@]} > 0)) || parts=(cpp web house browser sdk)

  if ! prepare_tests; then
    say
    say "0 passed, 1 failed"
    return 1
  fi
  for word in "${parts[@]}"; do
    case $word in
      cpp) cpp_tests ${cpp[@]+"${cpp[@]}"} ;;
      web) [[ ! -f web/package.json ]] || run_part web web_tests ;;
      house) run_part house house_tests ;;
      sdk) run_part sdk bash tests/sdk/run.sh ;;
      browser) ! has_browser_tests || run_part browser bash tests/browser/run.sh ;;
    esac
  done
  finish_tests
}

# In a subshell, so that what dies in it is a failed test and not the end without a count.
prepare_tests() (
  need_packages build compiler runtime sandbox tests
  build_ordinary test
  mkdir -p "$results"
)

# A Python with ONNX Runtime, which the bench of voicevad compares with. Without it the bench says
# what it leaves out.
prepare_bench_python() {
  local folder=$1
  [[ ! -f $folder/ready ]] || return 0
  say "Fetching ONNX Runtime to compare with (PyPI, 20 MB)"
  if quietly "$(data_dir)/log/bench-venv.log" python -m venv --clear "$folder" &&
    quietly "$(data_dir)/log/bench-pip.log" "$folder/bin/pip" install --quiet onnxruntime numpy; then
    touch "$folder/ready"
  else
    warn "it cannot be installed; the bench goes on without it"
    rm -rf -- "$folder"
  fi
}

# In a build of its own, of the machine's compiler and as it is installed.
bench_command() {
  local dir=build-bench
  need_packages build runtime sandbox tests bench
  fetch_weights
  configure "$dir" --buildtype=release -Dwerror=false -Dtests=true
  export_build_environment "$dir"
  if (($# == 0)) || [[ " $* " == *" vad "* ]]; then prepare_bench_python "$dir/bench-python"; fi
  # Not --no-rebuild: a bench and what it needs are built when it is asked for.
  meson test -C "$dir" --benchmark --verbose "$@"
}

#!/usr/bin/env bash
# The count that ends ./dev test, held against real runs of `meson test` and of node's test runner.
set -euo pipefail
# shellcheck source=tests/house/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
source_dev_parts common

# A meson project without a compiler; its test program does what its argument says, and reports
# through --gtest_output as GoogleTest does.
make_project() {
  mkdir -p "$case_dir/src"
  cat >"$case_dir/src/program.py" <<'PY'
#!/usr/bin/env python3
import os, signal, sys
mode = sys.argv[1]
out = next((a.split('xml:')[1] for a in sys.argv if a.startswith('--gtest_output=')), None)
if mode == 'crash':
    print('last words before the crash', flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)
if mode == 'hang':
    signal.pause()
fail = '<failure message="expected 1, got 2" type=""/>' if mode == 'fail' else ''
if fail:
    print('[ RUN      ] Thing.Second\nexpected 1, got 2\n[  FAILED  ] Thing.Second (0 ms)')
with open(out if not out.endswith('/') else out + os.environ['NAME'] + '.xml', 'w') as f:
    f.write('<testsuites><testsuite name="Thing" tests="3">'
            '<testcase name="First" status="run" classname="Thing"/>'
            f'<testcase name="Second" status="run" classname="Thing">{fail}</testcase>'
            '<testcase name="DISABLED_Third" status="notrun" classname="Thing"/>'
            '</testsuite></testsuites>')
sys.exit(1 if fail or mode == 'exit' else 0)
PY
  chmod +x "$case_dir/src/program.py"
  {
    printf "project('sample')\nprogram = find_program('program.py')\n"
    local mode
    for mode in "$@"; do
      printf "test('%s', program, args : ['%s'], protocol : 'gtest', timeout : 2)\n" "$mode" "$mode"
    done
  } >"$case_dir/src/meson.build"
  meson setup "$case_dir/build" "$case_dir/src" >/dev/null
}

# Prints "PASSED FAILED"; what failed is left in $case_dir/said.
run_and_count() {
  local status=0
  meson test -C "$case_dir/build" >/dev/null 2>&1 || status=$?
  python "$root/tools/test_results.py" meson "$case_dir/build" "$status" 2>"$case_dir/said"
}

gtest_cases_are_counted() {
  make_project pass fail
  expect_equal "$(run_and_count)" "3 1"
  expect_contains "$(<"$case_dir/said")" "fail: Thing.Second"
  expect_contains "$(<"$case_dir/said")" "expected 1, got 2"
}

a_crash_is_a_failure() {
  make_project pass crash
  expect_equal "$(run_and_count)" "2 1"
  expect_contains "$(<"$case_dir/said")" "last words before the crash"
}

a_timeout_is_a_failure() {
  make_project pass hang
  expect_equal "$(run_and_count)" "2 1"
  expect_contains "$(<"$case_dir/said")" "hang: TIMEOUT"
}

a_bad_exit_after_passing_is_a_failure() {
  make_project exit
  expect_equal "$(run_and_count)" "2 1"
}

suites_are_counted_together() {
  make_project pass fail
  sed -i "/'fail'/s/)$/, suite : 'slow')/" "$case_dir/src/meson.build"
  meson test -C "$case_dir/build" --no-suite slow >/dev/null
  local status=0
  meson test -C "$case_dir/build" --suite slow --logbase testlog-slow >/dev/null 2>&1 || status=$?
  expect_equal "$(python "$root/tools/test_results.py" meson "$case_dir/build" "$status" 2>"$case_dir/said")" "3 1"
  expect_contains "$(<"$case_dir/said")" "fail: Thing.Second"
}

nothing_run_is_nothing_passed() {
  mkdir -p "$case_dir/build"
  expect_equal "$(python "$root/tools/test_results.py" meson "$case_dir/build" 0)" "0 0"
  expect_equal "$(python "$root/tools/test_results.py" meson "$case_dir/build" 1 2>/dev/null)" "0 1"
}

count_node() {
  local status=0
  cat >"$case_dir/a.test.mjs"
  # Not as a child of an outer runner, whose protocol node would then speak.
  env -u NODE_TEST_CONTEXT node --test --test-reporter="$1" "$case_dir/a.test.mjs" >"$case_dir/log" 2>&1 || status=$?
  python "$root/tools/test_results.py" tap "$case_dir/log" "$status" 2>"$case_dir/said"
}

node_totals_are_counted() {
  local tests="import test from 'node:test';
    test('good', () => {}); test('also good', () => {}); test('bad', () => { throw new Error('no'); });"
  expect_equal "$(count_node tap <<<"$tests")" "2 1"
  expect_equal "$(count_node spec <<<"$tests")" "2 1"
}

tap_lines_are_counted() {
  printf 'ok 1 - one\nnot ok 2 - two\nok 3 - three # SKIP not here\n1..3\n' >"$case_dir/log"
  expect_equal "$(python "$root/tools/test_results.py" tap "$case_dir/log" 1)" "1 1"
  printf 'ok 1 - one\n' >"$case_dir/log"
  expect_equal "$(python "$root/tools/test_results.py" tap "$case_dir/log" 1 2>/dev/null)" "1 1"
}

test_case "gtest cases are counted one by one, and the failing one's output is shown" gtest_cases_are_counted
test_case "a program that crashes is a failure" a_crash_is_a_failure
test_case "a program that hangs is a failure" a_timeout_is_a_failure
test_case "a program whose cases pass and which ends with an error is a failure" a_bad_exit_after_passing_is_a_failure
test_case "programs of several suites, run apart, are counted together and case by case" suites_are_counted_together
test_case "no results are no passes, and a failed run without results is a failure" nothing_run_is_nothing_passed
test_case "node's totals are counted in both of its formats" node_totals_are_counted
test_case "TAP lines are counted, skipped ones not, and a bad exit status is a failure" tap_lines_are_counted
end_of_cases

#!/usr/bin/env python3
"""Counts test results for ./dev test: prints "PASSED FAILED"; what failed goes to standard error.

  test_results.py meson BUILD STATUS   from every log of BUILD/meson-logs after `meson test` ended
                                       with STATUS, or one of several did
  test_results.py tap LOG STATUS       from a log of TAP lines or of node's test runner

Meson's own JUnit file is not enough: a program that crashes or times out has no cases in it (and a
timeout is not even marked there), so each program's result in testlog.json is held against it.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

GOOD = {'OK', 'SKIP', 'EXPECTEDFAIL'}


def indent(text, lines=60):
    rows = text.rstrip().splitlines()
    if len(rows) > lines:
        rows = [f'... {len(rows) - lines} lines before'] + rows[-lines:]
    return '\n'.join('      ' + row for row in rows)


def complain(what, text=''):
    print(f'   FAILED {what}', file=sys.stderr)
    if text.strip():
        print(indent(text), file=sys.stderr)


def bare(name):
    """Without the suites: "project:suite / name" in a project that has some."""
    return name.split(' / ')[-1]


def cases_by_program(junit):
    """Program name -> its gtest cases. Meson names such suites PROJECT.PROGRAM.SUITE."""
    cases = {}
    for suite in junit.iter('testsuite'):
        parts = suite.get('name', '').split('.', 2)
        if len(parts) == 3:
            cases.setdefault(bare(parts[1]), []).extend(suite.iter('testcase'))
    return cases


def bad(case):
    return case.find('failure') is not None or case.find('error') is not None


def ran(case):
    return case.get('status') != 'notrun' and case.find('skipped') is None


def output_of(case, stdout):
    """What the program wrote while this case ran, or the failure's own text."""
    name = re.escape(f"{case.get('classname')}.{case.get('name')}")
    found = re.search(rf'^\[ RUN      \] {name}\n(.*?)^\[  FAILED  \] {name}', stdout,
                      re.DOTALL | re.MULTILINE)
    if found:
        return found.group(1)
    return '\n'.join((f.get('message') or f.text or '') for f in case.iter('failure'))


def count_meson(build, status):
    passed = failed = 0
    programs, cases = [], {}
    for log in sorted((pathlib.Path(build) / 'meson-logs').glob('testlog*.json')):
        programs += [json.loads(line) for line in log.open()]
        junit = log.with_suffix('.junit.xml')
        if junit.exists():
            cases.update(cases_by_program(ElementTree.parse(junit)))
    for program in programs:
        stdout = program.get('stdout') or ''
        name = bare(program['name'])
        own = cases.get(name, [])
        failures = [case for case in own if bad(case)]
        for case in failures:
            complain(f"{name}: {case.get('classname')}.{case.get('name')}", output_of(case, stdout))
        passed += sum(1 for case in own if ran(case) and not bad(case))
        failed += len(failures)
        if program['result'] in GOOD:
            if not own and program['result'] == 'OK':
                passed += 1
        elif not failures:
            failed += 1
            complain(f"{name}: {program['result']}, exit status {program['returncode']}",
                     stdout + '\n' + (program.get('stderr') or ''))
    if status != 0 and failed == 0:
        failed = 1
        complain(f'meson test ended with status {status}')
    return passed, failed


def count_tap(log, status):
    text = pathlib.Path(log).read_text(errors='replace')
    totals = re.findall(r'^(?:#|ℹ) (pass|fail|cancelled) (\d+)$', text, re.MULTILINE)
    if totals:
        passed = sum(int(n) for word, n in totals if word == 'pass')
        failed = sum(int(n) for word, n in totals if word != 'pass')
    else:
        lines = re.findall(r'^(not ok|ok) \d+(?:.*?)( # SKIP.*)?$', text, re.MULTILINE)
        passed = sum(1 for word, skip in lines if word == 'ok' and not skip)
        failed = sum(1 for word, _ in lines if word == 'not ok')
    if status != 0 and failed == 0:
        failed = 1
        complain(f'the command ended with status {status}', text)
    return passed, failed


def main():
    kind, where, status = sys.argv[1:4]
    counts = {'meson': count_meson, 'tap': count_tap}[kind](where, int(status))
    print(*counts)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""Builds and runs the tests of one or more build folders and counts test cases.

Usage: run_tests.py FOLDER[:SUITE]... [-- WORD...]

A Catch2 program counts each of its test cases; any other program counts as one, or as many as its
last line "N passed, N failed" says. Prints each failure and, last, "N passed, N failed". Exit 1 if
any test failed or a build broke.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml

SECONDS_MAX = 900
CATCH_PROGRAM = re.compile(r'/(unit|conformance|live|properties|property|altered)_[a-z_]+$')
PLAIN_COUNT = re.compile(r'^(\d+) passed, (\d+) failed', re.M)


def introspect(folder, what):
    out = subprocess.run(['meson', 'introspect', folder, what], capture_output=True, text=True,
                         check=True).stdout
    return json.loads(out)


def tests_of(folder, suite):
    wanted = []
    for test in introspect(folder, '--tests'):
        suites = {name.split(':')[-1] for name in test['suite']}
        if suite is None or suite in suites:
            wanted.append(test)
    return wanted


def build(folder, suite):
    command = ['ninja', '-C', folder, '--quiet']
    if suite is not None:  # only what that suite's tests are made of
        programs = {os.path.relpath(test['cmd'][0], folder) for test in tests_of(folder, suite)}
        command += sorted(programs)
    return subprocess.run(command, check=False).returncode == 0


def case_failures(case):
    for expression in case.iter('Expression'):
        if expression.get('success') == 'false':
            words = ' '.join((expression.findtext('Expanded') or '').split())
            yield f"{expression.get('filename')}:{expression.get('line')}: {words}"
    for tag in ('Failure', 'Exception', 'FatalErrorCondition'):
        for failure in case.iter(tag):
            yield f"{tag}: {' '.join((failure.text or '').split())}"


def catch_result(path, output):
    """(passed, failed) of a Catch2 XML report, or None if there is no whole report."""
    try:
        root = xml.parse(path).getroot()
    except (OSError, xml.ParseError):
        return None
    totals = root.find('OverallResultsCases')
    if totals is None:
        return None
    for case in root.iter('TestCase'):
        if case.find('OverallResult').get('success') == 'false':
            output.append(f"  failed: {case.get('name')}")
            output.extend('    ' + line for line in case_failures(case))
    return int(totals.get('successes')), int(totals.get('failures'))


def run(test, report):
    """(passed, failed, lines to print) of one test."""
    is_catch = CATCH_PROGRAM.search(test['cmd'][0]) is not None
    command = test['cmd'] + (['-r', 'xml', '-o', report] if is_catch else [])
    environment = {**os.environ, **test['env']}
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors='replace',
                              env=environment, timeout=SECONDS_MAX, cwd=test['workdir'],
                              check=False)
        said, code = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as ended:
        said, code = f'not finished after {ended.timeout:.0f} s', 1
    lines = []
    counted = catch_result(report, lines) if is_catch else None
    if counted is None:
        plain = PLAIN_COUNT.findall(said)
        counted = (int(plain[-1][0]), int(plain[-1][1])) if plain else (int(code == 0), 0)
    passed, failed = counted
    if code != 0 and failed == 0:
        failed = 1
    if failed:
        lines += ['  | ' + line for line in said.splitlines()[-60:]]
    return passed, failed, lines


def main(arguments):
    split = arguments.index('--') if '--' in arguments else len(arguments)
    words = arguments[split + 1:]
    passed = failed = 0
    for argument in arguments[:split]:
        folder, _, suite = argument.partition(':')
        if not build(folder, suite or None):
            print(f'{folder}: the build failed')
            failed += 1
            continue
        for test in tests_of(folder, suite or None):
            if words and not any(word in test['name'] for word in words):
                continue
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as scratch:
                good, bad, lines = run(test, os.path.join(scratch, 'report.xml'))
            passed, failed = passed + good, failed + bad
            verdict = 'ok' if bad == 0 else 'FAILED'
            print(f"{verdict:6} {folder} {test['name']}: {good} passed, {bad} failed "
                  f"({time.monotonic() - began:.1f} s)", flush=True)
            for line in lines:
                print(line)
    print(f'{passed} passed, {failed} failed')
    return failed


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]) > 0)

#!/usr/bin/env python3
"""Replays a folder of scenarios and applies the list of known differences.

Usage: replay_scenarios.py WEND FOLDER DIFFERENCES

DIFFERENCES has a line for each scenario that a correct resolver need not pass: its path below FOLDER,
a tab, and the reason with RFC and section. A scenario that is listed and passes is a fault as well: the
list must not outlive its reasons. One that takes a defence away and fails ("skip ...: needs x-off; why") counts
as failed unless it is listed: whoever reads the list knows that it was looked at. Prints every other failure and, last, "N passed, N failed, N skipped".
Exit 1 if anything failed.
"""
import os
import re
import subprocess
import sys

DIFFERENCES_MAX = 10
VERDICT = re.compile(r'^(ok|not ok|skip) (.+?)(?:: (.*))?$')


def read_differences(path):
    listed = {}
    with open(path, encoding='utf-8') as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip('\n')
            if not line or line.startswith('#'):
                continue
            scenario, tab, reason = line.partition('\t')
            if not tab or not reason.strip():
                sys.exit(f'{path}:{number}: a path, a tab and a reason are wanted')
            listed[scenario] = reason
    if len(listed) > DIFFERENCES_MAX:
        sys.exit(f'{path}: {len(listed)} scenarios; at most {DIFFERENCES_MAX} are bearable')
    return listed


def main(wend, folder, differences_path):
    differences = read_differences(differences_path)
    done = subprocess.run([wend, 'replay', folder], capture_output=True, text=True,
                          errors='replace', check=False)
    counts = {'ok': 0, 'not ok': 0, 'skip': 0}
    for line in done.stdout.splitlines():
        match = VERDICT.match(line)
        if match is None:
            continue
        verdict, path = match.group(1), os.path.relpath(match.group(2), folder)
        if verdict == 'skip' and '; ' in (match.group(3) or ''):
            verdict = 'not ok'
        if path in differences:
            if verdict == 'ok':
                print(f'{line}\n  but it is listed as a difference; remove it from the list')
                verdict = 'not ok'
            elif verdict == 'not ok':
                print(f'difference {path}: {differences[path]}')
                verdict = 'skip'
        elif verdict == 'not ok':
            print(line)
        counts[verdict] += 1
    if done.returncode not in (0, 1) or sum(counts.values()) == 0:
        print(done.stderr[-4000:])
        print(f'wend replay ended with {done.returncode} after {sum(counts.values())} scenarios')
        counts['not ok'] += 1
    print(f"{counts['ok']} passed, {counts['not ok']} failed, {counts['skip']} skipped")
    return counts['not ok']


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]) > 0)

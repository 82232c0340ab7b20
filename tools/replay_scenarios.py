#!/usr/bin/env python3
"""Replays a folder of scenarios and applies the list of known differences.

Usage: replay_scenarios.py WEND FOLDER DIFFERENCES OPEN

DIFFERENCES has a line for each scenario that a correct resolver need not pass: its path below FOLDER,
a tab, and the reason with RFC and section. OPEN has one for each that it should pass and does not
yet, with what is missing. A scenario that is listed and passes is a fault as well: no list must
outlive its reasons. Prints every other failure and, last, "N passed, N failed, N skipped". Exit 1 if
anything failed.
"""
import os
import re
import subprocess
import sys

DIFFERENCES_MAX = 10
OPEN_MAX = 6
VERDICT = re.compile(r'^(ok|not ok|skip) (.+?)(?:: (.*))?$')


def read_list(path, most):
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
    if len(listed) > most:
        sys.exit(f'{path}: {len(listed)} scenarios; at most {most} are bearable')
    return listed


def main(wend, folder, differences_path, open_path):
    listed = {path: ('open', reason) for path, reason in read_list(open_path, OPEN_MAX).items()}
    for path, reason in read_list(differences_path, DIFFERENCES_MAX).items():
        listed[path] = ('difference', reason)
    done = subprocess.run([wend, 'replay', folder], capture_output=True, text=True,
                          errors='replace', check=False)
    counts = {'ok': 0, 'not ok': 0, 'skip': 0}
    for line in done.stdout.splitlines():
        match = VERDICT.match(line)
        if match is None:
            continue
        verdict, path = match.group(1), os.path.relpath(match.group(2), folder)
        if path in listed:
            kind, reason = listed[path]
            if verdict == 'ok':
                print(f'{line}\n  but it is listed as {kind}; remove it from the list')
                verdict = 'not ok'
            elif verdict == 'not ok':
                print(f'{kind} {path}: {reason}')
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
    sys.exit(main(*sys.argv[1:5]) > 0)

#!/usr/bin/env python3
"""Shells can read what `wend completions` writes, and every command and option is in it.

Usage: completions_test.py WEND SOURCE_ROOT
"""
import os
import shutil
import subprocess
import sys
import tempfile

from manual_test import commands_of_help, options_of_help, run, verbs_of_help

CHECKS = {'bash': ['-n'], 'zsh': ['-n'], 'fish': ['--no-execute']}

# Completes the words in $@, the last of which is being typed.
ASK_BASH = '''
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_wend
printf '%s\\n' "${COMPREPLY[@]}"
'''


def completed(script, *words):
    return run('bash', '-c', ASK_BASH, 'ask', script, *words).stdout.split()


def in_bash(wend, script):
    commands = commands_of_help(run(wend, '--help').stdout)
    if set(completed(script, 'wend', '')) != set(commands):
        yield f'wend TAB: {completed(script, "wend", "")} instead of {commands}'
    for command in commands:
        wanted = options_of_help(run(wend, command, '--help').stdout)
        found = set(completed(script, 'wend', command, '-'))
        if found != wanted:
            yield f'wend {command} -TAB: {sorted(found)} instead of {sorted(wanted)}'
    for words, wanted in ((('wend', 'res'), ['resolve']),
                          (('wend', 'completions', ''), ['bash', 'zsh', 'fish']),
                          (('wend', 'serve', '--config', ''), []),  # files, by bash itself
                          (('wend', 'check', '--strict', '--on'), ['--online'])):
        found = completed(script, *words)
        if found != wanted:
            yield f'{" ".join(words)}TAB: {found} instead of {wanted}'
    if 'ctl' in commands:
        verbs = {name.split()[0] for name, _ in verbs_of_help(run(wend, 'ctl', '--help').stdout)}
        if set(completed(script, 'wend', 'ctl', '')) != verbs:
            yield f'wend ctl TAB: {completed(script, "wend", "ctl", "")} instead of {verbs}'


def everywhere(wend, shell, text):
    for command in commands_of_help(run(wend, '--help').stdout):
        if f'wend {command}' not in text:
            yield f'{shell}: {command} is missing'
        for option in options_of_help(run(wend, command, '--help').stdout):
            told = option.lstrip('-') if shell == 'fish' else option
            if told not in text:
                yield f'{shell}: {command} {option} is missing'


def faults(wend, folder):
    for shell, flags in CHECKS.items():
        text = run(wend, 'completions', shell).stdout
        path = os.path.join(folder, shell)
        with open(path, 'w') as to:
            to.write(text)
        yield from everywhere(wend, shell, text)
        if not shutil.which(shell):
            print(f'not read by {shell}, which is not there')
            continue
        read = subprocess.run([shell, *flags, path], capture_output=True, text=True)
        if read.returncode != 0 or read.stderr:
            yield f'{shell} cannot read it: {read.stderr}'
    yield from in_bash(wend, os.path.join(folder, 'bash'))


def main():
    with tempfile.TemporaryDirectory() as folder:
        found = list(faults(sys.argv[1], folder))
    print('\n'.join(found))
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()

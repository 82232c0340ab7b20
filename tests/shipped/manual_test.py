#!/usr/bin/env python3
"""The manual says what `--help` says, no less and no more, and mandoc has nothing to say.

Usage: manual_test.py WEND SOURCE_ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

PAGES = {'serve': 'wend-serve.8.scd', 'replay': 'wend-replay.1.scd', 'ctl': 'wend-ctl.8.scd'}
HELP = {'-h', '--help'}  # told once, in wend(1)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)


def options_of_help(text):
    """{'-x', '--reverse'}: of the lines that begin with an option."""
    names = set()
    for line in re.findall(r'^  (-.*)$', text, re.M):
        told = re.split(r'  ', line.strip())[0]
        names |= set(re.findall(r'(?:^|[ ,])(-{1,2}[a-z][a-z-]*)', told))
    return names


def options_of_page(text):
    """The same of the terms, lines that begin with a bold option."""
    names = set()
    for line in re.findall(r'^\*-.*$', text, re.M):
        names |= set(re.findall(r'\*(-{1,2}[a-z][a-z-]*)\*', line))
    return names


def commands_of_help(text):
    return re.findall(r'^  ([a-z]+) {2,}\S', text.partition('Subcommands:')[2], re.M)


def verbs_of_help(text):
    """[(name and usage, help)]; the help is on the next line where there is no room for it."""
    block = text.partition('Verbs:\n')[2].partition('\n\n')[0]
    lines = re.sub(r'\n {20,}', '  ', block).splitlines()
    return [tuple(re.split(r' {2,}', line.strip(), maxsplit=1)) for line in lines]


def verbs_of_page(text):
    block = text.partition('# VERBS\n\n')[2].partition('# OPTIONS')[0]
    terms = re.findall(r'^(\*[a-z].*)\n\t(.*)\.$', block, re.M)
    return [(re.sub(r'[*\\]', '', term), words) for term, words in terms]


def section(page, command):
    return page.partition(f'## wend {command} ')[2].partition('\n#')[0]


def differences(where, of_help, of_page):
    for only, what in ((of_help - of_page, 'the page does not have'),
                       (of_page - of_help, 'only the page has')):
        if only:
            yield f'{where}: {what} {", ".join(sorted(only))}'


def faults(wend, man):
    page = open(f'{man}/wend.1.scd').read()
    top = run(wend, '--help').stdout
    own = page.partition('# OPTIONS')[2].partition('# COMMANDS')[0]
    yield from differences('wend(1)', options_of_help(top), options_of_page(own))
    commands = commands_of_help(top)
    if len(commands) < 6:
        yield 'wend --help could not be read'
    for command in commands:
        told = run(wend, command, '--help').stdout
        text = open(f'{man}/{PAGES[command]}').read() if command in PAGES else section(page, command)
        if not text:
            yield f'wend(1) has no section on {command}'
        yield from differences(command, options_of_help(told) - HELP, options_of_page(text) - HELP)
    for command in re.findall(r'^## wend (\w+)', page, re.M):
        if command not in commands:
            yield f'wend(1) has a command that there is not: {command}'
    if 'ctl' in commands:
        yield from verb_faults(wend, man)


def verb_faults(wend, man):
    of_help = verbs_of_help(run(wend, 'ctl', '--help').stdout)
    of_page = verbs_of_page(open(f'{man}/wend-ctl.8.scd').read())
    if of_help != of_page:
        yield 'wend-ctl(8): its verbs are not those of wend ctl --help; they are\n' + '\n'.join(
            f'{as_term(verb)}\n\t{words}.\n' for verb, words in of_help)


def as_term(verb):
    """The name of the verb is bold, and its usage is not."""
    return re.sub(r'^([a-z]+(?: [a-z]+(?![a-z|]))?)', r'*\1*', verb)


def lint(root):
    """What mandoc says of the pages as they are installed."""
    scdoc = shutil.which('scdoc')
    if not scdoc or not shutil.which('mandoc'):
        print('the pages were not made: there is no scdoc, or no mandoc')
        return
    keys = [f'{root}/{path}' for path in
            ('etc/wend.json', 'etc/wend.schema.json', 'docs/configuration.md')]
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(os.listdir(f'{root}/docs/man')):
            if '.scd' in source:
                made = f'{folder}/{source.split(".scd")[0]}'
                subprocess.run([sys.executable, f'{root}/tools/man.py', scdoc,
                                f'{root}/docs/man/{source}', made, *keys], check=True)
                yield from run('mandoc', '-T', 'lint', made).stdout.splitlines()


def main():
    wend, root = sys.argv[1:3]
    found = [*faults(wend, f'{root}/docs/man'), *lint(root)]
    print('\n'.join(found))
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()

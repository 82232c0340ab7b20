#!/usr/bin/env python3
"""The style as a test: format, coroutine lint, file and function size, include arrows.

Usage: tidy.py SOURCE_ROOT. Prints file:line: reason for each fault and exits 1 if there are any.
"""
import os
import re
import shutil
import subprocess
import sys

import lint_coro

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60

# room -> what it may include. A file name instead of a folder is all that is allowed of that folder.
ARROWS = {
    'base': {'base'},
    'dns': {'base', 'dns'},
    'cache': {'base', 'dns', 'cache'},
    'dnssec': {'base', 'dns', 'dnssec'},
    'transport': {'base', 'dns', 'transport'},
    'policy': {'base', 'dns', 'policy'},
    'resolver': {'base', 'dns', 'cache', 'dnssec', 'resolver', 'transport/network.h'},
    'observe': {'base', 'dns', 'dnssec', 'policy', 'observe'},
    'config': {'base', 'dns', 'dnssec', 'policy', 'config'},
    'control': {'base', 'dns', 'transport', 'observe', 'config', 'control',
                'dnssec/algorithms.h'},
    'sim': {'base', 'dns', 'dnssec', 'sim', 'transport/network.h', 'transport/wire_query.h',
            'transport/query_handler.h'},
    'server': {'base', 'dns', 'cache', 'dnssec', 'transport', 'resolver', 'policy', 'config',
               'observe', 'server'},
    'replay': {'base', 'dns', 'cache', 'dnssec', 'resolver', 'policy', 'config', 'observe', 'server',
               'sim', 'replay', 'transport/network.h', 'transport/wire_query.h',
               'transport/query_handler.h'},
}
# Header -> the files that may include it.
KEPT_IN = {
    'uv.h': re.compile(r'(transport/(uv_|listener)|tests/)'),
    'openssl/': re.compile(r'(dnssec/algorithms|transport/uv_tls|tests/|fuzz/)'),
    'llhttp.h': re.compile(r'transport/http1_grammar\.cc'),
    'nlohmann/': re.compile(r'(config/|control/|command/|server/verbs/|server/service/operations\.cc'
                            r'|tests/)'),
}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
SCOPE = re.compile(r'\b(namespace|class|struct|union|enum|extern)\b[^;(){}]*$')
CONTROL = re.compile(r'\b(if|for|while|switch|catch|do|else|try)\b')


def tracked(root):
    out = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=root,
                         capture_output=True, text=True, check=True).stdout
    return [path for path in out.splitlines()
            if path.endswith(('.cc', '.h')) and os.path.exists(os.path.join(root, path))]


def include_faults(path, text):
    room = path.split('/')[0]
    for match in INCLUDE.finditer(text):
        line = text.count('\n', 0, match.start()) + 1
        header = match.group(2)
        for kept, where in KEPT_IN.items():
            if header.startswith(kept) and not where.match(path):
                yield line, f'<{header}> does not belong in this file'
        if match.group(1) == '"' and room in ARROWS:
            allowed = ARROWS[room]
            if header.split('/')[0] not in allowed and header not in allowed:
                yield line, f'{room}/ must not look into {header}'


def size_faults(text):
    lines = text.count('\n')
    if lines > FILE_LINES_MAX:
        yield lines, f'{lines} lines; split by idea at {FILE_LINES_MAX}'
    for line, length in functions(lint_coro.blank(text)):
        if length > FUNCTION_LINES_MAX:
            yield line, f'a function of {length} lines; the limit is {FUNCTION_LINES_MAX}'


def functions(text):
    """Yields (first line, length) of each outermost function body."""
    text = re.sub(r'^\s*#.*$', '', text, flags=re.M)
    text = re.sub(r"'(?:\\.|[^'\\\n])'", '   ', text)
    stack, start, head_at = [], None, 0
    for at, char in enumerate(text):
        if char == '{':
            head = text[head_at:at]
            is_function = (start is None and ')' in head and not SCOPE.search(head)
                           and not CONTROL.search(head))
            stack.append(is_function)
            if is_function:
                start = head_at + len(head) - len(head.lstrip())
            head_at = at + 1
        elif char == '}':
            if stack and stack.pop():
                yield (text.count('\n', 0, start) + 1, text.count('\n', start, at) + 1)
                start = None
            head_at = at + 1
        elif char == ';':
            head_at = at + 1


def format_faults(root, paths):
    tool = shutil.which('clang-format-19')
    if tool is None:
        sys.exit('tidy: clang-format-19 is missing; ./test.sh installs it')
    done = subprocess.run([tool, '--dry-run', '--Werror', *paths], cwd=root, capture_output=True,
                          text=True, check=False)
    return sorted(set(re.findall(r'^([^:\n]+):\d+:\d+: error', done.stderr, re.M)))


def main(root):
    paths = tracked(root)
    bad = 0
    for path in paths:
        with open(os.path.join(root, path), encoding='utf-8') as file:
            text = file.read()
        for line, why in [*include_faults(path, text), *size_faults(text), *lint_coro.faults(text)]:
            print(f'{path}:{line}: {why}')
            bad += 1
    for path in format_faults(root, paths):
        print(f'{path}:1: not formatted; run clang-format-19 -i {path}')
        bad += 1
    print(f'tidy: {len(paths)} files, {bad} faults')
    return bad


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]) > 0)

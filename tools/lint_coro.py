#!/usr/bin/env python3
"""Text lint for g++ 12: co_await stands only in a statement of its own, with named arguments.

g++ 12.2 compiles other shapes without a warning and then never runs them, or destroys temporaries
twice (GCC PR 106188, 101976, 99576, 100611). Usage: lint_coro.py FILE...; exit 1 if any line is bad.
"""
import re
import sys

COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
HEAD = re.compile(r'\b(if|switch|while|for)\s*(?:constexpr\s*)?\(')
COROUTINE = re.compile(r'\bTask<[^;{}()]*>\s+[\w:]+\(')
AWAIT = re.compile(r'(?<!operator )\bco_await\b')
ALLOWED_BEFORE = re.compile(
    r'\s*(?:(?:const\s+)?[\w:<>,&*\s]+?=\s*|[\w.>\[\]()-]+\s*=\s*|co_return\s+)?$')
STRUCTURED_BINDING = re.compile(r'\s*(?:const\s+)?auto\s*(?:&&?)?\s*\[')


def blank(text):
    """The text with comments and strings replaced by spaces; lines stay where they are."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r'[^\n]', ' ', m.group(0)), text)


def closing(text, opening):
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in '([{') - (text[at] in ')]}')
        if depth == 0:
            return at
    return len(text) - 1


def statement_faults(text, match):
    start = max(text.rfind(c, 0, match.start()) for c in ';{}') + 1
    end = text.find(';', match.end())
    statement, operand = text[start:end], text[match.end():end]
    if len(AWAIT.findall(statement)) > 1:
        yield 'two co_await in one statement'
    if '?' in statement:
        yield 'co_await beside a ?: in one statement'
    if '{' in operand:
        yield 'braces in the operand of co_await'
    if re.search(r'[(,]\s*\[', operand):
        yield 'a lambda in the operand of co_await'
    if not ALLOWED_BEFORE.match(text[start:match.start()]):
        yield 'co_await is not the whole right-hand side'
    if STRUCTURED_BINDING.match(statement):
        yield 'a structured binding of a co_await (GCC PR 124584)'


def faults(text):
    text = blank(text)
    found = set()
    for match in HEAD.finditer(text):
        if 'co_await' in text[match.end():closing(text, match.end() - 1)]:
            found.add((match.start(), f'co_await inside the head of {match.group(1)}'))
    for match in COROUTINE.finditer(text):
        parameters = text[match.end():closing(text, match.end() - 1)]
        if re.search(r'[^=<>!]=[^=]', parameters):
            found.add((match.start(), 'a default argument on a coroutine'))
    for match in AWAIT.finditer(text):
        found.update((match.start(), why) for why in statement_faults(text, match))
    return sorted((text.count('\n', 0, at) + 1, why) for at, why in found)


def main(paths):
    bad = 0
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for line, why in faults(file.read()):
                print(f'{path}:{line}: {why}')
                bad += 1
    return bad


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]) > 0)

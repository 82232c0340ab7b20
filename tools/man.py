#!/usr/bin/env python3
"""Makes a manual page from docs/man: scdoc's output, without the empty paragraphs that mandoc warns of.

Usage: man.py SCDOC PAGE.scd OUTPUT [KEYS...]

PAGE.scd.in has @KEYS@, which becomes the configuration's keys; KEYS are then etc/wend.json,
etc/wend.schema.json and docs/configuration.md.
"""
import json
import re
import subprocess
import sys
import textwrap

LINE_MAX = 78
KEY = re.compile(r'^(\s*)"([^"]+)": *(.*)$')


def split_comment(line):
    """(code, comment or None); // within a string begins no comment."""
    in_string = False
    for at, char in enumerate(line):
        if char == '"' and line[at - 1:at] != '\\':
            in_string = not in_string
        if not in_string and line.startswith('//', at):
            return line[:at].rstrip(), line[at + 2:].strip()
    return line.rstrip(), None


def words_of_keys(text):
    """path -> (the words that stand at it, is it a section), in the order of the file."""
    words, sections, above, last = {}, [], [], None
    for line in text.splitlines():
        code, comment = split_comment(line)
        key = KEY.match(code)
        if key:
            while len(sections) > len(key[1]) // 2 - 1:
                sections.pop()
            last = '.'.join(sections + [key[2]])
            is_section = key[3] == '{'
            words[last] = (' '.join(above + ([comment] if comment else [])), is_section)
            if is_section:
                sections.append(key[2])
            above = []
        elif code.strip():
            above = []
        else:
            above = above + [comment] if comment is not None else []
    return words


def without_comments(text):
    return json.loads('\n'.join(split_comment(line)[0] for line in text.splitlines()))


def at(tree, path, step):
    for name in path.split('.'):
        tree = step(tree)[name] if step else tree[name]
    return tree


def kind_of(schema):
    if 'enum' in schema:
        return 'one of ' + ', '.join(json.dumps(value) for value in schema['enum'])
    kinds = schema.get('type', 'array')
    kinds = kinds if isinstance(kinds, list) else [kinds]
    names = {'integer': 'a whole number', 'string': 'a text', 'boolean': 'true or false',
             'array': 'a list', 'null': 'null', 'object': 'an object'}
    text = ' or '.join(names[kind] for kind in kinds)
    if 'minimum' in schema and 'maximum' in schema:
        text += f' from {schema["minimum"]} to {schema["maximum"]}'
    return text


def escaped(text):
    return re.sub(r'([\\*_#~<>`])', r'\\\1', text)


def sentence(text):
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith(('.', ':')) else text + '.'


def keys_page(config_text, schema, holds_text):
    config, words = without_comments(config_text), words_of_keys(config_text)
    holds = dict((row[0], (row[1], row[2].strip())) for row in re.findall(
        r'^\| `([^`]+)` \| (\w+) \|([^|]*)\|$', holds_text, re.M))
    lines = []
    for path, (said, is_section) in words.items():
        if path == '$schema':
            continue
        if is_section:
            if said:
                lines += [escaped(sentence(said)), '']
            continue
        of_schema = at(schema, path, lambda tree: tree['properties'])
        said = said or of_schema.get('description', '')
        if not said:
            sys.exit(f'{path} has a word neither in etc/wend.json nor in the schema')
        when, flushes = holds.pop(path)
        default = json.dumps(at(config, path, None))
        facts = f'{kind_of(of_schema)}; default {default}; {when}'
        facts += f'; flushes {flushes}' if flushes else ''
        lines += [f'*{escaped(path)}*', '\t' + escaped(facts) + '.', '',
                  '\t' + escaped(sentence(said)), '']
    if holds:
        sys.exit(f'not in etc/wend.json: {", ".join(holds)}')
    return '\n'.join(lines)


def tidied(roff):
    """scdoc's roff: no paragraph that has nothing in it, no line too long, the title in capitals."""
    kept, filled = [], True
    for line in roff.splitlines():
        filled = {'.nf': False, '.fi': True}.get(line, filled)
        if line.startswith('.TH "'):
            line = re.sub(r'^\.TH "[^"]*"', lambda title: title[0].upper(), line)
        follows_break = kept and kept[-1].split(' ')[0] in ('.SH', '.SS', '.RS', '.P', '.TH')
        if line == '.P' and follows_break:
            continue
        # What ends an indented part has its space behind it.
        was_paragraph = kept and kept[-1] == '.P'
        if was_paragraph and line.split(' ')[0] in ('.SH', '.SS', '.RE', '.P'):
            kept.pop()
        if was_paragraph and line == '.RE':
            kept += ['.RE', '.P']
            continue
        if filled and not line.startswith(('.', "'")):
            kept += textwrap.wrap(line, LINE_MAX, break_long_words=False, break_on_hyphens=False)
        else:
            kept.append(line)
    while kept[-1] == '.P':
        kept.pop()
    return '\n'.join(kept) + '\n'


def main():
    scdoc, page, output = sys.argv[1:4]
    text = open(page, encoding='utf-8').read()
    if page.endswith('.in'):
        config, schema, holds = (open(path, encoding='utf-8').read() for path in sys.argv[4:7])
        text = text.replace('@KEYS@', keys_page(config, json.loads(schema), holds))
    made = subprocess.run([scdoc], input=text, capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f'{page}: {made.stderr}')
    with open(output, 'w', encoding='utf-8') as to:
        to.write(tidied(made.stdout))


if __name__ == '__main__':
    main()

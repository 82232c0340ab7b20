#!/usr/bin/env python3
"""Measures the resolvers side by side and prints one table for each kind of work. bench/run.sh starts it
inside a network namespace; docs/performance.md says what the kinds are and keeps the last tables."""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys

import bursts
import closed_internet
import floods
import kinds
import policies
import processes
import resolvers
import table

KINDS = {kind.name: kind for kind in (*kinds.KINDS, *floods.KINDS, *bursts.KINDS, *policies.KINDS)}


def contestant(text):
    name, _, path = text.partition('=')
    if not re.fullmatch(r'[\w-]+', name) or not path:
        raise argparse.ArgumentTypeError(f'{text} is not NAME=PATH, NAME of letters, digits, "-" and "_"')
    return name, path


def arguments():
    parser = argparse.ArgumentParser(prog='bench/run.sh', description=__doc__)
    parser.add_argument('what', nargs='*', choices=[[], *KINDS], help='kinds of work; all')
    parser.add_argument('--rounds', type=int, default=0, help='0: as many as fit in two minutes')
    parser.add_argument('--no-validation', action='store_true')
    parser.add_argument('--only', default='', help='names of resolvers, with commas between')
    parser.add_argument('--beside', action='append', default=[], type=contestant, metavar='NAME=PATH',
                        help="another wend's binary, measured wherever wend is; as often as wanted")
    parser.add_argument('--local-ports', nargs=2, type=int, metavar=('FIRST', 'LAST'),
                        help='from which the kernel draws ports; its default otherwise')
    parser.add_argument('--zones', type=int, default=4000)
    parser.add_argument('--seed', type=int, default=1)
    for place in ('peers', 'build', 'work', 'caller'):
        parser.add_argument(f'--{place}', required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name, path in options.beside:
        program = os.path.join(options.caller, path)
        if not os.path.isfile(program) or not os.access(program, os.X_OK):
            parser.error(f'{name}: {program} is no program')
        if name in resolvers.COMMANDS:
            parser.error(f'{name} takes part already')
        resolvers.add_wend(name, program)
    return options


def contestants(kind, options):
    """Who takes part: what is put beside wend does wherever wend does."""
    only = options.only.split(',') if options.only else kind.resolvers
    names = [name for name in kind.resolvers if name in only]
    if 'wend' in names:
        at = names.index('wend') + 1
        names[at:at] = [name for name, _ in options.beside]
    return names


def lay_over_usr(peers):
    """The unpacked packages, where their programs look for their files. Seen by this process alone."""
    if os.path.isdir(f'{peers}/usr'):
        done = subprocess.run(['mount', '-t', 'overlay', 'overlay', '-o',
                               f'lowerdir={peers}/usr:/usr', '/usr'], capture_output=True, text=True)
        if done.returncode != 0:
            print(f'the peers cannot be laid over /usr: {done.stderr.strip()}', file=sys.stderr)


def measure(kind, names, bench, rounds):
    """name -> one result for each round, the resolvers taking turns."""
    results = {name: [] for name in names}
    for round_number in range(rounds):
        for name in list(results):
            try:
                results[name].append(kind.measure(bench, name))
                print(f'  {kind.name} {round_number + 1}/{rounds} {name}: {results[name][-1]}',
                      file=sys.stderr)
            except resolvers.CannotRun as error:
                print(f'  {name} cannot run and is left out: {error}', file=sys.stderr)
                del results[name]
    return results


def median(rounds, key):
    values = [result[key] for result in rounds if result.get(key) is not None]
    return statistics.median(values) if values else None


def shares(wends, rounds):
    """wend's cost as a share of this one's, round by round: what the host does to both cancels out."""
    return [wend['cpu_us'] / other['cpu_us'] for wend, other in zip(wends, rounds)
            if wend.get('cpu_us') and other.get('cpu_us')]


def summary(rounds, wends):
    keys = dict.fromkeys(key for result in rounds for key in result)
    row = {key: median(rounds, key) for key in keys}
    row['shares'] = shares(wends, rounds)
    costs = [result['cpu_us'] for result in rounds if result.get('cpu_us')]
    if len(costs) > 1:
        row['noise'] = (max(costs) - min(costs)) / statistics.median(costs)
    return row


def run(options):
    processes.go_first()
    closed_internet.set_up_network(options.local_ports)
    lay_over_usr(options.peers)
    os.makedirs(options.work, exist_ok=True)
    internet = closed_internet.Internet(options.build, options.work, options.zones, options.seed)
    setting = resolvers.Setting(internet, options.build, os.path.join(options.work, 'run'),
                                not options.no_validation)
    bench = kinds.Bench(internet, setting, options.build)
    try:
        for what in options.what or KINDS:
            kind = KINDS[what]
            try:
                internet.move(kind.away_ms)
            except closed_internet.NoWire as error:
                print(f'  {what} is left out: {error}', file=sys.stderr)
                continue
            found = measure(kind, contestants(kind, options), bench, options.rounds or kind.rounds)
            rows = {name: summary(rounds, found.get('wend', [])) for name, rounds in found.items()
                    if rounds}
            table.print_table(kind, rows, len(next(iter(found.values()), [])),
                              validating=not options.no_validation)
    finally:
        internet.end()
        shutil.rmtree(os.path.join(options.work, 'run'), ignore_errors=True)


if __name__ == '__main__':
    run(arguments())

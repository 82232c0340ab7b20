"""The kinds of work that are measured: what is asked, and what is read off the server meanwhile."""
import json
import subprocess
import time

import processes
import resolvers

ALL = ('wend', 'unbound', 'knot', 'powerdns', 'bind')
HOT_NAMES = 100
ZIPF_COUNT = 60_000
DISTINCT_WARM_UP = 2_000
DISTINCT_COUNT = 60_000


class Bench:
    """What all measurements stand on."""

    def __init__(self, internet, setting, build):
        self.internet = internet
        self.setting = setting
        self.build = build

    def load_command(self, **options):
        command = [f'{self.build}/bench/load', '--server', f'{resolvers.ADDRESS}:53']
        options.setdefault('client_base', '10.53.0.1')
        if options.get('order') != 'distinct':
            options.setdefault('names', self.internet.file('names.txt'))
        for key, value in options.items():
            command += [f'--{key.replace("_", "-")}'] + ([] if value is True else [str(value)])
        return command

    def load(self, core=processes.OTHER_CORE, **options):
        return json.loads(processes.run(self.load_command(**options), core))


def cost(process, bench, count_upstream=False, **load):
    """One load and what it cost the server."""
    upstream = bench.internet.queries() if count_upstream else 0
    before = process.cpu_seconds()
    told = bench.load(**load)
    cpu = process.cpu_seconds() - before
    answered = max(1, told['answered'])
    result = {
        'cpu_us': 1e6 * cpu / answered,
        'per_second': told['answered'] / told['seconds'],
        'p50_us': told['p50_us'], 'p99_us': told['p99_us'], 'p999_us': told['p999_us'],
        'lost': told['lost'],
        'failed': told['servfail'] + told['refused'],
    }
    if count_upstream:
        result['upstream'] = (bench.internet.queries() - upstream) / answered
    return result


class Kind:
    away_ms = 0   # of the internet's servers, there and back
    columns = ()  # of the table, before those of all kinds: key, heading, format

    def __init__(self, name, says, names, rounds, measure_one):
        self.name = name
        self.says = says
        self.resolvers = names
        self.rounds = rounds
        self.measure_one = measure_one

    def measure(self, bench, name):
        process = resolvers.start(name, bench.setting)
        try:
            return self.measure_one(bench, process)
        finally:
            process.end()


def hot(bench, process):
    names = {'first': HOT_NAMES, 'window': 512, 'clients': 8}
    bench.load(order='once', first=HOT_NAMES, window=50)
    bench.load(order='round', seconds=0.3, **names)
    return cost(process, bench, order='round', seconds=2, patience=2, **names)


def zipf(bench, process):
    return cost(process, bench, True, order='zipf', count=ZIPF_COUNT, window=256, clients=64,
                dnssec=True)


def cold(bench, process):
    return cost(process, bench, True, order='once', window=128, clients=64, dnssec=True)


def distinct(bench, process):
    ask = {'order': 'distinct', 'window': 256, 'clients': 64}
    bench.load(count=DISTINCT_WARM_UP, suffix='warm.wild.t8.', **ask)
    before = process.resident_octets()
    result = cost(process, bench, True, count=DISTINCT_COUNT, suffix='wild.t8.', **ask)
    result['octets'] = (process.resident_octets() - before) / DISTINCT_COUNT
    return result


class Start(Kind):
    """From exec to the first answer that needs no network, and what is resident then."""

    def measure(self, bench, name):
        work = bench.setting.folder(name)
        command = resolvers.COMMANDS[name](bench.setting, work)
        process = processes.Process(command, processes.SERVER_CORE, f'{work}/out.log', cwd=work)
        try:
            seconds = processes.seconds_to_answer(resolvers.ADDRESS, 'localhost.', process,
                                                  step=0.001)
            if seconds is None:
                raise resolvers.CannotRun(process.last_words())
            time.sleep(0.3)
            return {'start_ms': 1000 * seconds, 'resident_mib': process.resident_octets() / 2**20}
        finally:
            process.end()


class Cores(Kind):
    """wend with one worker and with two, on both cores, the generator beside it on both. What two
    workers could do with two whole cores is told by what a query costs each."""

    def measure(self, bench, name):
        bench.setting.threads = int(name.split('-')[1])
        try:
            process = resolvers.start('wend', bench.setting, core=None)
            try:
                bench.load(order='once', first=HOT_NAMES, window=50)
                result = cost(process, bench, core=None, order='round', first=HOT_NAMES, seconds=3,
                              window=1_024, clients=64)
            finally:
                process.end()
        finally:
            threads, bench.setting.threads = bench.setting.threads, 1
        result['could'] = threads * 1e6 / result['cpu_us']
        return result


class Micro(Kind):
    """One composed hit without sockets: instructions by callgrind, time by google-benchmark."""

    def measure(self, bench, name):
        told = json.loads(processes.run([f'{bench.build}/bench/micro', '--benchmark_format=json',
                                         f'--benchmark_filter=^{name}$']))
        return {'cpu_us': told['benchmarks'][0]['cpu_time'] / 1000,
                'instructions': instructions(bench, name)}


def instructions(bench, name):
    """Of one pass: what 2,000 more passes add, divided by their number."""
    totals = []
    for passes in (1_000, 3_000):
        done = subprocess.run(
            ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
             f'{bench.build}/bench/micro', '--passes', name, str(passes)],
            capture_output=True, text=True, timeout=110)
        totals.append(int(done.stderr.split('Collected :')[1].split()[0]))
    return (totals[1] - totals[0]) / 2_000


KINDS = (
    Kind('hot', '100 names in the cache, 512 queries in flight',
         ('wend', 'echo', *ALL[1:]), 5, hot),
    Kind('zipf', f'{ZIPF_COUNT} questions, the n-th of 16,000 names as often as 1/n, DO set, the '
         'cache empty at first', ALL, 3, zipf),
    Kind('cold', '16,000 names in 4,000 zones, each once, DO set, the cache empty at first', ALL, 5,
         cold),
    Kind('distinct', f'{DISTINCT_COUNT} names below a wildcard, each once', ALL, 3, distinct),
    Start('start', 'from exec to the first answer from local data', ALL, 3, None),
    Cores('cores', 'hot, on both cores, the generator beside it', ('workers-1', 'workers-2'), 3, None),
    Micro('micro', 'one cached answer from datagram to datagram, without sockets',
          ('hit', 'hit_dnssec', 'alias_hit'), 1, None),
)

"""Honest clients beside names that somebody makes up below a zone whose servers are dead."""
import json
import subprocess
import time

import processes
import resolvers
from kinds import ALL, Kind

HONEST_RATE = 4_000  # a second: nine in ten of names that were asked before, one in ten new
KNOWN_NAMES = 4_000
PATIENCE = 3
LEAD_SECONDS = 1  # of the flood

FLOOD_SECONDS = 6
ATTACK_RATE = 8_000
ATTACK_WINDOW = 16_384

OPEN_SECONDS = 3
CALM_SECONDS = 0.3   # before the flood begins
ONSET_SECONDS = 1.0  # after that
OPEN_RATES = (8_000, 20_000, 60_000, 120_000)
OPEN_PATIENCE = 0.4  # times the rate, fewer than fit in the window: nothing waits for an answer
OPEN_WINDOW = 65_536

CLOSED_SECONDS = 5
CLOSED_WINDOW = 16_000
CLOSED_PATIENCE = 2
SHARED_ADDRESS = '10.66.0.7'  # of a flooder and of an honest client
SHARED_RATE = 100


def side_by_side(bench, loads):
    return [end(child) for child in [begin(bench, load) for load in loads]]


def end(child):
    return json.loads(child.communicate(timeout=60)[0])


def begin(bench, load):
    return subprocess.Popen(bench.load_command(**load), stdout=subprocess.PIPE, text=True,
                            preexec_fn=lambda: processes.pin(processes.OTHER_CORE))


def made_up(seconds, **options):
    return {'order': 'distinct', 'suffix': 'dead.t9.', 'client_base': '10.66.0.1',
            'seconds': LEAD_SECONDS + seconds + 1, **options}


def honest(seconds, skip=KNOWN_NAMES):
    """Known names, and new ones from the skip-th on."""
    return [{'order': 'zipf', 'first': KNOWN_NAMES, 'window': 16_384, 'clients': 32,
             'patience': PATIENCE, 'rate': HONEST_RATE * 0.9, 'seconds': seconds},
            {'order': 'once', 'skip': skip, 'window': 4_096, 'clients': 32, 'patience': PATIENCE,
             'rate': HONEST_RATE * 0.1, 'client_base': '10.54.0.1', 'seconds': seconds}]


def shared(seconds):
    """The same from an address that floods."""
    return [dict(load, clients=1, client_base=SHARED_ADDRESS, rate=SHARED_RATE)
            for load in honest(seconds, skip=3 * KNOWN_NAMES)]


def warm(bench):
    bench.load(order='once', first=KNOWN_NAMES, window=64, clients=32)


def kept(loads, rate, seconds):
    """The share of good answers: of what was sent, unless the load could not keep its rate."""
    due = rate * seconds
    sent = sum(each['sent'] for each in loads)
    return sum(each['noerror'] for each in loads) / (sent if sent > 0.99 * due else due)


def flood(bench, process):
    """Calm, and then beside random names, as many as 16,384 of them in flight from 256 addresses."""
    warm(bench)
    calm = side_by_side(bench, honest(FLOOD_SECONDS))
    attack = begin(bench, made_up(FLOOD_SECONDS, clients=256, window=ATTACK_WINDOW,
                                  rate=ATTACK_RATE, patience=10))
    time.sleep(LEAD_SECONDS)
    before = process.cpu_seconds()
    stormy = side_by_side(bench, honest(FLOOD_SECONDS, skip=2 * KNOWN_NAMES))
    cpu = process.cpu_seconds() - before
    told = end(attack)
    good = [sum(each['noerror'] for each in loads) for loads in (calm, stormy)]
    return {
        'calm': good[0] / FLOOD_SECONDS, 'per_second': good[1] / FLOOD_SECONDS,
        'kept': good[1] / max(1, good[0]),
        'kept_known': stormy[0]['noerror'] / max(1, calm[0]['noerror']),
        'kept_fresh': stormy[1]['noerror'] / max(1, calm[1]['noerror']),
        'p50_us': stormy[0]['p50_us'], 'p99_us': stormy[0]['p99_us'],
        'lost': sum(each['lost'] for each in stormy),
        'failed': sum(each['servfail'] for each in stormy),
        'busy': cpu / FLOOD_SECONDS, 'attack_lost': told['lost'],
    }


class Floods(Kind):
    """Open loop: the flood waits for nothing. Each rate meets a server that was just started. The onset,
    from before the flood's first name until a second after it, is counted apart. "overflow" are
    datagrams, of whoever, that found a socket's receive buffer full."""
    columns = (*((f'kept_{rate}', f'kept at {rate}', '{:.4f}') for rate in OPEN_RATES),
               *((f'onset_{rate}', f'onset of {rate}: kept', '{:.3f}') for rate in OPEN_RATES),
               *((f'p50_{rate}', f'p50 us at {rate}', '{:.0f}') for rate in OPEN_RATES),
               ('sent', f'sent/s of {OPEN_RATES[-1]}', '{:.0f}'),
               ('overflow', 'overflow', '{:.0f}'))

    def __init__(self, name, says, clients):
        super().__init__(name, says, ALL, 1, None)
        self.clients = clients

    def measure(self, bench, name):
        result = {'lost': 0, 'failed': 0, 'overflow': 0}
        for rate in OPEN_RATES:
            process = resolvers.start(name, bench.setting)
            full = processes.datagrams_without_room()
            try:
                onset, stormy, told = self.storm(bench, rate)
            finally:
                process.end()
            result['overflow'] += processes.datagrams_without_room() - full
            result[f'kept_{rate}'] = kept(stormy, HONEST_RATE, OPEN_SECONDS)
            result[f'onset_{rate}'] = kept(onset, HONEST_RATE, CALM_SECONDS + ONSET_SECONDS)
            result[f'p50_{rate}'] = stormy[0]['p50_us']
            result['lost'] += sum(each['lost'] for each in onset + stormy)
            result['failed'] += sum(each['servfail'] for each in onset + stormy)
            result['sent'] = told['sent'] / (LEAD_SECONDS + OPEN_SECONDS + 1)
        return result

    def storm(self, bench, rate):
        warm(bench)
        onset = [begin(bench, load) for load in honest(CALM_SECONDS + ONSET_SECONDS,
                                                       skip=2 * KNOWN_NAMES)]
        time.sleep(CALM_SECONDS)
        attack = begin(bench, made_up(OPEN_SECONDS, clients=self.clients, window=OPEN_WINDOW, rate=rate,
                                      patience=OPEN_PATIENCE))
        time.sleep(ONSET_SECONDS)
        stormy = side_by_side(bench, honest(OPEN_SECONDS))
        return [end(load) for load in onset], stormy, end(attack)


def flood_closed(bench, process):
    """The flood asks anew for each reply it gets; what is left in silence, after two seconds."""
    warm(bench)
    attack = begin(bench, made_up(CLOSED_SECONDS, clients=256, window=CLOSED_WINDOW,
                                  patience=CLOSED_PATIENCE))
    time.sleep(LEAD_SECONDS)
    before, full = process.cpu_seconds(), processes.datagrams_without_room()
    told = side_by_side(bench, honest(CLOSED_SECONDS) + shared(CLOSED_SECONDS))
    cpu = process.cpu_seconds() - before
    full = processes.datagrams_without_room() - full
    flooded = end(attack)
    return {
        'kept': kept(told[:2], HONEST_RATE, CLOSED_SECONDS),
        'p50_us': told[0]['p50_us'], 'p99_us': told[0]['p99_us'], 'fresh_p50': told[1]['p50_us'],
        'shared_known': kept(told[2:3], SHARED_RATE, CLOSED_SECONDS),
        'shared_known_p50': told[2]['p50_us'],
        'shared_fresh': kept(told[3:], SHARED_RATE, CLOSED_SECONDS),
        'shared_fresh_p50': told[3]['p50_us'],
        'lost': sum(each['lost'] for each in told), 'failed': sum(each['servfail'] for each in told),
        'overflow': full, 'busy': cpu / CLOSED_SECONDS,
        'sent': flooded['sent'] / (LEAD_SECONDS + CLOSED_SECONDS + 1),
    }


class FloodClosed(Kind):
    columns = (('fresh_p50', 'new names, p50 us', '{:.0f}'),
               ('shared_known', 'flooding address, cached: kept', '{:.3f}'),
               ('shared_known_p50', 'p50 us', '{:.0f}'),
               ('shared_fresh', 'flooding address, new names: kept', '{:.3f}'),
               ('shared_fresh_p50', 'p50 us', '{:.0f}'),
               ('sent', 'flood/s', '{:.0f}'),
               ('overflow', 'overflow', '{:.0f}'))


BESIDE = f'{HONEST_RATE} honest queries a second beside'
KINDS = (
    Kind('flood', f'{BESIDE} {ATTACK_RATE} random names of a dead zone', ALL, 1, flood),
    Floods('floods', f'{BESIDE} random names of a dead zone from 256 addresses, open loop', 256),
    Floods('floods-one', f'{BESIDE} random names of a dead zone from one address, open loop', 1),
    FloodClosed('flood-closed', f'{BESIDE} random names of a dead zone, {CLOSED_WINDOW} in flight from 256 '
                'addresses, one of them an honest client\'s', ALL, 1, flood_closed),
)

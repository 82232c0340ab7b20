"""Many names at once that nobody asked for before, from one address, in an internet that is far away."""
import processes
import resolvers
from kinds import ALL, Kind

AWAY_MS = 200  # there and back
RATE = 4_000
RAMP_SECONDS = 5
LOADS = {  # of one client each; all 16,000 names at most
    'once': {'count': 3_000, 'window': 3_000},
    'queue': {'window': 1_000},
    'ramp': {'rate': RATE, 'ramp': RAMP_SECONDS, 'window': 32_768,
             'seconds': RAMP_SECONDS / 2 + 16_000 / RATE},
}
SAYS = {'once': '3,000 at once', 'queue': '1,000 in flight', 'ramp': f'to {RATE}/s'}


class Burst(Kind):
    """Each load meets a cache that is empty. What is not answered within 5 s is lost, as a stub has it;
    "overflow" are datagrams that found a socket's receive buffer full, the server's or the load's."""
    away_ms = AWAY_MS
    columns = (*((f'{load}_share', f'{says}: answered', '{:.4f}') for load, says in SAYS.items()),
               *((f'{load}_{end}', f'{says}: {end}', '{:.0f}') for load, says in SAYS.items()
                 for end in ('SERVFAIL', 'lost', 'overflow')),
               ('queue_rate', f'{SAYS["queue"]}: answers/s', '{:.0f}'))

    def measure(self, bench, name):
        result = {}
        for load, options in LOADS.items():
            process = resolvers.start(name, bench.setting)
            full = processes.datagrams_without_room()
            try:
                told = bench.load(order='once', clients=1, patience=5, **options)
            finally:
                process.end()
            result[f'{load}_share'] = told['noerror'] / told['sent']
            result[f'{load}_SERVFAIL'] = told['servfail']
            result[f'{load}_lost'] = told['lost']
            result[f'{load}_overflow'] = processes.datagrams_without_room() - full
            if load == 'queue':
                result['queue_rate'] = told['answered'] / told['seconds']
        return result


KINDS = (
    Burst('burst', f'cold names from one address, servers {AWAY_MS} ms away: 3,000 at once; 16,000, 1,000 '
          f'of them in flight; 16,000 at a rate that grows to {RATE} a second', ALL, 1, None),
)

"""Names that are withheld: what a list of a million costs each resolver, in memory, at its start, while it is
read again, and for every query. The names are made up from a seed; none is real."""
import os
import random
import signal
import subprocess
import threading
import time

import kinds
import processes
import resolvers

SEED = 7
TOPS = ('com', 'net', 'org', 'info', 'xyz', 'top', 'online', 'site', 'club', 'shop', 'de', 'ru', 'co.uk', 'io')
TOP_WEIGHTS = (48, 8, 5, 4, 6, 5, 4, 4, 3, 3, 4, 4, 1, 1)
CONSONANTS, VOWELS = 'bcdfghjklmnprstvwxz', 'aeiou'
LISTED = 'listed.withheld.top'  # in every list
ZONE = 'rpz.bench'
PATIENCE = 300  # seconds that a start may take


def word(draw):
    return ''.join(draw.choice(CONSONANTS) + draw.choice(VOWELS) for _ in range(draw.randint(2, 5)))


def names(count):
    """Registrable names, some with two or three names below them: as lists of trackers are."""
    draw = random.Random(SEED)
    made = {LISTED}
    while len(made) < count:
        top = draw.choices(TOPS, TOP_WEIGHTS)[0]
        base = f'{word(draw)}{draw.choice(("", "", "-", word(draw)))}{draw.randint(0, 99)}.{top}'.replace('-.', '.')
        made.add(base)
        for _ in range(draw.choice((0, 0, 1, 3))):
            made.add(f'{word(draw)[:6]}.{base}')
    return sorted(made)[:count - 1] + [LISTED]


class Lists:
    """The files that the resolvers read, each made once for a number of names."""

    def __init__(self, folder):
        self.folder = folder
        self.forms = {
            'rpz': lambda each: f'{each} CNAME .\n',
            'unbound': lambda each: f'local-zone: "{each}" always_nxdomain\n',
            'dnsmasq': lambda each: f'local=/{each}/\n',
        }
        self.made = {}

    def file(self, form, count):
        path = os.path.join(self.folder, f'{form}-{count}')
        if not os.path.exists(path):
            if count not in self.made:
                self.made = {count: names(count) if count else []}
            with open(f'{path}.new', 'w', encoding='ascii') as out:
                if form == 'rpz':
                    out.write('$TTL 60\n@ SOA ns.bench. host.bench. 1 3600 600 86400 60\n@ NS ns.bench.\n')
                if form == 'unbound':
                    out.write('server:\n')
                out.writelines(self.forms[form](each) for each in self.made[count])
            os.rename(f'{path}.new', path)
        return path


def with_text(path, change):
    with open(path, encoding='utf-8') as file:
        text = file.read()
    with open(path, 'w', encoding='utf-8') as file:
        file.write(change(text))


def also(resolver, file, change):
    """That resolver, its file of that name in its folder changed for a list: change(text, list's path)."""
    def make(setting, work, source):
        command = resolver(setting, work)
        with_text(os.path.join(work, file), lambda text: change(text, source))
        return command
    return make


unbound_zones = also(resolvers.unbound, 'unbound.conf', lambda text, source: f'{text}include: "{source}"\n')
unbound_rpz = also(resolvers.unbound, 'unbound.conf', lambda text, source: (
    text.replace('module-config: "', 'module-config: "respip ') +
    f'rpz:\n  name: {ZONE}\n  zonefile: "{source}"\n'))
bind = also(resolvers.bind, 'named.conf', lambda text, source: (
    text.replace('max-cache-size 512m;', 'max-cache-size 512m; '
                 f'response-policy {{ zone "{ZONE}"; }} qname-wait-recurse no;') +
    f'zone "{ZONE}" {{ type primary; file "{source}"; check-names ignore; }};\n'))
powerdns = also(resolvers.powerdns, 'anchors.lua', lambda text, source: (
    text + f'rpzFile("{source}", {{policyName="bench", defttl=60, zone="{ZONE}"}})\n'))
knot = also(resolvers.knot, 'kresd.conf', lambda text, source: (
    text + f"policy.add(policy.rpz(policy.DENY, '{source}', false))\n"))

DNSMASQ = """no-daemon
keep-in-foreground
no-resolv
no-hosts
listen-address={address}
bind-interfaces
cache-size=10000
user=root
pid-file=
conf-file={source}
"""


def dnsmasq(setting, work, source):
    path = resolvers.save(f'{work}/dnsmasq.conf', DNSMASQ.format(address=resolvers.ADDRESS, source=source))
    return ['dnsmasq', '-k', '-C', path]


def by_signal(process, work):
    process.child.send_signal(signal.SIGHUP)


def by_rec_control(process, work):
    subprocess.run(['rec_control', f'--socket-dir={work}', 'reload-lua-config'], capture_output=True, timeout=PATIENCE)


CONTESTANTS = {  # name -> (command, form of the file, what makes it read the file again)
    'unbound-zones': (unbound_zones, 'unbound', by_signal),
    'unbound-rpz': (unbound_rpz, 'rpz', by_signal),
    'bind-rpz': (bind, 'rpz', by_signal),
    'powerdns-rpz': (powerdns, 'rpz', by_rec_control),
    'knot-rpz': (knot, 'rpz', None),  # watches its file with a module that Debian has not here
    'dnsmasq': (dnsmasq, 'dnsmasq', None),  # reads its lists when it starts and never again
}


def wait_for(process, name, rcode):
    """Seconds until it answers with that code."""
    seconds = processes.seconds_to_answer(resolvers.ADDRESS, name, process, PATIENCE, rcode=rcode)
    if seconds is None:
        raise resolvers.CannotRun(process.last_words() or f'{name} is not told with code {rcode}')
    return seconds


def peak_octets(pid):
    with open(f'/proc/{pid}/status') as status:
        return 1024 * int(next(line.split()[1] for line in status if line.startswith('VmHWM')))


def reset_peak(pid):
    with open(f'/proc/{pid}/clear_refs', 'w') as file:
        file.write('5')


class Policy(kinds.Kind):
    """One start with nothing listed and one with all of it."""

    def __init__(self, count):
        super().__init__(f'policy-{count // 1_000_000}m', f'{count:,} names withheld', tuple(CONTESTANTS), 1, None)
        self.count = count
        self.columns = (
            ('load_s', 'load CPU s', '{:.2f}'), ('first_s', 'withheld after s', '{:.2f}'),
            ('each', 'resident octets/name', '{:.1f}'), ('calm_mib', 'resident MiB', '{:.0f}'),
            ('peak', 'peak of a reload', '{:.2f}'), ('reload_s', 'reload CPU s', '{:.2f}'),
            ('slowest', 'least answers in 100 ms of a reload, of calm', '{:.2f}'),
            ('reload_p999', 'p99.9 us in a reload', '{:.0f}'), ('reload_lost', 'lost in a reload', '{:.0f}'),
            ('bare_us', 'hot CPU us without', '{:.2f}'), ('cpu_us', 'hot CPU us with', '{:.2f}'),
        )

    def start(self, bench, name, count):
        make, form, _ = CONTESTANTS[name]
        lists = Lists(os.path.dirname(bench.setting.work))
        work = bench.setting.folder(name)
        source = lists.file(form, count)
        command = make(bench.setting, work, source)
        try:
            process = processes.Process(command, processes.SERVER_CORE, f'{work}/out.log', cwd=work)
        except OSError as error:
            raise resolvers.CannotRun(str(error)) from error
        return process, work, source

    def measure(self, bench, name):
        result = {}
        process, _, _ = self.start(bench, name, 0)
        try:
            if name != 'dnsmasq':
                wait_for(process, resolvers.READY, 0)
                result['bare_us'] = kinds.hot(bench, process)['cpu_us']
            else:
                time.sleep(1)
            bare = process.resident_octets()
        finally:
            process.end()
        process, work, source = self.start(bench, name, self.count)
        try:
            result['first_s'] = wait_for(process, LISTED, 3)
            time.sleep(1)
            result['load_s'] = process.cpu_seconds()
            if name != 'dnsmasq':
                wait_for(process, resolvers.READY, 0)
                hot = kinds.hot(bench, process)
                result.update({key: hot[key] for key in ('cpu_us', 'per_second', 'p999_us', 'lost')})
            resident = process.resident_octets()
            result['calm_mib'] = resident / 2**20
            result['each'] = (resident - bare) / self.count
            again = CONTESTANTS[name][2]
            if again is not None:
                result.update(self.read_again(bench, process, work, source, again))
            return result
        finally:
            process.end()

    def read_again(self, bench, process, work, source, again):
        """Under load, for as long as that takes."""
        resident = process.resident_octets()
        reset_peak(process.pid)
        names = {'first': kinds.HOT_NAMES, 'window': 64, 'clients': 8, 'order': 'round', 'patience': 5}
        before = process.cpu_seconds()
        calm = bench.load(seconds=1, **names)
        calm_cost = (process.cpu_seconds() - before) / calm['answered']
        with open(source, encoding='ascii') as file:
            text = file.read()
        with open(f'{source}.again', 'w', encoding='ascii') as file:  # the same names, another file
            file.write(text)
        os.rename(f'{source}.again', source)
        del text
        before = process.cpu_seconds()
        teller = threading.Thread(target=again, args=(process, work))
        teller.start()
        told = bench.load(seconds=max(3, int(6 * self.count / 1_000_000)), **names)
        teller.join()
        spent = process.cpu_seconds() - before
        return {'peak': peak_octets(process.pid) / resident,
                'reload_s': spent - told['answered'] * calm_cost,
                'slowest': told['least_100ms'] * 10 * calm['seconds'] / calm['answered'],
                'reload_p999': told['p999_us'], 'reload_lost': told['lost']}


KINDS = (Policy(1_000_000), Policy(5_000_000))

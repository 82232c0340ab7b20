"""The closed internet: zone files from one seed, three nsd that serve them, and a server that is dead.
Its servers are in this namespace, or at the far end of a wire."""
import os
import re
import socket
import subprocess
import time

import processes

ROOT = ['198.18.0.1', '198.18.0.2']
TLD = [f'198.18.1.{i}' for i in range(1, 5)]
LEAF = [f'198.18.2.{i}' for i in range(1, 65)]
RESOLVER = '198.18.100.53'
NEAR_ROUTE = ['local', '198.18.0.0/15', 'dev', 'lo']
DEAD = ['198.18.3.1', '198.18.3.2']
ZONE_FILES_AGE_MAX = 86_400  # seconds; their signatures last 30 days

NSD = """server:
  username: ""
  chroot: ""
  database: ""
  server-count: 1
  tcp-count: 1000
  rrl-ratelimit: 0
  zonesdir: "{zones}"
  xfrdir: "{work}"
  pidfile: "{work}/{name}.pid"
  zonelistfile: "{work}/{name}.zones"
  xfrdfile: "{work}/{name}.xfrd"
  logfile: "{work}/{name}.log"
{addresses}
remote-control:
  control-enable: yes
  control-interface: "{work}/{name}.control"
"""


def set_up_network(local_ports=None):
    """Every address below 198.18/15 and 10/8 is this host's. Only inside a namespace of our own."""
    for command in (['ip', 'link', 'set', 'lo', 'up'],
                    ['ip', 'address', 'add', f'{RESOLVER}/32', 'dev', 'lo'],  # BIND looks for it
                    ['ip', 'route', 'add', *NEAR_ROUTE],
                    ['ip', 'route', 'add', 'local', '10.0.0.0/8', 'dev', 'lo']):
        subprocess.run(command, check=True, capture_output=True)
    for key, value in (('net/core/rmem_max', 8 << 20), ('net/core/wmem_max', 8 << 20)):
        try:
            with open(f'/proc/sys/{key}', 'w') as setting:
                setting.write(str(value))
        except OSError:
            pass  # the machine's to give, not the namespace's
    if local_ports:
        with open('/proc/sys/net/ipv4/ip_local_port_range', 'w') as setting:
            setting.write('{} {}'.format(*local_ports))


class NoWire(Exception):
    pass


class Wire:
    """To a namespace of its own, in which the addresses of the zones' servers are; there and back takes
    so many milliseconds."""

    def __init__(self, build, log, away_ms):
        self.process = processes.Process([f'{build}/bench/wire', str(away_ms // 2)],
                                         processes.OTHER_CORE, log)
        try:
            self.lay()
        except RuntimeError as error:
            self.end()
            raise NoWire(str(error)) from error

    def lay(self):
        up = ['ip', 'link', 'set', 'wire', 'up', 'txqueuelen', '50000']
        for _ in range(50):
            if self.is_apart() and succeeds(self.far(up)):
                break
            time.sleep(0.1)
        else:
            raise RuntimeError(f'no wire: {self.process.last_words()}')
        for command in (self.far(['ip', 'link', 'set', 'lo', 'up']),
                        *(self.far(['ip', 'route', 'add', 'local', f'198.18.{i}.0/24', 'dev', 'lo'])
                          for i in range(3)),  # the dead servers' is not there either
                        self.far(['ip', 'route', 'add', RESOLVER, 'dev', 'wire']),
                        up,
                        ['ip', 'route', 'del', *NEAR_ROUTE],
                        ['ip', 'route', 'add', '198.18.0.0/22', 'dev', 'wire', 'src', RESOLVER]):
            processes.run(command)

    def is_apart(self):
        try:
            return not os.path.samefile('/proc/self/ns/net', f'/proc/{self.process.pid}/ns/net')
        except OSError:
            return False  # it ended

    def far(self, command):
        """The command in the far namespace, under the same process id."""
        return ['nsenter', f'--net=/proc/{self.process.pid}/ns/net', *command]

    def end(self):
        self.process.end()  # and with it the device and its route
        succeeds(['ip', 'route', 'add', *NEAR_ROUTE])


def succeeds(command):
    return subprocess.run(command, capture_output=True).returncode == 0


class Internet:
    def __init__(self, build, work, zones, seed):
        self.build = build
        self.wire = None
        self.away_ms = None
        self.work = os.path.join(work, f'internet-{zones}-{seed}')
        self.servers = []
        self.dead = []
        stamp = os.path.join(self.work, 'root.hints')
        old = not os.path.exists(stamp) or time.time() - os.path.getmtime(stamp) > ZONE_FILES_AGE_MAX
        if old:
            processes.run([f'{build}/bench/internet', self.work, str(zones), str(seed)])

    def file(self, name):
        return os.path.join(self.work, name)

    def move(self, away_ms):
        """Its servers run, so far away there and back. Raises NoWire, and then none does."""
        if away_ms != self.away_ms:
            self.end()
            self.start(away_ms)

    def start(self, away_ms):
        """Raises NoWire if there can be none."""
        if away_ms:
            self.wire = Wire(self.build, self.file('wire.out'), away_ms)
        far = self.wire.far if self.wire else list
        for name, addresses in (('root', ROOT), ('tld', TLD), ('leaf', LEAF)):
            config = NSD.format(zones=self.file('zones'), work=self.work, name=name,
                                addresses='\n'.join(f'  ip-address: {ip}' for ip in addresses))
            with open(self.file(f'{name}.list')) as zones:
                for line in zones:
                    apex, path = line.split()
                    config += f'zone:\n  name: "{apex}"\n  zonefile: "{path}"\n'
            with open(self.file(f'{name}.conf'), 'w') as out:
                out.write(config)
            self.servers.append(processes.Process(far(['nsd', '-d', '-c', self.file(f'{name}.conf')]),
                                                  processes.OTHER_CORE, self.file(f'{name}.out')))
        for _ in range(200):
            time.sleep(0.1)
            if all(self.counters(name) for name in ('root', 'tld', 'leaf')):
                break
        else:
            raise RuntimeError('nsd does not come up')
        for address in [] if self.wire else DEAD:
            self.dead += swallow(address)
        self.away_ms = away_ms

    def counters(self, name):
        done = subprocess.run(['nsd-control', '-c', self.file(f'{name}.conf'), 'stats_noreset'],
                              capture_output=True, text=True)
        return dict(re.findall(r'^(num\.[\w.]+)=(\d+)', done.stdout, re.M))

    def queries(self):
        """That reached the servers so far; the dead one has none."""
        return sum(int(self.counters(name)['num.queries']) for name in ('root', 'tld', 'leaf'))

    def end(self):
        for server in self.servers:
            server.end()
        for each in self.dead:
            each.close()
        if self.wire:
            self.wire.end()
        self.servers, self.dead, self.wire, self.away_ms = [], [], None, None


def swallow(address):
    """Sockets that take what is sent to them and never answer, over UDP and TCP."""
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    datagrams.bind((address, 53))
    streams = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    streams.bind((address, 53))
    streams.listen(0)
    taken = [datagrams, streams]
    for _ in range(2):  # the queue is full: further connections are not even refused
        client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.setblocking(False)
        client.connect_ex((address, 53))
        taken.append(client)
    return taken

#!/usr/bin/env python3
"""Queries that are sent while no server runs are answered by the next one, whose sockets a service
manager kept: a fake of systemd's descriptor store.

Usage: restart_test.py WEND SOURCE_ROOT
"""
import array
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import time

QUERIES = 200
SECONDS_MAX = 20
NAME = b'\3www\5plain\3lab\0'


class Manager:
    def __init__(self, folder):
        self.path = f'{folder}/notify'
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(SECONDS_MAX)
        self.kept = {}

    def hear_until(self, start):
        while True:
            text, control, _, _ = self.socket.recvmsg(4096, socket.CMSG_SPACE(4))
            lines = dict(line.split('=', 1) for line in text.decode().splitlines())
            if 'FDSTORE' in lines:
                self.kept[lines['FDNAME']] = array.array('i', control[0][2])[0]
            if 'FDSTOREREMOVE' in lines:
                os.close(self.kept.pop(lines['FDNAME']))
            if start in lines:
                return

    def start(self, wend, config):
        names, sockets = list(self.kept), list(self.kept.values())
        pid = os.fork()
        if pid == 0:
            high = [fcntl.fcntl(each, fcntl.F_DUPFD, 100) for each in sockets]
            for number, each in enumerate(high):
                os.dup2(each, 3 + number)
            os.closerange(3 + len(high), 300)
            os.dup2(os.open('/dev/null', os.O_WRONLY), 1)
            os.dup2(1, 2)
            given = {'NOTIFY_SOCKET': self.path, 'LISTEN_PID': str(os.getpid()),
                     'LISTEN_FDS': str(len(names)), 'LISTEN_FDNAMES': ':'.join(names)}
            os.execve(wend, [wend, 'serve', '--lab', '--config', config], {**os.environ, **given})
        return pid


def query(number):
    return struct.pack('>HHHHHH', number, 0x100, 1, 0, 0, 0) + NAME + struct.pack('>HH', 1, 1)


def write_config(folder, workers):
    path = f'{folder}/wend.json'
    with open(path, 'w') as file:
        file.write('{"listen": ["127.0.0.1:0", "[::1]:0"], "control": {"socket": null},'
                   f' "workers": {workers}}}')
    return path


def end(pid):
    os.kill(pid, signal.SIGTERM)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit('the server did not end in order')


def answered(sockets):
    ids = set()
    until = time.monotonic() + SECONDS_MAX
    while len(ids) < QUERIES and time.monotonic() < until:
        for each in select.select(sockets, [], [], 1)[0]:
            message = each.recv(4096)
            if message[3] & 15 == 0:
                ids.add(message[:2])
    return len(ids)


def names_of(addresses, workers):
    return {f'{channel}-{worker}-0-{address}' for channel in ('udp', 'tcp')
            for worker in range(workers) for address in addresses}


def main():
    wend = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        manager = Manager(folder)
        config = write_config(folder, 2)
        pid = manager.start(wend, config)
        manager.hear_until('READY')
        if set(manager.kept) != names_of(['127.0.0.1', '__1'], 2):
            sys.exit(f'not the sockets that are served on: {sorted(manager.kept)}')
        place = socket.socket(fileno=os.dup(manager.kept['udp-0-0-127.0.0.1'])).getsockname()
        end(pid)
        # Nobody runs now. From many ports, so that both workers' sockets have some.
        clients = []
        for number in range(QUERIES):
            clients.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            clients[-1].connect(place)
            clients[-1].send(query(number))
        stream = socket.create_connection(place, timeout=SECONDS_MAX)
        stream.sendall(struct.pack('>H', len(query(1))) + query(1))
        pid = manager.start(wend, config)
        manager.hear_until('READY')
        count = answered(clients)
        over_tcp = stream.recv(4096)
        end(pid)
        # With one worker less its sockets are taken out, before the kernel gives them anything.
        pid = manager.start(wend, write_config(folder, 1))
        manager.hear_until('READY')
        fewer = set(manager.kept)
        end(pid)
    print(f'{count} of {QUERIES} answered over UDP, {len(over_tcp)} octets over TCP, then {fewer}')
    is_good = count == QUERIES and len(over_tcp) > 30 and fewer == names_of(['127.0.0.1', '__1'], 1)
    sys.exit(0 if is_good else 1)


if __name__ == '__main__':
    main()

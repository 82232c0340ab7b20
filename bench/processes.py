"""Processes that a measurement starts: pinned to a core, ended by their id, their use of CPU and memory."""
import ctypes
import os
import re
import signal
import socket
import struct
import subprocess
import time

SERVER_CORE = 0
OTHER_CORE = 1
PRIORITY = -15  # before whatever else the machine does
PR_SET_PDEATHSIG = 1


def run(command, core=OTHER_CORE, timeout=120):
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                          preexec_fn=lambda: pin(core))
    if done.returncode != 0:
        raise RuntimeError(f'{command[0]}: {done.stderr.strip()[-400:]}')
    return done.stdout


def go_first():
    """This session before the others of the machine, where the kernel shares by session."""
    try:
        os.setsid()
    except PermissionError:
        pass  # it leads one already
    try:
        with open('/proc/self/autogroup', 'w') as group:
            group.write(str(PRIORITY))
    except OSError:
        pass


def pin(core):
    """To one core, or for None to all; and in front of other processes."""
    cores = os.sched_getaffinity(0)
    if core is not None and core in cores:
        os.sched_setaffinity(0, {core})
    try:
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    except PermissionError:
        pass  # without root what else runs here disturbs more


class Process:
    """A server in the foreground. Its output goes to a file beside its configuration."""

    def __init__(self, command, core, log, cwd=None):
        self.log = log
        with open(log, 'wb') as out:
            self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=subprocess.STDOUT, cwd=cwd,
                                          preexec_fn=lambda: self.prepare(core))

    @staticmethod
    def prepare(core):
        pin(core)
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # none outlives the measurement
        import resource
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    @property
    def pid(self):
        return self.child.pid

    def runs(self):
        return self.child.poll() is None

    def cpu_seconds(self):
        """User and system time of all its threads, exact: the process's CPU clock."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def resident_octets(self):
        with open(f'/proc/{self.pid}/status') as status:
            return 1024 * int(re.search(r'VmRSS:\s+(\d+)', status.read()).group(1))

    def end(self):
        if self.runs():
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()

    def last_words(self):
        with open(self.log, errors='replace') as log:
            return log.read()[-400:].strip()


def datagrams_without_room():
    """Dropped in this network namespace so far as the receiving socket's buffer was full."""
    with open('/proc/net/snmp') as snmp:
        keys, values = (line.split() for line in snmp if line.startswith('Udp:'))
    return int(values[keys.index('RcvbufErrors')])


def query(name):
    """A query for an A record; recursion desired, id 1."""
    wire = b''.join(bytes([len(label)]) + label.encode() for label in name.rstrip('.').split('.'))
    return struct.pack('>6H', 1, 0x100, 1, 0, 0, 0) + wire + b'\0' + struct.pack('>2H', 1, 1)


def seconds_to_answer(address, name, process, patience=15.0, step=0.02, rcode=0):
    """From now until the server answers with that code; nothing if it does not in time."""
    start = time.monotonic()
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.bind(('10.99.0.1', 0))
    asker.connect((address, 53))
    asker.settimeout(step)
    while time.monotonic() - start < patience and process.runs():
        try:
            asker.send(query(name))
            while True:
                reply = asker.recv(4096)
                if len(reply) > 3 and reply[3] & 15 == rcode:
                    return time.monotonic() - start
        except (TimeoutError, ConnectionError):
            pass
        except OSError:
            time.sleep(step)
        if step < 0.01:
            time.sleep(step)
    return None

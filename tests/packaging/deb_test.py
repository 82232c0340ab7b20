#!/usr/bin/env python3
"""Installs, upgrades and purges the package in a Debian of its own, while a program holds port 53.

Usage, as root and after tools/deb.sh: tests/packaging/deb_test.py [PACKAGE.deb]

mmdebstrap makes that Debian from this machine's apt sources. What is done in it is done in a network
of its own, in which this program holds port 53. What is left after the purge is a fault.
"""
import contextlib
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

ENVIRONMENT = {'PATH': '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C',
               'DEBIAN_FRONTEND': 'noninteractive'}
NOT_COUNTED = re.compile(r'^\./(proc|sys|dev|tmp|run/systemd|var/lib/dpkg|var/lib/apt|var/cache/apt|'
                         r'var/cache/ldconfig|var/log|etc/\.pwd\.lock|usr/local/bin)(/|$)|-$')
faults = []
counted = 0


def holds(what, is_true, said=''):
    global counted
    counted += 1
    print(('ok      ' if is_true else 'FAULT   ') + what)
    if not is_true:
        faults.append(what)
        print(said)


def make_debian(root, package):
    depends = subprocess.run(['dpkg-deb', '-f', package, 'Depends'], check=True,
                             capture_output=True, text=True).stdout
    needed = [re.split(r'[ |(]', each.strip())[0] for each in depends.split(',')]
    sources = [path for path in ['/etc/apt/sources.list', *glob.glob('/etc/apt/sources.list.d/*')]
               if os.path.isfile(path) and os.path.getsize(path)]
    with open('/etc/os-release') as release:
        suite = re.search(r'^VERSION_CODENAME=(\w+)', release.read(), re.M)[1]
    # systemd for its sysusers and tmpfiles; nothing of it runs.
    made = subprocess.run(['mmdebstrap', '--variant=minbase',
                           '--include=' + ','.join(['systemd', *needed]), suite, root, *sources],
                          capture_output=True, text=True)
    if made.returncode != 0:
        sys.exit(f'no Debian could be made:\n{made.stderr[-2000:]}')


def newer(package, folder):
    """The same package with a higher version."""
    subprocess.run(['dpkg-deb', '-R', package, f'{folder}/newer'], check=True)
    control = f'{folder}/newer/DEBIAN/control'
    with open(control) as file:
        text = re.sub(r'^Version: (.*)$', r'Version: \1+newer', file.read(), flags=re.M)
    with open(control, 'w') as file:
        file.write(text)
    subprocess.run(['dpkg-deb', '--root-owner-group', '-b', f'{folder}/newer',
                    f'{folder}/root/tmp/newer.deb'], check=True, capture_output=True)


class Inside:
    def __init__(self, root):
        self.root = root

    def run(self, *words):
        done = subprocess.run(['chroot', self.root, *words], env=ENVIRONMENT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    def state(self):
        return self.run('dpkg-query', '-W', '-f', '${Status}', 'wend')[1]

    def files(self):
        listed = subprocess.run(['find', '.', '-xdev'], cwd=self.root, check=True,
                                capture_output=True, text=True).stdout.splitlines()
        return {path for path in listed if not NOT_COUNTED.search(path)}

    def accounts(self):
        return self.run('getent', 'passwd')[1] + self.run('getent', 'group')[1]

    def stub(self, name, script):
        path = f'{self.root}/usr/local/bin/{name}'
        with open(path, 'w') as file:
            file.write(script)
        os.chmod(path, 0o755)


@contextlib.contextmanager
def port_53():
    sockets = [socket.socket(socket.AF_INET, kind)
               for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)]
    for each in sockets:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        each.bind(('127.0.0.1', 53))
    sockets[1].listen()
    try:
        yield
    finally:
        for each in sockets:
            each.close()


def sentences_of_ours(said):
    return [line for line in said.splitlines() if line.startswith('wend: ')]


def installs(inside):
    with port_53():
        code, said = inside.run('dpkg', '-i', '/tmp/wend.deb')
        holds('it installs while another program holds port 53', code == 0, said)
        ours = sentences_of_ours(said)
        holds('one sentence says who holds it',
              len(ours) == 1 and 'is held by python3' in ours[0], said)
    holds('it stays installed', inside.state() == 'install ok installed')
    code, said = inside.run('wend', 'check', '--strict', '/etc/wend/wend.json')
    holds('its configuration has no mistakes and no warnings', code == 0, said)
    owner = inside.run('stat', '-c', '%U:%G %a', '/var/lib/wend')[1].strip()
    holds('its state is its own user\'s', owner == 'wend:wend 750', owner)
    code, said = inside.run('systemctl', 'is-enabled', 'wend')
    holds('it starts at the next boot', said.strip() == 'enabled', said)
    code, said = inside.run('systemd-analyze', 'verify', '--man=no', 'wend.service')
    holds('systemd has nothing to say of its unit', code == 0 and 'wend' not in said, said)


def serves(inside):
    """As the unit starts it, without the unit."""
    asked = subprocess.Popen(
        ['chroot', inside.root, 'setpriv', '--reuid=wend', '--regid=wend', '--clear-groups',
         '--inh-caps=+net_bind_service', '--ambient-caps=+net_bind_service',
         'wend', 'serve', '--lab', '--config', '/etc/wend/wend.json'],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = asked.stdout.readline()
    asked.terminate()
    _, errors = asked.communicate(timeout=20)
    holds('its user serves on port 53', 'serves on 127.0.0.1:53, [::1]:53' in first, first + errors)
    with port_53():
        code, said = inside.run('wend', 'serve', '--lab', '--config', '/etc/wend/wend.json')
        holds('the port held ends it with 78', code == 78, said)


def upgrades(inside):
    edited = f'{inside.root}/etc/wend/wend.json'
    with open(edited) as file:
        text = file.read().replace('"[::1]:53"', '"[::1]:5353"')
    with open(edited, 'w') as file:
        file.write(text)
    with open(f'{inside.root}/etc/wend/wend.d/own.json', 'w') as file:
        file.write('{"log": {"level": "warning"}}')
    # A systemd that can start nothing.
    os.makedirs(f'{inside.root}/run/systemd/system')
    inside.stub('systemctl', '#!/bin/sh\nexit 1\n')
    code, said = inside.run('dpkg', '-i', '/tmp/newer.deb')
    holds('it is upgraded although it cannot be started',
          code == 0 and inside.state() == 'install ok installed', said)
    holds('one sentence says where to look', sentences_of_ours(said) ==
          ['wend: not started; journalctl -u wend says why'], said)
    os.remove(f'{inside.root}/usr/local/bin/systemctl')
    os.rmdir(f'{inside.root}/run/systemd/system')
    with open(edited) as file:
        holds('what was edited stays', file.read() == text)


def purges(inside, files, accounts):
    code, said = inside.run('dpkg', '--remove', 'wend')
    holds('it is removed, and the configuration stays',
          code == 0 and os.path.exists(f'{inside.root}/etc/wend/wend.json'), said)
    with port_53():
        code, said = inside.run('dpkg', '--purge', 'wend')
    holds('it is purged', code == 0, said)
    left = sorted(inside.files() - files)
    holds('nothing is left', not left, '\n'.join(left))
    holds('nothing of the system is gone', not files - inside.files(),
          '\n'.join(files - inside.files()))
    holds('no user and no group are left', inside.accounts() == accounts)


def in_its_network(folder):
    root = f'{folder}/root'
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    subprocess.run(['mount', '-t', 'proc', 'proc', f'{root}/proc'], check=True)
    inside = Inside(root)
    files, accounts = inside.files(), inside.accounts()
    installs(inside)
    serves(inside)
    upgrades(inside)
    purges(inside, files, accounts)
    print(f'{counted - len(faults)} passed, {len(faults)} failed')
    sys.exit(1 if faults else 0)


def main():
    if sys.argv[1:2] == ['--in-its-network']:
        in_its_network(sys.argv[2])
    if os.geteuid() != 0:
        sys.exit('a Debian of its own is made as root')
    here = os.path.dirname(os.path.abspath(__file__))
    built = sys.argv[1:] or glob.glob(f'{here}/../../build/deb/wend_*.deb')
    if not built:
        sys.exit('there is no package: tools/deb.sh builds it')
    folder = tempfile.mkdtemp(prefix='wend-deb-')
    try:
        make_debian(f'{folder}/root', built[0])
        shutil.copy(built[0], f'{folder}/root/tmp/wend.deb')
        newer(built[0], folder)
        tested = subprocess.run(['unshare', '--net', '--mount', sys.executable,
                                 os.path.abspath(__file__), '--in-its-network', folder], check=False)
    finally:
        shutil.rmtree(folder)
    sys.exit(tested.returncode)


if __name__ == '__main__':
    main()

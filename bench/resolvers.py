"""The resolvers side by side: a configuration for each that gives it one thread and room for its cache."""
import functools
import json
import os
import shutil

import processes

ADDRESS = '198.18.100.53'
READY = 'ready.wild.t8.'

UNBOUND = """server:
  directory: "{work}"
  chroot: ""
  username: ""
  pidfile: ""
  interface: {address}
  port: 53
  num-threads: {threads}
  do-daemonize: no
  use-syslog: no
  verbosity: 0
  do-ip6: no
  access-control: 0.0.0.0/0 allow
  root-hints: "{hints}"
  rrset-cache-size: 512m
  msg-cache-size: 256m
  module-config: "{modules}"
  {anchor}
remote-control:
  control-enable: no
"""

KNOT = """net.listen('{address}', 53, {{ kind = 'dns' }})
net.ipv6 = false
cache.open(512 * MB, 'lmdb://{work}/cache')
modules.load('hints')
hints.root({{ ['a.root-server.'] = '198.18.0.1', ['b.root-server.'] = '198.18.0.2' }})
trust_anchors.remove('.')
{anchor}
log_level('crit')
"""

POWERDNS = """local-address={address}
local-port=53
threads={threads}
pdns-distributes-queries=no
daemon=no
hint-file={hints}
dnssec={dnssec}
lua-config-file={work}/anchors.lua
allow-from=0.0.0.0/0
dont-query=
query-local-address=0.0.0.0
max-cache-entries=4000000
socket-dir={work}
quiet=yes
loglevel=0
disable-syslog=yes
"""

BIND = """options {{
  directory "{work}"; pid-file none; session-keyfile none;
  listen-on {{ {address}; }}; listen-on-v6 {{ none; }};
  recursion yes; allow-query {{ any; }}; allow-recursion {{ any; }};
  dnssec-validation {validation}; max-cache-size 512m;
}};
controls {{ }};
logging {{ category default {{ null; }}; category lame-servers {{ null; }}; }};
zone "." {{ type hint; file "{hints}"; }};
{anchor}
"""


class Setting:
    """What every configuration is made from."""

    def __init__(self, internet, build, work, validate, threads=1):
        self.hints = internet.file('root.hints')
        self.anchor_file = internet.file('root.anchor')
        with open(self.anchor_file) as anchor:
            self.ds = anchor.read().split()[4:]  # tag, algorithm, digest type, digest
        self.build = build
        self.work = work
        self.wend = os.path.join(os.path.dirname(work), 'wend')  # bench/run.sh installs it there
        self.validate = validate
        self.threads = threads

    def folder(self, name):
        path = os.path.join(self.work, name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path


def save(path, text):
    with open(path, 'w') as out:
        out.write(text)
    return path


def wend(setting, work, program=None):
    config = {
        'listen': [f'{ADDRESS}:53'],
        'workers': setting.threads,
        'access': {'allow': ['0.0.0.0/0']},
        'cache': {'size': '512MiB'},
        'root': {'hints': setting.hints, 'anchors': setting.anchor_file},
        'upstream': {'ipv6': False},
        'dnssec': {'validate': setting.validate},
        'log': {'level': 'warning'},
    }
    path = save(f'{work}/wend.json', json.dumps(config, indent=2))
    return [program or setting.wend, 'serve', '--config', path]


def unbound(setting, work):
    anchor = f'trust-anchor-file: "{setting.anchor_file}"' if setting.validate else ''
    modules = 'validator iterator' if setting.validate else 'iterator'
    path = save(f'{work}/unbound.conf', UNBOUND.format(
        work=work, address=ADDRESS, hints=setting.hints, modules=modules, anchor=anchor,
        threads=setting.threads))
    return ['unbound', '-d', '-c', path]


def knot(setting, work):
    ds = ' '.join(setting.ds)
    anchor = f"trust_anchors.add('. 3600 IN DS {ds}')" if setting.validate else ''
    path = save(f'{work}/kresd.conf', KNOT.format(work=work, address=ADDRESS, anchor=anchor))
    return ['kresd', '-n', '-q', '-c', path, work]


def powerdns(setting, work):
    ds = ' '.join(setting.ds)
    save(f'{work}/anchors.lua', f'clearTA(".")\naddTA(".", "{ds}")\n')
    save(f'{work}/recursor.conf', POWERDNS.format(
        work=work, address=ADDRESS, hints=setting.hints, threads=setting.threads,
        dnssec='validate' if setting.validate else 'off'))
    return ['pdns_recursor', f'--config-dir={work}']


def bind(setting, work):
    tag, algorithm, digest_type, *digest = setting.ds
    anchor = (f'trust-anchors {{ . static-ds {tag} {algorithm} {digest_type} "{"".join(digest)}"; }};'
              if setting.validate else '')
    path = save(f'{work}/named.conf', BIND.format(
        work=work, address=ADDRESS, hints=setting.hints, anchor=anchor,
        validation='yes' if setting.validate else 'no'))
    return ['named', '-4', '-f', '-n', str(setting.threads), '-c', path]


def echo(setting, work):
    return [f'{setting.build}/bench/echo', f'{ADDRESS}:53']


COMMANDS = {'wend': wend, 'unbound': unbound, 'knot': knot, 'powerdns': powerdns, 'bind': bind,
            'echo': echo}


def add_wend(name, program):
    """One contestant more: another wend's binary, configured as ours."""
    COMMANDS[name] = functools.partial(wend, program=program)


class CannotRun(Exception):
    pass


def start(name, setting, core=processes.SERVER_CORE):
    """A resolver that answers. Raises CannotRun with its last words if it does not come up."""
    work = setting.folder(name)
    command = COMMANDS[name](setting, work)
    try:
        process = processes.Process(command, core, f'{work}/out.log', cwd=work)
    except OSError as error:
        raise CannotRun(str(error)) from error
    if processes.seconds_to_answer(ADDRESS, READY, process) is None:
        words = process.last_words()
        process.end()
        raise CannotRun(words or 'it does not answer')
    return process

#!/usr/bin/env python3
"""A real Prometheus scrapes a real wend, before and after a reload: it is up, and no counter falls.

Usage: scrape_test.py WEND SOURCE_ROOT. WEND_PROMETHEUS_DIR says where prometheus is; without it the
test says so and is left out.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

SCRAPES = 3
SECONDS_MAX = 40


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def asked(port, expression):
    """The values of an instant query; none while Prometheus is not there yet."""
    query = urllib.parse.urlencode({'query': expression})
    try:
        with urllib.request.urlopen(f'http://127.0.0.1:{port}/api/v1/query?{query}', timeout=5) as it:
            return [float(each['value'][1]) for each in json.load(it)['data']['result']]
    except OSError:
        return []


def opens(port):
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(('127.0.0.1', port)) == 0:
                return True
        time.sleep(0.05)
    return False


def wait_for(port, expression, least):
    end = time.monotonic() + SECONDS_MAX
    while time.monotonic() < end:
        values = asked(port, expression)
        if values and min(values) >= least:
            return True
        time.sleep(0.2)
    return False


def faults(wend, prometheus, folder):
    door, web = free_port(), free_port()
    config = {'listen': ['127.0.0.1:0'], 'http': {'listen': [f'127.0.0.1:{door}']},
              'control': {'socket': f'{folder}/control.sock'}}
    scrape = {'global': {'scrape_interval': '1s'},
              'scrape_configs': [{'job_name': 'wend',
                                  'static_configs': [{'targets': [f'127.0.0.1:{door}']}]}]}
    for name, what in (('wend.json', config), ('prometheus.yml', scrape)):  # JSON is YAML
        with open(f'{folder}/{name}', 'w', encoding='ascii') as file:
            json.dump(what, file)
    quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    server = subprocess.Popen([wend, 'serve', '--lab', '--config', f'{folder}/wend.json'], **quiet)
    started = [server]
    try:
        if not opens(door):
            yield 'the door was not opened'
            return
        started.insert(0, subprocess.Popen(
            [prometheus, f'--config.file={folder}/prometheus.yml',
             f'--storage.tsdb.path={folder}/tsdb', f'--web.listen-address=127.0.0.1:{web}'],
            **quiet))
        yield from faults_seen(web, server)
    finally:
        for process in started:
            process.terminate()
            process.wait(SECONDS_MAX)


def faults_seen(web, server):
    if not wait_for(web, 'count_over_time(wend_queries_total[1m])', SCRAPES):
        yield f'there were no {SCRAPES} scrapes within {SECONDS_MAX} s'
        return
    server.send_signal(signal.SIGHUP)
    if not wait_for(web, 'wend_configuration_generation', 2):
        yield 'the generation after a reload was not scraped'
    if not wait_for(web, 'count_over_time(wend_queries_total[1m])', 2 * SCRAPES):
        yield 'there were no more scrapes after the reload'
    if asked(web, 'min_over_time(up[1m])') != [1]:
        yield 'a scrape failed'
    if any(asked(web, 'resets({__name__=~"wend_.*_total"}[1m])')):
        yield 'a counter fell'


def main():
    folder = os.environ.get('WEND_PROMETHEUS_DIR')
    if not folder:
        print('WEND_PROMETHEUS_DIR does not say where prometheus is: left out')
        return 0
    with tempfile.TemporaryDirectory() as place:
        found = list(faults(sys.argv[1], f'{folder}/prometheus', place))
    for fault in found:
        print(fault)
    return len(found) > 0


if __name__ == '__main__':
    sys.exit(main())

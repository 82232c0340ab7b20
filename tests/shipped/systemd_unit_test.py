#!/usr/bin/env python3
"""systemd has nothing to say against the unit, and its sandbox is tight.

Usage: systemd_unit_test.py WEND SOURCE_ROOT
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

EXPOSURE_MAX = 2.0


def main():
    wend, root = sys.argv[1:3]
    if not shutil.which('systemd-analyze'):
        print('left out: systemd-analyze, which judges the unit, is not there (package systemd)')
        print('0 passed, 0 failed')
        return
    unit = open(f'{root}/etc/systemd/wend.service').read()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'wend.service')
        # As where it is installed: the program is there, and the pages that it names.
        there = unit.replace('/usr/bin/wend', wend)
        there = re.sub(r'^Documentation=.*\n', '', there, flags=re.M)
        with open(path, 'w') as to:
            to.write(there)
        verified = subprocess.run(['systemd-analyze', 'verify', path], capture_output=True, text=True)
        judged = subprocess.run(['systemd-analyze', 'security', '--offline=true', path],
                                capture_output=True, text=True)
    said = verified.stdout + verified.stderr
    exposure = re.search(r'exposure level for wend.service: ([0-9.]+)', judged.stdout)
    print(said, exposure[0] if exposure else judged.stderr)
    is_tight = exposure and float(exposure[1]) <= EXPOSURE_MAX
    sys.exit(0 if verified.returncode == 0 and not said and is_tight else 1)


if __name__ == '__main__':
    main()

#!/usr/bin/env bash
# Sets up what is missing, builds a release and serves on 127.0.0.1:5300 until Ctrl-C.
#   ./start.sh          resolve from the root servers of the internet
#   ./start.sh --lab    resolve inside the built-in sandbox internet; needs no network
# Further arguments go to `wend serve`; --config FILE replaces etc/try.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tools/setup.sh

install_packages "${build_packages[@]}"
configure build/start g++ --buildtype=release -Dtests=false
# What is left to do, so that the minutes of the first build are seen to pass: on a terminal as a
# counter in one line, else as one line before and one after.
steps=$(ninja -C build/start -n command/wend | grep -c '^\[' || true)
if [ "$steps" -gt 0 ]; then
    say "building: $steps steps, some minutes the first time"
    quiet=--quiet
    [ -t 1 ] && quiet=
    NINJA_STATUS='wend: building, %f of %t ' ninja -C build/start $quiet command/wend ||
        fail "the build failed; the compiler's words are above"
    say "built"
fi

case " $* " in
    *" --config "* | *" --config="*) exec build/start/command/wend serve "$@" ;;
    *) exec build/start/command/wend serve --config etc/try.json "$@" ;;
esac

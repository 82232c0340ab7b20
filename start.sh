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
ninja -C build/start --quiet server/wend || fail "the build failed; the compiler's words are above"

case " $* " in
    *" --config "* | *" --config="*) exec build/start/server/wend serve "$@" ;;
    *) exec build/start/server/wend serve --config etc/try.json "$@" ;;
esac

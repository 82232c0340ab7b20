#!/usr/bin/env bash
# Measures wend beside Debian's resolvers, on this machine, in a closed internet of its own.
#   bench/run.sh [WHAT...] [--rounds N] [--no-validation] [--only NAME,...] [--beside NAME=PATH]...
#                [--local-ports FIRST LAST]
# WHAT: hot, zipf, cold, distinct, flood, floods, floods-one, flood-closed, burst, policy-1m, policy-5m,
# start, cores, micro;
# without any: all of them in turn. --beside: another wend's binary, measured as wend is.
# docs/performance.md says what each means. Needs nothing but Debian: what is missing is fetched, the
# other resolvers are unpacked below build/ and not installed, and no socket leaves the namespace.
set -euo pipefail
caller="$PWD"
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/setup.sh

peers=(unbound knot-resolver pdns-recursor bind9 nsd dnsmasq-base)

# Packages that installing NAME would bring, NAME first; nothing if all of it is installed.
packages_of() { # NAME
    apt-get -s install --no-install-recommends "$1" 2>/dev/null | awk '/^Inst/ {print $2}'
}

# Unpacks what apt would install for each peer into DIRECTORY/root. The measurement lays it over /usr
# in its own mount namespace.
unpack_peers() { # DIRECTORY
    [ "$(cat "$1/complete" 2>/dev/null)" = "${peers[*]}" ] && return
    say "fetching ${peers[*]}"
    rm -rf "$1"
    mkdir -p "$1/download" "$1/root/usr/lib"
    chmod 777 "$1/download"
    [ -n "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit)" ] ||
        as_root apt-get update -q >/dev/null 2>&1 || true
    local peer file
    for peer in "${peers[@]}"; do
        # shellcheck disable=SC2046 # a list of words
        (cd "$1/download" && set -- $(packages_of "$peer") && [ $# -gt 0 ] &&
            apt-get download -q "$@" >/dev/null 2>&1) || true
    done
    for file in "$1"/download/*.deb; do
        [ -e "$file" ] && dpkg-deb -x "$file" "$1/root"
    done
    [ -d "$1/root/lib" ] && cp -a "$1/root/lib/." "$1/root/usr/lib/"
    echo "${peers[*]}" >"$1/complete"
}

missing=()
install_packages "${build_packages[@]}" catch2 libbenchmark-dev valgrind iproute2
unpack_peers build/peers
configure build/release g++ --buildtype=release
ninja -C build/release command/wend bench/load bench/internet bench/echo bench/wire \
    bench/micro |
    { grep -v '^ninja: \(Entering\|no work\)' || true; } >&2

# What is measured is the program as an installation would lay it down.
install -D build/release/command/wend build/bench/wend

# Root makes namespaces; others make a user namespace in which they are root.
as_user=()
[ "$(id -u)" = 0 ] || as_user=(--user --map-root-user)
exec unshare "${as_user[@]}" --net --mount --fork --kill-child \
    python3 bench/side_by_side.py --peers "$PWD/build/peers/root" --build "$PWD/build/release" \
    --work "$PWD/build/bench" --caller "$caller" "$@"

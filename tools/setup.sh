# Sourced by start.sh and test.sh: what the build needs, and a build that does no work twice.

build_packages=(
    g++ meson ninja-build pkg-config python3
    libuv1-dev libssl-dev libfmt-dev libspdlog-dev nlohmann-json3-dev libcli11-dev libidn2-dev
    node-llhttp # llhttp's C sources; no node comes with it
)
test_packages=(
    catch2 clang-19 libclang-rt-19-dev clang-format-19 git
    libevent-2.1-7 libfstrm0 libprotobuf-c1 # what nsd is linked with; see unpack_nsd
    scdoc mandoc # the manual
)
# For tools/deb.sh and tools/test_deb.sh alone.
deb_packages=(
    debhelper dpkg-dev fakeroot lintian mmdebstrap pkgconf scdoc
)

say() { printf 'wend: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "cannot install packages: run this once as root, or install: ${missing[*]}"
    fi
}

# Installs those of the named Debian packages that are not there.
install_packages() {
    missing=()
    local package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}\n' "$package" 2>/dev/null | grep -q '^ii' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || fail "this is not Debian: install ${missing[*]} by hand"
    say "installing ${missing[*]}"
    local log
    log=$(mktemp)
    { as_root apt-get update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; fail "the packages above could not be installed"; }
    rm -f "$log"
}

# The live tests start nsd themselves. Its package is unpacked, not installed, so that no name server
# begins to listen on the machine of whoever runs the tests.
unpack_nsd() { # DIRECTORY
    [ -x "$1/usr/sbin/nsd" ] && return
    say "unpacking nsd for the live tests"
    mkdir -p "$1/download"
    (cd "$1/download" && chmod 777 . && apt-get download -q nsd >/dev/null 2>&1) ||
        { as_root apt-get update -q >/dev/null 2>&1
          (cd "$1/download" && apt-get download -q nsd >/dev/null 2>&1); } ||
        fail "the package nsd could not be fetched"
    dpkg-deb -x "$1"/download/nsd_*.deb "$1"
}

# So is prometheus, for promtool, which judges what wend tells Prometheus.
unpack_prometheus() { # DIRECTORY
    [ -x "$1/usr/bin/promtool" ] && return
    say "unpacking prometheus for the live tests"
    mkdir -p "$1/download"
    (cd "$1/download" && chmod 777 . && apt-get download -q prometheus >/dev/null 2>&1) ||
        { as_root apt-get update -q >/dev/null 2>&1
          (cd "$1/download" && apt-get download -q prometheus >/dev/null 2>&1); } ||
        fail "the package prometheus could not be fetched"
    dpkg-deb -x "$1"/download/prometheus_*.deb "$1"
}

# So are the tools that sign zones, with what they are linked with: the package knot brings a name
# server too. Without them the test that needs them says so and is left out.
unpack_signers() { # DIRECTORY
    local tools=(ldnsutils bind9-utils knot knot-dnssecutils)
    [ -f "$1/complete" ] && return
    say "unpacking ${tools[*]} for the live tests"
    mkdir -p "$1/download/partial"
    local fetch=(as_root apt-get install -y -q --no-install-recommends --reinstall --download-only
        -o Dir::Cache::archives="$PWD/$1/download" "${tools[@]}")
    "${fetch[@]}" >/dev/null 2>&1 ||
        { as_root apt-get update -q && "${fetch[@]}"; } >/dev/null 2>&1 ||
        { say "the packages ${tools[*]} could not be fetched"; return; }
    local package
    for package in "$1"/download/*.deb; do
        dpkg-deb -x "$package" "$1"
    done
    touch "$1/complete"
}

# Configures DIRECTORY once; CXX is the compiler, whose C is taken for llhttp. Further arguments are
# meson's.
configure() { # DIRECTORY CXX ARGUMENT...
    local directory=$1 compiler=$2 c_compiler=${2/clang++/clang}
    c_compiler=${c_compiler/g++/gcc}
    shift 2
    [ -f "$directory/build.ninja" ] && return
    local log
    log=$(mktemp)
    CC=$c_compiler CXX=$compiler meson setup "$directory" "$@" >"$log" 2>&1 ||
        { tail -n 30 "$log" >&2; fail "meson could not configure $directory"; }
    rm -f "$log"
}

#!/usr/bin/env bash
# Sets up what is missing, builds, and runs every test: a release with g++, then the same tests with
# clang 19 under the address and undefined-behaviour sanitizers. Ends in "N passed, N failed".
#   ./test.sh [NAME...]   only the tests whose name contains one of the words
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. tools/setup.sh

install_packages "${build_packages[@]}" "${test_packages[@]}"
unpack_nsd build/nsd
unpack_prometheus build/prometheus
unpack_signers build/signers
export WEND_NSD_DIR="$PWD/build/nsd/usr/sbin"
export WEND_PROMETHEUS_DIR="$PWD/build/prometheus/usr/bin"
export WEND_SIGNERS_DIR="$PWD/build/signers/usr"

configure build/release g++ --buildtype=release
# Line numbers are all that a report needs; whole debug information is a tenth of the build's time.
configure build/asan clang++-19 -Ddebug=false -Doptimization=1 -Dcpp_args=-gline-tables-only \
    -Db_sanitize=address,undefined -Db_lundef=false

python3 tools/run_tests.py build/release build/asan -- "$@"

#!/usr/bin/env bash
# Builds the fuzz targets and runs each from its seeds for some time. What is found stays in
# build/fuzz/findings; the run then fails.
#   fuzz/run.sh SECONDS [TARGET...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift

if [ ! -f build/fuzz/build.ninja ]; then
    CXX=clang++-19 meson setup build/fuzz -Dfuzz=true -Dtests=false --buildtype=debug \
        -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
fi
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    targets=(message name rdata reply stream zone configuration scenario request cookie)
fi
ninja -C build/fuzz --quiet fuzz/make_corpus "${targets[@]/#/fuzz/fuzz_}"
build/fuzz/fuzz/make_corpus . build/fuzz/seeds

failed=0
for target in "${targets[@]}"; do
    mkdir -p "build/fuzz/corpus/$target" build/fuzz/findings
    if "build/fuzz/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target-" \
        "build/fuzz/corpus/$target" "build/fuzz/seeds/$target" 2>"build/fuzz/$target.log"; then
        echo "ok     $target: $(grep -E 'number_of_executed_units' "build/fuzz/$target.log" |
            grep -oE '[0-9]+$') runs"
    else
        echo "FAILED $target: see build/fuzz/$target.log"
        failed=1
    fi
done
exit $failed

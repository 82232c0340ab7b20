#!/usr/bin/env bash
# Sets up what is missing, builds the fuzz targets and runs each for some time, from its seeds and from
# what earlier runs came to. Ends in a line for each target; fails if there was a finding, whose input
# stays in build/fuzz/findings.
#   fuzz/run.sh SECONDS [TARGET...]
#   JOBS=1 fuzz/run.sh ...     targets run at a time; otherwise one for each processor
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. tools/setup.sh

[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || fail "usage: fuzz/run.sh SECONDS [TARGET...]"
seconds=$1
shift
folder=build/fuzz

build() { # NINJA_TARGET...
    ninja -C $folder "$@" >$folder/build.log ||
        { tail -n 30 $folder/build.log >&2; fail "the build failed"; }
}

install_packages "${build_packages[@]}" clang-19 libclang-rt-19-dev
configure $folder clang++-19 -Dfuzz=true -Dtests=false --buildtype=debug -Doptimization=1 \
    -Db_sanitize=address,undefined -Db_lundef=false
build fuzz/make_corpus
rm -rf $folder/seeds
$folder/fuzz/make_corpus . $folder/seeds

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(ls $folder/seeds))
for target in "${targets[@]}"; do
    [ -d "$folder/seeds/$target" ] || fail "no target $target; there are:" $(ls $folder/seeds)
done
build "${targets[@]/#/fuzz/fuzz_}"

fuzz() { # TARGET
    mkdir -p "$folder/corpus/$1" $folder/findings $folder/logs
    ASAN_OPTIONS=allow_addr2line=1 UBSAN_OPTIONS=allow_addr2line=1:print_stacktrace=1 \
        "$folder/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$folder/findings/$1-" \
        "$folder/corpus/$1" "$folder/seeds/$1" >"$folder/logs/$1" 2>&1 ||
        true # the log says how it ended
}

# The last number that stands behind WORDS in a target's log.
figure() { # TARGET WORDS
    grep -oE "$2 *[0-9]+" "$folder/logs/$1" | tail -n 1 | grep -oE '[0-9]+$' || echo 0
}

verdict() { # TARGET; fails if it did not come to its end
    local figures
    figures="$(figure "$1" number_of_executed_units:) runs, $(figure "$1" 'cov:') edges"
    figures+=", $(figure "$1" 'ft:') features"
    if grep -qE '^Done [0-9]+ runs' "$folder/logs/$1"; then
        printf 'ok       %-14s%s, 0 findings\n' "$1" "$figures"
        return
    fi
    printf 'FINDING  %-14s%s: see %s\n' "$1" "$figures" "$folder/logs/$1"
    sed -n "s|^.*Test unit written to \(.*\)|         replay: $folder/fuzz/fuzz_$1 \1|p" \
        "$folder/logs/$1"
    return 1
}

say "${#targets[@]} targets, $seconds s each, ${JOBS:=$(nproc)} at a time"
for target in "${targets[@]}"; do
    [ "$(jobs -rp | wc -l)" -lt "$JOBS" ] || wait -n
    fuzz "$target" &
done
wait

failed=0
for target in "${targets[@]}"; do
    verdict "$target" || failed=1
done
exit $failed

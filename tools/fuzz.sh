#!/usr/bin/env bash
# Fuzzes what reads bytes from outside (`fuzz/`), one target after the other.
#
#   tools/fuzz.sh                     each for 600 seconds
#   tools/fuzz.sh SECONDS [TARGET…]   those named, or all
#
# What is found interesting is kept below target/fuzz/ for the next run. An input that fails lies in fuzz/artifacts/:
# copy it to fuzz/regressions/TARGET/, which every `cargo test` replays.
set -euo pipefail
cd "${0%/*}/.."
seconds=${1:-600}
shift || true
kept=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
# libFuzzer without a sanitizer: Rust checks bounds and overflow by itself, and a released compiler knows no other way.
# As released, not as `cfg(fuzzing)`: some crates leave out checks there.
how=(--sanitizer none --no-cfg-fuzzing --features libfuzzer --codegen-units 4)
# Little is optimized: that builds in half the time, and less is folded together before it is counted.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=1
# A run stops at 2 GiB, and at an input that takes 5 seconds.
limits=(-max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1)

die() { echo "fuzz: $*" >&2; exit 1; }

# The number behind a word of the last line that has it.
figure() { sed -n "s/^.* $2 \([0-9]*\) .*/\1/p" "$1" | tail -n 1; }

[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "say for how many seconds"
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
cargo fuzz build "${how[@]}"

failed=0 figures=()
for target in "${targets[@]}"; do
    log=$kept/$target.log
    mkdir -p "$kept/$target" "fuzz/regressions/$target"
    words=(fuzz/"$target".dict)
    [ -e "${words[0]}" ] && words=(-dict="${words[0]}") || words=()
    crashes=0
    cargo fuzz run "${how[@]}" "$target" "$kept/$target" "fuzz/seeds/$target" "fuzz/regressions/$target" -- \
        "${limits[@]}" "${words[@]}" 2>&1 | tee "$log" || crashes=1
    rmdir --ignore-fail-on-non-empty "fuzz/regressions/$target" fuzz/regressions
    failed=$((failed + crashes))
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    first=$(sed -n 's/^#[0-9]*\tINITED cov: \([0-9]*\) .*/\1/p' "$log") last=$(figure "$log" cov:)
    # A fuzzer that does not see where it has been only throws dice.
    [ "${last:-0}" -gt 100 ] || die "$target: no coverage is seen"
    figures+=("$target ${runs:-?} runs, cov ${first:-?} to $last, crashes $crashes;")
done
echo "fuzz: ${figures[*]} $seconds s each"
[ "$failed" = 0 ]

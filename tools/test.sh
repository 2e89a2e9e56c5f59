#!/usr/bin/env bash
# All Rust tests; the last line adds up what every test program said.
set -euo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# What loses packets does so in a network namespace of its own: root makes one, others where the system lets them.
namespace=(--net)
[ "$(id -u)" = 0 ] || namespace+=(--user --map-current-user --keep-caps)
without=() note=
if ! unshare "${namespace[@]}" true 2> /dev/null; then
    without=(--skip network_of_its_own)
    note=", and NOT RUN: the tests in a network of their own, which cannot be made here without root"
fi

status=0
cargo test --workspace --no-fail-fast "$@" -- "${without[@]}" 2>&1 | tee "$output" || status=$?
awk -v note="$note" '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
     END {
         printf "%d passed, %d failed", passed, failed
         if (skipped) printf ", %d skipped", skipped
         print note
     }' "$output"
exit "$status"

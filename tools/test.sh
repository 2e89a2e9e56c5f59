#!/usr/bin/env bash
# All Rust tests; the last line adds up what every test program said.
set -euo pipefail
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
cargo test --workspace --no-fail-fast "$@" 2>&1 | tee "$output" || status=$?
awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 }
     END {
         printf "%d passed, %d failed", passed, failed
         if (skipped) printf ", %d skipped", skipped
         print ""
     }' "$output"
exit "$status"

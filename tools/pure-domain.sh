#!/usr/bin/env bash
# The rules must not do I/O, tell the time or roll dice: nothing that could is among what `domain` is built on.
set -euo pipefail
impure='async-std|axum|getrandom|hyper|mio|rand|rand_core|redis|reqwest|rusqlite|socket2|sqlx|tokio|ureq'
found=$(cargo tree --package domain --edges normal --prefix none --format '{p} {f}' | sort --unique |
    grep --extended-regexp "^($impure) |^chrono .*\b(clock|now)\b" || true)
if [ -n "$found" ]; then
    printf 'domain is built on what it must not be:\n%s\n' "$found" >&2
    exit 1
fi

#!/usr/bin/env bash
# What is generated and committed: the queries that were checked against a real database (`.sqlx`), and documents.
#
#   tools/prepare.sh            write it anew
#   tools/prepare.sh --check    only say whether the queries are up to date; each document has a test
set -euo pipefail
cd "${0%/*}/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
ala=$target/debug/ala

# While the queries are out of date nothing new compiles: then the `ala` of before starts the database. The tests
# bring one with them; alone it would be built a second time, because tests ask some crates for more features.
if ! cargo test --quiet --workspace --no-run 2> "$target/prepare.log" && [ ! -x "$ala" ]; then
    cat "$target/prepare.log" >&2
    echo "prepare: there is no earlier \`ala\` to start a database with: build once without your changes (git stash)" >&2
    exit 1
fi

# The flag means nothing but is new each time, so that every query is looked at again.
fresh=$(mktemp -d "$target/sqlx.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
"$ala" with-database -- env SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" \
    cargo rustc --quiet --package server --lib --profile check -- --cfg "prepared_$(date +%s%N)"

if [ "${1:-}" = --check ]; then
    if ! diff --recursive --brief .sqlx "$fresh"; then
        echo "prepare: .sqlx is not up to date: run \`make prepare\` and commit it" >&2
        exit 1
    fi
else
    rm -rf .sqlx
    mkdir .sqlx
    cp "$fresh"/*.json .sqlx/
    WRITE_GENERATED=1 cargo test --quiet --workspace generated
fi

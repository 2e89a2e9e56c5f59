#!/usr/bin/env bash
# Finds what is needed; what is missing it installs into folders of the project's own, and says so first.
#
#   tools/setup.sh build    to compile
#   tools/setup.sh web      for the web client alone: Node.js
#   tools/setup.sh run      … both and to run: a PostgreSQL server
#   tools/setup.sh test     … and to test: a Redis server, a TURN server, tools for bad networks, a browser and cargo-deny
#   tools/setup.sh fuzz     to fuzz: a C++ compiler and cargo-fuzz
set -euo pipefail
cd "${0%/*}/.."
purpose=${1:?say what for: build, web, run, test or fuzz}
readonly cargo_deny=0.20.2 cargo_fuzz=0.13.2 node=20.19.0

private=$(tools/debian.sh --folder)
PATH=$private/bin:$PWD/tools/.cargo/bin:$PATH:$HOME/.cargo/bin

say() { echo "setup: $*" >&2; }
die() { say "$*"; exit 1; }

# rustup may have to fetch the version named in rust-toolchain.toml first, and shows that on standard error.
check_rust() {
    local needed found
    command -v cargo > /dev/null || die "missing: Rust. Install it from https://rustup.rs and run again."
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version) || die "Rust does not run, see above: install version $needed with rustup and run again."
    found=${found#rustc }
    found=${found%% *}
    printf '%s\n' "$needed" "$found" | sort --version-sort --check=silent ||
        die "Rust $found is too old, $needed or newer is needed: install it from https://rustup.rs and run again."
    if [ "$purpose" != run ] && ! { cargo fmt --version && cargo clippy --version; } > /dev/null 2>&1; then
        die "missing: rustfmt and clippy. Install them (rustup component add clippy rustfmt) and run again."
    fi
}

has_compiler() {
    printf '#include <stdlib.h>\nint main(void) { return EXIT_SUCCESS; }\n' |
        cc -x c - -o /dev/null > /dev/null 2>&1
}

# libFuzzer is written in it.
has_cpp_compiler() {
    printf '#include <vector>\nint main() { return std::vector<int>().size(); }\n' |
        c++ -x c++ - -o /dev/null > /dev/null 2>&1
}

# The same places, in the same order, where the server looks. $@: programs that have to be there too.
has_postgres() {
    [ -z "${ALA_PG_BIN:-}" ] || return 0
    local folders folder program version
    IFS=: read -ra folders <<< "$PATH"
    for folder in "${folders[@]}" /usr/lib/postgresql/*/bin; do
        for program in initdb postgres "$@"; do [ -x "$folder/$program" ] || continue 2; done
        version=$("$folder/postgres" --version 2> /dev/null | grep --only-matching '[0-9]*' | head -n 1)
        if [ "${version:-0}" -ge 15 ]; then return 0; fi
    done
    return 1
}

has_redis() { redis-server --version > /dev/null 2>&1; }
has_turn() { command -v turnserver > /dev/null && command -v turnutils_uclient > /dev/null; }
has_nft() { command -v nft > /dev/null || [ -x /usr/sbin/nft ]; }
has_ip() { command -v ip > /dev/null || [ -x /usr/sbin/ip ] || [ -x /sbin/ip ]; }
has_chromium() { chromium --version > /dev/null 2>&1; }
has_node() {
    local found
    found=$(node --version 2> /dev/null) && npm --version > /dev/null 2>&1 &&
        printf '%s\n' "v$node" "$found" | sort --version-sort --check=silent
}
has_cargo_deny() { cargo deny --version > /dev/null 2>&1; }
has_cargo_fuzz() { cargo fuzz --version > /dev/null 2>&1; }

# $1: what is missing, for the message; the rest: Debian's packages.
unpack() {
    local missing=$1
    shift
    command -v apt-get > /dev/null || die "missing: $missing. There is no apt-get here: install them and run again."
    say "missing: $missing."
    say "unpacking Debian's packages $* into $private; nothing else on this machine changes."
    tools/debian.sh "$@" || die "could not unpack them, see above: install them as root (apt-get install $*) and run again."
}

[ "$purpose" = web ] || check_rust
if [[ $purpose =~ ^(web|run|test)$ ]] && ! has_node; then
    die "missing: Node.js $node or newer with npm (the web client is made with it). Install it from https://nodejs.org and run again."
fi
missing=() packages=()
if ! has_compiler; then
    missing+=("a C compiler (some crates have parts in C, and it links)") packages+=(gcc libc6-dev)
fi
if [ "$purpose" = run ] || [ "$purpose" = test ] && ! has_postgres; then
    missing+=("a PostgreSQL server (the database)") packages+=(postgresql)
fi
if [ "$purpose" = test ] && has_postgres && ! has_postgres pgbench; then
    missing+=("pgbench (the measurement in small)") packages+=(postgresql)
fi
if [ "$purpose" = test ] && ! has_redis; then
    missing+=("a Redis server (tests of several servers together)") packages+=(redis-server)
fi
if [ "$purpose" = test ] && ! has_turn; then
    missing+=("a TURN server (tests of its credentials)") packages+=(coturn)
fi
if [ "$purpose" = test ] && ! has_nft; then
    missing+=("nft (tests that lose packets in a network of their own)") packages+=(nftables)
fi
if [ "$purpose" = test ] && ! has_ip; then
    missing+=("ip (the same tests)") packages+=(iproute2)
fi
if [ "$purpose" = test ] && ! has_chromium; then
    missing+=("Chromium (tests of the web client), and Chinese letters for it") packages+=(chromium fonts-wqy-microhei)
fi
if [ ${#packages[@]} -gt 0 ]; then
    unpack "$(printf '%s, ' "${missing[@]}" | sed 's/, $//')" "${packages[@]}"
fi
if [ "$purpose" = test ] && ! has_cargo_deny; then
    say "missing: cargo-deny (checks licences and origins of dependencies)."
    say "building cargo-deny $cargo_deny into tools/.cargo; this takes a minute or two."
    env -u CARGO_TARGET_DIR cargo install --locked --debug --config profile.dev.debug=false \
        --root tools/.cargo "cargo-deny@$cargo_deny" || die "could not build it: cargo install --locked cargo-deny, and run again."
fi
if [ "$purpose" = fuzz ]; then
    has_cpp_compiler || die "missing: a C++ compiler. Install one (on Debian as root: apt-get install g++) and run again."
    if ! has_cargo_fuzz; then
        say "missing: cargo-fuzz. Building cargo-fuzz $cargo_fuzz into tools/.cargo; this takes a minute or two."
        env -u CARGO_TARGET_DIR cargo install --locked --debug --config profile.dev.debug=false \
            --root tools/.cargo "cargo-fuzz@$cargo_fuzz" || die "could not build it: cargo install --locked cargo-fuzz, and run again."
    fi
fi

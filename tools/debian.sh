#!/usr/bin/env bash
# Unpacks Debian packages, with whatever they need and this machine lacks, into a folder of their own: nothing
# on the system changes, no service starts, no root is needed.
#
#   tools/debian.sh PACKAGE…          unpack
#   tools/debian.sh --folder          say where
#
# Programs to call are in its `bin`. `rm -r` on the folder undoes everything.
set -euo pipefail

# Root's private files are closed to the account that the database runs as, so root's go to a public place.
if [ "$(id -u)" = 0 ]; then
    folder=/var/lib/ala/debian
else
    folder=$(cd "$(dirname "$0")" && pwd)/.debian
fi
if [ "${1:-}" = --folder ]; then
    echo "$folder"
    exit
fi

apt() {
    apt-get --quiet --config-file="$folder/apt/config" "$@"
}

# A state of apt's own beside the system's: the same sources and the same list of what is installed.
configure_apt() {
    mkdir -p "$folder"/{root,bin} "$folder"/apt/{state/lists,cache/archives,log}/partial
    cat > "$folder/apt/config" <<CONFIG
Dir::State "$folder/apt/state";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$folder/apt/cache";
Dir::Log "$folder/apt/log";
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONFIG
}

# A program finds its libraries by a script that stands in its place.
wrap() {
    local program=$1 name=${2:-${1##*/}}
    cat > "$folder/bin/$name" <<'SCRIPT'
#!/bin/sh
root=$(cd "${0%/*}/../root" && pwd)
SCRIPT
    cat >> "$folder/bin/$name" <<SCRIPT
libraries=\$root/usr/lib/$multiarch:\$root/lib/$multiarch
LD_LIBRARY_PATH=\$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec "\$root/$program" "\$@"
SCRIPT
    chmod 755 "$folder/bin/$name"
}

umask 022
multiarch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
configure_apt
apt update
apt install --download-only --assume-yes "$@"
for package in "$folder"/apt/cache/archives/*.deb; do
    dpkg-deb --extract "$package" "$folder/root"
done
cd "$folder/root"
for program in usr/lib/postgresql/*/bin/{initdb,postgres} usr/bin/redis-server; do
    if [ -e "$program" ]; then wrap "$program"; fi
done
rm -rf "$folder/apt"

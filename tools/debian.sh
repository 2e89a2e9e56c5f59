#!/usr/bin/env bash
# Unpacks Debian packages, with whatever they need and this machine lacks, into a folder of their own: nothing
# on the system changes, no service starts, no root is needed.
#
#   tools/debian.sh PACKAGE…     unpack
#   tools/debian.sh --folder     say where; the programs are in its `bin`
#
# Removing the folder undoes everything.
set -euo pipefail
umask 022

# Root's home is closed to the account that runs the database for root, so root's go to a public place.
if [ "$(id -u)" = 0 ]; then
    folder=/var/lib/ala/debian
else
    folder=$(cd "${0%/*}" && pwd)/.debian
fi
if [ "${1:-}" = --folder ]; then
    echo "$folder"
    exit
fi

# apt with a state of its own beside the system's: the same sources, the same list of what is installed.
configure_apt() {
    mkdir -p "$folder"/{root,bin} "$folder"/apt/{lists,archives}/partial
    cat > "$folder/apt/config" <<CONFIG
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Debug::NoLocking "true";
Dir::Cache "$folder/apt";
Dir::State "$folder/apt";
Dir::State::status "/var/lib/dpkg/status";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONFIG
}

apt() {
    apt-get --quiet=2 --config-file="$folder/apt/config" "$@"
}

# What the machine has, even if older, stays in use: one C library in one process.
unpack() {
    local package name
    for package in "$folder"/apt/archives/*.deb; do
        name=$(dpkg-deb --field "$package" Package)
        if [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2> /dev/null)" != installed ]; then
            dpkg-deb --extract "$package" "$folder/root"
        fi
    done
}

# A script in the program's place tells it where its libraries are; those for sound have a folder of their own.
wrap() {
    local name=$1 command=$2
    cat > "$folder/bin/$name" <<SCRIPT
#!/bin/sh
root=\$(cd "\${0%/*}/../root" && pwd)
lib=\$root/usr/lib/$multiarch
LD_LIBRARY_PATH=\$lib:\$root/lib/$multiarch:\$lib/pulseaudio\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
exec $command "\$@"
SCRIPT
    chmod 755 "$folder/bin/$name"
}

# The compiler, ours or the system's, is told where headers and start files are; the C library is the system's,
# whatever place the linker script of the package names.
wrap_compiler() {
    local gcc=/usr/bin/gcc script=usr/lib/$multiarch/libc.so program
    if [ -e usr/bin/gcc ]; then gcc=\$root/usr/bin/gcc; fi
    if [ -e "$script" ]; then sed -i 's|/[^ ]*/\([^ /]*\)|\1|g' "$script"; fi
    wrap cc "\"$gcc\" -B\"\$root/usr/bin/\" -B\"\$root/usr/lib/$multiarch/\" \\
    -idirafter \"\$root/usr/include/$multiarch\" -idirafter \"\$root/usr/include\" -L\"\$root/usr/lib/$multiarch\""
    for program in ar ranlib; do
        if [ -e usr/bin/$program ]; then wrap $program "\"\$root/usr/bin/$program\""; fi
    done
}

# The script that Debian starts it with looks for it in the system. Letters are the system's and ours.
wrap_chromium() {
    mkdir -p etc
    cat > etc/ala-fonts.conf <<FONTS
<fontconfig>
    <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
    <include ignore_missing="yes">$PWD/etc/fonts/fonts.conf</include>
    <dir>$PWD/usr/share/fonts</dir>
</fontconfig>
FONTS
    wrap chromium "env FONTCONFIG_FILE=\"\$root/etc/ala-fonts.conf\" \"\$root/usr/lib/chromium/chromium\""
}

multiarch=$(uname -m)-linux-gnu
configure_apt
apt update || echo "debian.sh: not every package list could be read; going on with the others" >&2
apt install --download-only --assume-yes "$@"
unpack
rm -r "$folder/apt"
cd "$folder/root"
for program in usr/lib/postgresql/*/bin/{initdb,postgres,pgbench} usr/bin/{redis-server,turnserver,turnutils_uclient} \
    usr/sbin/nft bin/ip; do
    if [ -e "$program" ]; then wrap "${program##*/}" "\"\$root/$program\""; fi
done
if [ -e usr/lib/chromium/chromium ]; then wrap_chromium; fi
if [ -e usr/bin/gcc ] || [ -e "usr/lib/$multiarch/libc.so" ]; then wrap_compiler; fi

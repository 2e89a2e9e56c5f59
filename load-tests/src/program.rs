//! Programs that tests need beside our own: of the machine, or where `tools/setup.sh` has put what it lacks.

use anyhow::Context;
use std::path::PathBuf;

/// Where `tools/debian.sh` unpacks, as root and as anybody else, and where systems keep what only root uses.
const FOLDERS: [&str; 4] = [
    "/var/lib/ala/debian/bin",
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/.debian/bin"),
    "/usr/sbin",
    "/sbin",
];

pub fn find(name: &str) -> anyhow::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(FOLDERS.map(PathBuf::from));
    let found = folders.map(|folder| folder.join(name)).find(|file| file.is_file());
    found.with_context(|| {
        format!("there is no `{name}` on this machine: `tools/setup.sh test` finds or installs one")
    })
}

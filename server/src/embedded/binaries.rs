//! Finds a `PostgreSQL` server on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::account::Account;

const OLDEST: u32 = 15;

/// A folder with `initdb` and `postgres` of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binaries {
    pub(super) folder: PathBuf,
    pub(super) major: u32,
}

/// The first that `account` can run; for an existing cluster, of the version that made it.
pub(super) fn find(account: Option<Account>, data: &Path) -> Result<Binaries> {
    let needed = version_of_cluster(data)?;
    let found = match env::var_os("ALA_PG_BIN") {
        Some(folder) => vec![named(account, folder.into())?],
        None => candidates().into_iter().filter_map(|folder| probe(account, folder)).collect(),
    };
    let newest = found.iter().map(|it| it.major).max();
    let fits = |it: &Binaries| needed.map_or(it.major >= OLDEST, |major| it.major == major);
    match (found.into_iter().find(fits), needed, newest) {
        (Some(binaries), _, _) => Ok(binaries),
        (None, Some(needed), Some(newest)) => bail!(
            "the database in {} was made by PostgreSQL {needed}, but only {newest} is here: install \
             PostgreSQL {needed} and name its folder of binaries in ALA_PG_BIN, or start over with \
             `ala demo --reset`",
            data.display(),
        ),
        _ => bail!(
            "no PostgreSQL server (`initdb` and `postgres`, version {OLDEST} or newer) was found: \
             `make run` finds or installs one; or install Debian's package `postgresql`; or name the \
             folder of its binaries in ALA_PG_BIN"
        ),
    }
}

fn version_of_cluster(data: &Path) -> Result<Option<u32>> {
    match fs::read_to_string(data.join("PG_VERSION")) {
        Ok(text) => {
            let major = text.trim().parse().with_context(|| {
                format!("{} is not a database of PostgreSQL 10 or newer", data.display())
            })?;
            Ok(Some(major))
        }
        Err(_) => Ok(None),
    }
}

fn named(account: Option<Account>, folder: PathBuf) -> Result<Binaries> {
    let shown = folder.display().to_string();
    probe(account, folder).with_context(|| {
        format!("ALA_PG_BIN names {shown}, where `initdb` and `postgres` cannot be run: correct or unset it")
    })
}

fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    folders.extend(packaged(Path::new("/usr/lib/postgresql")));
    // What `tools/setup.sh` unpacked: for root, and for the user of this repository. `cargo test` runs in the
    // crate's folder and names it, everything else runs in the repository's.
    folders.push("/var/lib/ala/debian/bin".into());
    folders.push("tools/.debian/bin".into());
    folders.extend(
        env::var_os("CARGO_MANIFEST_DIR").map(|it| Path::new(&it).join("../tools/.debian/bin")),
    );
    folders
}

/// Debian keeps one folder a version: the newest comes first, by number and not by letter.
fn packaged(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.into_iter().map(|it| parent.join(it.to_string()).join("bin")).collect()
}

fn probe(account: Option<Account>, folder: PathBuf) -> Option<Binaries> {
    if !["initdb", "postgres"].iter().all(|name| folder.join(name).is_file()) {
        return None;
    }
    let folder = fs::canonicalize(folder).ok()?;
    let mut command = Command::new(folder.join("postgres"));
    command.arg("--version").current_dir("/").stderr(Stdio::null());
    if let Some(account) = account {
        account.run(&mut command);
    }
    let output = command.output().ok().filter(|output| output.status.success())?;
    let major = major(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries { folder, major })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `postgres (PostgreSQL) 19beta1`
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().nth(2)?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{major, packaged};

    #[test]
    fn reads_the_major_version() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("postgres (PostgreSQL) devel"), None);
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn the_newest_version_comes_first() {
        let parent = tempfile::tempdir().unwrap();
        for name in ["9.6", "9", "15", "100", "common"] {
            std::fs::create_dir(parent.path().join(name)).unwrap();
        }
        let expected = ["100", "15", "9"].map(|name| parent.path().join(name).join("bin"));
        assert_eq!(packaged(parent.path()), expected);
    }
}

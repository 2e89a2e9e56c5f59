//! Where the cluster lies and as whom it runs: `PostgreSQL` refuses to run as root, so root hands it to another.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};

/// For clusters whose wished-for folder the database's account cannot reach.
const ELSEWHERE: &str = "/var/lib/ala";

/// A unix account, by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// Whom root hands the server to; `None` for an ordinary user, who runs it as itself.
    pub(super) fn for_server() -> Result<Option<Self>> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let accounts = fs::read("/etc/passwd").context("cannot read /etc/passwd")?;
        let accounts = String::from_utf8_lossy(&accounts);
        let found = lookup(&accounts, "postgres").or_else(|| lookup(&accounts, "nobody"));
        found.map(Some).context(
            "PostgreSQL never runs as root, and there is neither an account `postgres` nor `nobody`: \
             create one of them, or start `ala` as an ordinary user",
        )
    }

    pub(super) fn own(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("cannot hand {} to uid {}", path.display(), self.uid))
    }

    /// The command will run as this account, without root's supplementary groups.
    pub(super) fn run(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    fn can_write(self, folder: &Path) -> Result<bool> {
        self.own(folder)?;
        let mut probe = Command::new("/bin/sh");
        probe.args(["-c", "cd \"$0\" && test -w ."]).arg(folder).current_dir("/");
        self.run(probe.stderr(Stdio::null()));
        Ok(probe.status().context("cannot run /bin/sh")?.success())
    }
}

fn lookup(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let found = fields.next()? == name;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (found && uid != 0).then_some(Account { uid, gid })
    })
}

/// Where the cluster really lies, and whom it belongs to.
pub(super) struct Place {
    pub(super) data: PathBuf,
    pub(super) account: Option<Account>,
}

/// An existing cluster stays where it is and with whom it is; a new one goes to `wanted` if it can.
pub(super) fn find(wanted: &Path) -> Result<Place> {
    fs::create_dir_all(wanted)
        .with_context(|| format!("cannot create the folder {}", wanted.display()))?;
    let wanted = fs::canonicalize(wanted)?;
    let Some(account) = Account::for_server()? else { return own_place(wanted) };
    let elsewhere = elsewhere(&wanted);
    for data in [&wanted, &elsewhere] {
        if let Some(owner) = owner_of_cluster(data) {
            let account = Some(if owner.uid == 0 { account } else { owner });
            return Ok(Place { data: data.clone(), account });
        }
    }
    if account.can_write(&wanted)? {
        return Ok(Place { data: wanted, account: Some(account) });
    }
    fs::create_dir_all(&elsewhere)?;
    if !account.can_write(&elsewhere)? {
        bail!("uid {} can reach neither {} nor {ELSEWHERE}", account.uid, wanted.display());
    }
    fs::write(wanted.join("MOVED"), format!("{}\n", elsewhere.display()))?;
    tracing::info!(data = %elsewhere.display(), "the wished-for folder is closed to the database's account");
    Ok(Place { data: elsewhere, account: Some(account) })
}

fn own_place(data: PathBuf) -> Result<Place> {
    let uid = geteuid().as_raw();
    match fs::metadata(&data) {
        Ok(folder) if folder.uid() != uid => bail!(
            "the database in {} belongs to another user (uid {}): start `ala` as that user or as root, \
             or choose another folder",
            data.display(),
            folder.uid(),
        ),
        _ => Ok(Place { data, account: None }),
    }
}

fn owner_of_cluster(data: &Path) -> Option<Account> {
    let version = fs::metadata(data.join("PG_VERSION")).ok()?;
    Some(Account { uid: version.uid(), gid: version.gid() })
}

/// The same wish leads to the same place each time.
fn elsewhere(wanted: &Path) -> PathBuf {
    let digest = Sha256::digest(wanted.as_os_str().as_encoded_bytes());
    Path::new(ELSEWHERE).join(hex::encode(&digest[..8]))
}

#[cfg(test)]
mod tests {
    use super::{Account, lookup};

    const ACCOUNTS: &str = "root:x:0:0::/root:/bin/sh\n\nbroken\nhalf:x:\npostgres:x:no:1::/:\n\
                            nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn finds_an_account_between_broken_lines() {
        assert_eq!(lookup(ACCOUNTS, "nobody"), Some(Account { uid: 65534, gid: 65533 }));
    }

    #[test]
    fn never_answers_root_nor_what_it_cannot_read() {
        for name in ["root", "broken", "half", "postgres", "absent", ""] {
            assert_eq!(lookup(ACCOUNTS, name), None, "{name}");
        }
    }
}
